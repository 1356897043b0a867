"""What the database itself refuses or keeps: the table of states, stock of one, cheapest price."""

from django.db import migrations

MOVES = """
CREATE FUNCTION catalog_product_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status IS DISTINCT FROM OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('draft', 'published'), ('published', 'withdrawn'), ('withdrawn', 'published')
    ) THEN
        RAISE EXCEPTION 'a product does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'product_status_next';
    END IF;
    IF NEW.supply = 'unique' AND OLD.supply <> 'unique' AND (
        (SELECT count(*) FROM catalog_variant WHERE product_id = NEW.id) > 1
        OR EXISTS (SELECT 1 FROM catalog_variant WHERE product_id = NEW.id AND on_hand > 1)
    ) THEN
        RAISE EXCEPTION 'a unique product is one piece'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'product_unique_is_one_piece';
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        NEW.version := OLD.version + 1;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_product_changes BEFORE UPDATE ON catalog_product
    FOR EACH ROW EXECUTE FUNCTION catalog_product_changes();

CREATE FUNCTION catalog_product_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What is not published is in no list, whoever moved it.
    DELETE FROM catalog_entry WHERE product_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_product_leaves AFTER UPDATE OF status ON catalog_product
    FOR EACH ROW WHEN (NEW.status <> 'published') EXECUTE FUNCTION catalog_product_leaves();
"""

ONE_PIECE = """
CREATE FUNCTION catalog_variant_one_piece() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kind text;
BEGIN
    -- The lock makes two variants added at once wait for each other.
    SELECT supply INTO kind FROM catalog_product WHERE id = NEW.product_id FOR NO KEY UPDATE;
    IF kind = 'unique' AND (
        NEW.on_hand > 1
        OR EXISTS (SELECT 1 FROM catalog_variant
                   WHERE product_id = NEW.product_id AND id <> NEW.id)
    ) THEN
        RAISE EXCEPTION 'a unique product is one piece'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'variant_unique_is_one_piece';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_variant_added AFTER INSERT ON catalog_variant
    FOR EACH ROW EXECUTE FUNCTION catalog_variant_one_piece();
-- Only a rise can break the rule, so a sale pays nothing for it.
CREATE TRIGGER catalog_variant_raised AFTER UPDATE OF on_hand ON catalog_variant
    FOR EACH ROW WHEN (NEW.on_hand > OLD.on_hand AND NEW.on_hand > 1)
    EXECUTE FUNCTION catalog_variant_one_piece();
"""

CHEAPEST = """
CREATE FUNCTION catalog_keep_cheapest(wanted bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE catalog_product p SET price_from_minor = v.cheapest
      FROM (SELECT min(price_minor) AS cheapest FROM catalog_variant
             WHERE product_id = wanted) v
     WHERE p.id = wanted AND p.price_from_minor IS DISTINCT FROM v.cheapest;
$$;
CREATE FUNCTION catalog_variant_priced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_keep_cheapest(CASE TG_OP WHEN 'DELETE' THEN OLD.product_id
                                  ELSE NEW.product_id END);
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_variant_came_or_went AFTER INSERT OR DELETE ON catalog_variant
    FOR EACH ROW EXECUTE FUNCTION catalog_variant_priced();
CREATE TRIGGER catalog_variant_repriced AFTER UPDATE OF price_minor ON catalog_variant
    FOR EACH ROW WHEN (NEW.price_minor <> OLD.price_minor)
    EXECUTE FUNCTION catalog_variant_priced();

CREATE FUNCTION catalog_entry_repriced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_entry SET price_minor = NEW.price_from_minor WHERE product_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_entry_repriced AFTER UPDATE OF price_from_minor ON catalog_product
    FOR EACH ROW WHEN (NEW.status = 'published' AND NEW.price_from_minor IS NOT NULL
                       AND NEW.price_from_minor IS DISTINCT FROM OLD.price_from_minor)
    EXECUTE FUNCTION catalog_entry_repriced();
"""

SOLD_OUT = """
CREATE FUNCTION catalog_sells_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_entry e SET in_stock = EXISTS (
        SELECT 1 FROM catalog_variant v WHERE v.product_id = e.product_id AND v.on_hand > 0)
     WHERE e.product_id = NEW.product_id AND e.supply <> 'made_to_order';
    RETURN NULL;
END $$;
-- Only the last piece, or the first after it, moves a product between the shelves.
CREATE TRIGGER catalog_sells_out AFTER UPDATE OF on_hand ON catalog_variant
    FOR EACH ROW WHEN ((NEW.on_hand = 0) <> (OLD.on_hand = 0))
    EXECUTE FUNCTION catalog_sells_out();
"""

# Rows of two kilobytes stay whole in their page: search reads many of them, once.
WHOLE_ROWS = "ALTER TABLE catalog_entry SET (toast_tuple_target = 8160);"

WORKSHOPS = """
CREATE FUNCTION catalog_workshop_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_product SET version = version + 1 WHERE artisan_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_workshop_renamed AFTER UPDATE OF name, slug, commune_id
    ON artisans_artisan FOR EACH ROW
    WHEN ((NEW.name, NEW.slug, NEW.commune_id) IS DISTINCT FROM
          (OLD.name, OLD.slug, OLD.commune_id))
    EXECUTE FUNCTION catalog_workshop_renamed();
"""

PICTURES = """
CREATE FUNCTION catalog_photo_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A product made in this very transaction has been shown to nobody: leave its row alone.
    UPDATE catalog_product SET version = version + 1
     WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.product_id ELSE NEW.product_id END
       AND created_at < now();
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_photo_changes AFTER INSERT OR UPDATE OR DELETE ON catalog_photo
    FOR EACH ROW EXECUTE FUNCTION catalog_photo_changes();

CREATE FUNCTION catalog_history_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of a product is append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'statuschange_append_only';
END $$;
CREATE TRIGGER catalog_history_is_kept BEFORE UPDATE ON catalog_statuschange
    FOR EACH ROW EXECUTE FUNCTION catalog_history_is_kept();
"""

UNDO = """
DROP FUNCTION catalog_product_changes, catalog_product_leaves, catalog_variant_one_piece,
    catalog_variant_priced, catalog_entry_repriced, catalog_photo_changes,
    catalog_history_is_kept, catalog_sells_out, catalog_workshop_renamed CASCADE;
DROP FUNCTION catalog_keep_cheapest;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [MOVES, ONE_PIECE, CHEAPEST, SOLD_OUT, WHOLE_ROWS, WORKSHOPS, PICTURES],
            UNDO,
        ),
    ]
