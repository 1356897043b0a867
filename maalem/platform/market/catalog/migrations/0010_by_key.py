"""What the rules of a variant look up is always found by its key.

A trigger keeps the plan that it made while the shop was small, when reading the whole table was
cheap: the first ten thousand pieces of an import then cost the square of their number.
"""

from django.db import migrations

BY_KEY = (
    "catalog_variant_one_piece()",
    "catalog_keep_cheapest(bigint)",
    "catalog_product_changes()",
    "catalog_entry_repriced()",
    "catalog_sells_out()",
    "catalog_price_begins()",
)
# The condition is a look at each fresh row's own product: a join may begin with all products.
PRICE_BEGINS = """
CREATE OR REPLACE FUNCTION catalog_price_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_appliedprice (variant_id, price_minor, at)
    SELECT f.id, f.price_minor, clock_timestamp() FROM fresh f
     WHERE (SELECT p.status FROM catalog_product p WHERE p.id = f.product_id) = 'published';
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_deposit")]
    operations = [
        migrations.RunSQL([PRICE_BEGINS], migrations.RunSQL.noop),
        migrations.RunSQL(
            [f"ALTER FUNCTION {name} SET enable_seqscan = off" for name in BY_KEY],
            [f"ALTER FUNCTION {name} RESET enable_seqscan" for name in BY_KEY],
        ),
    ]
