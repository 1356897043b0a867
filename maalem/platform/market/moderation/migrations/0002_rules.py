"""What the database itself refuses: a piece that a moderator took off and somebody puts back, two
rulings in force at once, a verdict by who ruled, a moderator of her own workshop, a history
rewritten. And what it keeps: which pieces wait for a moderator's look.
"""

from django.db import migrations

HELD_OFF = """
CREATE FUNCTION moderation_in_force(wanted bigint) RETURNS text LANGUAGE sql AS $$
    SELECT r.kind FROM moderation_ruling r
     WHERE r.product_id = wanted
       AND NOT EXISTS (SELECT 1 FROM moderation_lift l WHERE l.ruling_id = r.id) LIMIT 1;
$$;
CREATE FUNCTION moderation_holds_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF moderation_in_force(NEW.id) = 'taken_off' THEN
        RAISE EXCEPTION 'a moderator took product % off the shelf', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'product_taken_off';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moderation_holds_off BEFORE UPDATE OF status ON catalog_product
    FOR EACH ROW WHEN (NEW.status = 'published' AND OLD.status <> 'published')
    EXECUTE FUNCTION moderation_holds_off();
"""

RULINGS = """
CREATE FUNCTION moderation_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE there record;
BEGIN
    -- The lock makes two moderators, and a workshop that publishes, wait for each other.
    SELECT status, artisan_id INTO there FROM catalog_product
     WHERE id = NEW.product_id FOR NO KEY UPDATE;
    IF moderation_in_force(NEW.product_id) IS NOT NULL THEN
        RAISE EXCEPTION 'product % has a ruling in force', NEW.product_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'moderation_one_in_force';
    END IF;
    IF NEW.kind = 'taken_off' AND there.status <> 'withdrawn' THEN
        RAISE EXCEPTION 'product % is on the shelf', NEW.product_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'moderation_off_is_off';
    END IF;
    PERFORM moderation_is_no_party(NEW.product_id, NEW.by_id);
    RETURN NEW;
END $$;
CREATE FUNCTION moderation_is_no_party(product bigint, person bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM artisans_membership m JOIN catalog_product p USING (artisan_id)
                WHERE p.id = product AND m.person_id = person) THEN
        RAISE EXCEPTION 'nobody moderates her own workshop'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'moderation_not_her_own';
    END IF;
END $$;
CREATE TRIGGER moderation_rules BEFORE INSERT ON moderation_ruling
    FOR EACH ROW EXECUTE FUNCTION moderation_rules();
"""

ENDS = """
CREATE FUNCTION moderation_judges() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE about record;
BEGIN
    SELECT r.by_id, r.product_id INTO about FROM moderation_appeal a
      JOIN moderation_ruling r ON r.id = a.ruling_id WHERE a.id = NEW.appeal_id;
    IF NEW.by_id = about.by_id THEN
        RAISE EXCEPTION 'who ruled does not decide about the appeal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'moderation_by_another';
    END IF;
    PERFORM moderation_is_no_party(about.product_id, NEW.by_id);
    RETURN NEW;
END $$;
CREATE TRIGGER moderation_judges BEFORE INSERT ON moderation_verdict
    FOR EACH ROW EXECUTE FUNCTION moderation_judges();

CREATE FUNCTION moderation_lifts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.because = 'appeal' AND NOT EXISTS (
        SELECT 1 FROM moderation_appeal a JOIN moderation_verdict v ON v.appeal_id = a.id
         WHERE a.ruling_id = NEW.ruling_id AND v.is_granted AND v.by_id = NEW.by_id
    ) THEN
        RAISE EXCEPTION 'no appeal against ruling % was granted', NEW.ruling_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'moderation_lift_of_a_verdict';
    END IF;
    PERFORM moderation_is_no_party(
        (SELECT product_id FROM moderation_ruling WHERE id = NEW.ruling_id), NEW.by_id);
    RETURN NEW;
END $$;
CREATE TRIGGER moderation_lifts BEFORE INSERT ON moderation_lift
    FOR EACH ROW EXECUTE FUNCTION moderation_lifts();
"""

HISTORY = """
CREATE FUNCTION moderation_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is kept as it is', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_kept';
END $$;
""" + "".join(
    f"CREATE TRIGGER moderation_kept BEFORE {verbs} ON moderation_{table}"
    " FOR EACH ROW EXECUTE FUNCTION moderation_kept();\n"
    for table, verbs in (
        ("ruling", "UPDATE OR DELETE"),
        ("lift", "UPDATE OR DELETE"),
        ("appeal", "UPDATE OR DELETE"),
        ("verdict", "UPDATE OR DELETE"),
        # A piece that is deleted takes its looks with it.
        ("look", "UPDATE"),
    )
)

WAITS = """
CREATE FUNCTION moderation_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO moderation_waiting (product_id, changed_at)
    VALUES (NEW.product_id, statement_timestamp())
    ON CONFLICT (product_id) DO UPDATE SET changed_at = statement_timestamp();
    RETURN NULL;
END $$;
-- What people do in their workshops; not what the demo brings, nor a moderator's own steps.
CREATE TRIGGER moderation_waits AFTER INSERT ON catalog_statuschange
    FOR EACH ROW WHEN (NEW.now = 'published' AND NEW.by LIKE 'person:%')
    EXECUTE FUNCTION moderation_waits();
-- How many are there, and how a price is reckoned and paid, is no matter for moderators.
CREATE TRIGGER moderation_waits AFTER INSERT ON catalog_change
    FOR EACH ROW WHEN (NEW.by LIKE 'person:%' AND NEW.what NOT LIKE 'on hand %'
                       AND NEW.what NOT IN ('maker', 'deposit', 'price card'))
    EXECUTE FUNCTION moderation_waits();
"""

UNDO = """
DROP FUNCTION moderation_holds_off, moderation_rules, moderation_judges, moderation_lifts,
    moderation_kept, moderation_waits CASCADE;
DROP FUNCTION moderation_is_no_party, moderation_in_force;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0001_initial"),
        ("catalog", "0007_changes"),
        ("artisans", "0001_initial"),
    ]
    operations = [migrations.RunSQL([HELD_OFF, RULINGS, ENDS, HISTORY, WAITS], UNDO)]
