"""Which price applied from when on: written by the database, whoever changes a price or a shelf.

Directive 98/6/EC, article 6a: a reduction may only be announced beside the lowest price that was
applied in the thirty days before it. Nobody but the triggers writes here, and nothing is changed.
The times are of the clock, not of the transaction's begin: while one change waits for another,
the later one must not be dated before it.
"""

from django.db import migrations, models
from django.db.models import deletion

# Of the time before this table nothing is known: it begins with what applies now.
BEGIN = """
INSERT INTO catalog_appliedprice (variant_id, price_minor, at)
SELECT v.id, v.price_minor, now()
  FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
 WHERE p.status = 'published';
"""

OFFERED = """
CREATE FUNCTION catalog_price_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_appliedprice (variant_id, price_minor, at)
    SELECT f.id, f.price_minor, clock_timestamp()
      FROM fresh f JOIN catalog_product p ON p.id = f.product_id
     WHERE p.status = 'published';
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_price_begins AFTER INSERT ON catalog_variant
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_price_begins();

CREATE FUNCTION catalog_price_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE shelf text;
BEGIN
    -- Whoever puts the product on the shelf just now is waited for, and waits for us.
    SELECT status INTO shelf FROM catalog_product WHERE id = NEW.product_id FOR NO KEY UPDATE;
    IF shelf = 'published' THEN
        INSERT INTO catalog_appliedprice (variant_id, price_minor, at)
        VALUES (NEW.id, NEW.price_minor, clock_timestamp());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_price_changes AFTER UPDATE OF price_minor ON catalog_variant
    FOR EACH ROW WHEN (NEW.price_minor <> OLD.price_minor)
    EXECUTE FUNCTION catalog_price_changes();

CREATE FUNCTION catalog_price_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_appliedprice (variant_id, price_minor, at)
    SELECT OLD.id, NULL, clock_timestamp()
     WHERE EXISTS (SELECT 1 FROM catalog_appliedprice WHERE variant_id = OLD.id);
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_price_ends AFTER DELETE ON catalog_variant
    FOR EACH ROW EXECUTE FUNCTION catalog_price_ends();

CREATE FUNCTION catalog_prices_move_with_shelf() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_appliedprice (variant_id, price_minor, at)
    SELECT v.id, CASE WHEN NEW.status = 'published' THEN v.price_minor END, clock_timestamp()
      FROM catalog_variant v WHERE v.product_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_prices_move_with_shelf AFTER UPDATE OF status ON catalog_product
    FOR EACH ROW WHEN ((OLD.status = 'published') <> (NEW.status = 'published'))
    EXECUTE FUNCTION catalog_prices_move_with_shelf();
"""

KEPT = """
CREATE FUNCTION catalog_prices_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Depth 1 is this trigger alone: the statement came from no trigger of ours.
    IF TG_OP <> 'INSERT' OR pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the history of prices is written by the database alone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'appliedprice_kept';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_prices_are_kept
    BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalog_appliedprice
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_prices_are_kept();
"""

UNDO = """
DROP FUNCTION catalog_price_begins, catalog_price_changes, catalog_price_ends,
    catalog_prices_move_with_shelf, catalog_prices_are_kept CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_ratings")]
    operations = [
        migrations.CreateModel(
            name="AppliedPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("price_minor", models.PositiveBigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "variant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=deletion.DO_NOTHING,
                        related_name="applied_prices",
                        to="catalog.variant",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["variant", "at", "id"], name="applied_by_variant")]
            },
        ),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
        migrations.RunSQL([OFFERED, KEPT], UNDO),
    ]
