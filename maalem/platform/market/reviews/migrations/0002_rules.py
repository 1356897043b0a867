"""What the database itself refuses: a review without a delivery, states out of order, changes too
late or to what was agreed, a history rewritten, an officer judging herself. And what it keeps: the
catalogue's figures, equal to the published reviews. The states are those of this room's states.py.
"""

from django.db import migrations

PHOTOS = """
ALTER TABLE reviews_review ADD CONSTRAINT review_photos_bounded CHECK
    (jsonb_typeof(photos) = 'array' AND jsonb_array_length(photos) <= 4);
ALTER TABLE reviews_version ADD CONSTRAINT review_version_photos_bounded CHECK
    (jsonb_typeof(photos) = 'array' AND jsonb_array_length(photos) <= 4);
"""

BORN = """
CREATE FUNCTION reviews_born() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE sold record;
BEGIN
    SELECT o.id, o.status, o.artisan_id, l.product_id,
           o.goods_minor + o.shipping_minor
           - coalesce((SELECT sum(g.amount_minor) FROM orders_goodwill g
                        WHERE g.order_id = o.id AND g.status <> 'refused'), 0) AS left_minor
      INTO sold
      FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id WHERE l.id = NEW.line_id;
    IF sold.status <> 'delivered' OR sold.left_minor <= 0 THEN
        RAISE EXCEPTION 'line % was not delivered, or its price was given back', NEW.line_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'review_of_a_delivered_line';
    END IF;
    IF (NEW.order_id, NEW.artisan_id) IS DISTINCT FROM (sold.id, sold.artisan_id)
       OR NEW.product_id IS DISTINCT FROM sold.product_id THEN
        RAISE EXCEPTION 'review of line % names another sale', NEW.line_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'review_of_its_own_line';
    END IF;
    IF NEW.status NOT IN ('held', 'published') THEN
        RAISE EXCEPTION 'a review does not begin as %', NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_review_status_next';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_born BEFORE INSERT ON reviews_review
    FOR EACH ROW EXECUTE FUNCTION reviews_born();
"""

CHANGES = """
CREATE FUNCTION reviews_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('held', 'published'), ('held', 'hidden'), ('published', 'hidden'),
        ('published', 'held'), ('hidden', 'published')
    ) THEN
        RAISE EXCEPTION 'a review does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_review_status_next';
    END IF;
    IF (NEW.line_id, NEW.order_id, NEW.artisan_id, NEW.name, NEW.bought_on, NEW.written_at)
       IS DISTINCT FROM
       (OLD.line_id, OLD.order_id, OLD.artisan_id, OLD.name, OLD.bought_on, OLD.written_at)
       OR NEW.product_id IS DISTINCT FROM OLD.product_id AND NEW.product_id IS NOT NULL THEN
        RAISE EXCEPTION 'what review % is about does not change', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_review_frozen';
    END IF;
    IF (NEW.stars, NEW.service_stars, NEW.words, NEW.photos) IS DISTINCT FROM
       (OLD.stars, OLD.service_stars, OLD.words, OLD.photos) AND (
        NEW.version <> OLD.version + 1 OR OLD.status = 'hidden'
        OR statement_timestamp() >= OLD.written_at + interval '14 days'
    ) OR NEW.version < OLD.version THEN
        RAISE EXCEPTION 'review % can not be changed like this any more', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_review_in_time';
    END IF;
    IF NEW.answer <> OLD.answer AND (
        OLD.answer_hidden OR NEW.answer_version <> OLD.answer_version + 1 OR OLD.answered_at IS NOT NULL AND (
            NEW.answered_at <> OLD.answered_at
            OR statement_timestamp() >= OLD.answered_at + interval '14 days')
    ) THEN
        RAISE EXCEPTION 'the answer to review % can not be changed any more', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_answer_in_time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_changes BEFORE UPDATE ON reviews_review
    FOR EACH ROW EXECUTE FUNCTION reviews_changes();
"""

APPEALS = """
CREATE FUNCTION reviews_appeal_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.status <> 'open'
       OR TG_OP = 'UPDATE' AND NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('open', 'upheld'), ('open', 'granted')
    ) THEN
        RAISE EXCEPTION 'an appeal does not become % like this', NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_appeal_status_next';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.status <> 'open' OR
       to_jsonb(NEW) - '{status,decided_by_id,decided_at}'::text[] IS DISTINCT FROM
       to_jsonb(OLD) - '{status,decided_by_id,decided_at}'::text[]) THEN
        RAISE EXCEPTION 'appeal % does not change', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_appeal_frozen';
    END IF;
    IF NEW.decided_by_id = (SELECT by_id FROM reviews_ruling WHERE id = NEW.ruling_id) THEN
        RAISE EXCEPTION 'who hid a review does not decide about the appeal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_appeal_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_appeal_changes BEFORE INSERT OR UPDATE ON reviews_appeal
    FOR EACH ROW EXECUTE FUNCTION reviews_appeal_changes();
"""

HISTORY = """
CREATE FUNCTION reviews_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is kept as it is', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_kept';
END $$;
""" + "".join(
    f"CREATE TRIGGER reviews_kept BEFORE {verbs} ON reviews_{table}"
    " FOR EACH ROW EXECUTE FUNCTION reviews_kept();\n"
    for table, verbs in (
        ("review", "DELETE"),
        ("appeal", "DELETE"),
        ("version", "UPDATE OR DELETE"),
        ("event", "UPDATE OR DELETE"),
        ("ruling", "UPDATE OR DELETE"),
    )
)

FIGURES = """
CREATE FUNCTION reviews_of_product(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- The row is locked first, so that of two reviews written at once the later count sees both.
    PERFORM 1 FROM catalog_rating WHERE product_id = wanted FOR NO KEY UPDATE;
    UPDATE catalog_rating SET stars = (
        SELECT ARRAY[count(*) FILTER (WHERE stars = 1), count(*) FILTER (WHERE stars = 2),
                     count(*) FILTER (WHERE stars = 3), count(*) FILTER (WHERE stars = 4),
                     count(*) FILTER (WHERE stars = 5)]::integer[]
          FROM reviews_review WHERE product_id = wanted AND status = 'published'
    ), newest = (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'id', n.id, 'stars', n.stars, 'words', n.words, 'language', n.language,
                   'name', n.name, 'bought_on', n.bought_on, 'photos', n.photos,
                   'written_on', (n.written_at AT TIME ZONE 'Africa/Casablanca')::date,
                   'answer', CASE WHEN n.answer_hidden THEN '' ELSE n.answer END,
                   'answer_language', n.answer_language
               ) ORDER BY n.id DESC), '[]')
          FROM (SELECT * FROM reviews_review WHERE product_id = wanted AND status = 'published'
                 ORDER BY id DESC LIMIT 3) n
    ) WHERE product_id = wanted;
END $$;

CREATE FUNCTION reviews_of_workshop(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM catalog_standing WHERE artisan_id = wanted FOR NO KEY UPDATE;
    UPDATE catalog_standing SET (stars, service) = (
        SELECT ARRAY[count(*) FILTER (WHERE stars = 1), count(*) FILTER (WHERE stars = 2),
                     count(*) FILTER (WHERE stars = 3), count(*) FILTER (WHERE stars = 4),
                     count(*) FILTER (WHERE stars = 5)]::integer[],
               ARRAY[count(*) FILTER (WHERE service_stars = 1),
                     count(*) FILTER (WHERE service_stars = 2),
                     count(*) FILTER (WHERE service_stars = 3),
                     count(*) FILTER (WHERE service_stars = 4),
                     count(*) FILTER (WHERE service_stars = 5)]::integer[]
          FROM reviews_review WHERE artisan_id = wanted AND status = 'published'
    ) WHERE artisan_id = wanted;
END $$;

CREATE FUNCTION reviews_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.product_id IS NOT NULL THEN
        INSERT INTO catalog_rating (product_id, stars, newest)
        VALUES (NEW.product_id, '{0,0,0,0,0}', '[]') ON CONFLICT (product_id) DO NOTHING;
        PERFORM reviews_of_product(NEW.product_id);
    END IF;
    INSERT INTO catalog_standing (artisan_id, stars, service)
    VALUES (NEW.artisan_id, '{0,0,0,0,0}', '{0,0,0,0,0}') ON CONFLICT (artisan_id) DO NOTHING;
    PERFORM reviews_of_workshop(NEW.artisan_id);
    RETURN NULL;
END $$;
CREATE TRIGGER reviews_count AFTER INSERT OR UPDATE ON reviews_review
    FOR EACH ROW EXECUTE FUNCTION reviews_count();
"""

UNDO = """
DROP FUNCTION reviews_born, reviews_changes, reviews_appeal_changes, reviews_kept, reviews_count,
    reviews_of_product, reviews_of_workshop CASCADE;
ALTER TABLE reviews_review DROP CONSTRAINT review_photos_bounded;
ALTER TABLE reviews_version DROP CONSTRAINT review_version_photos_bounded;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("catalog", "0005_ratings"),
                    ("orders", "0003_goodwill")]
    operations = [migrations.RunSQL([PHOTOS, BORN, CHANGES, APPEALS, HISTORY, FIGURES], UNDO)]
