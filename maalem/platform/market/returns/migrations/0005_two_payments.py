from django.db import migrations

# What two payments must bring is two rows, the second behind the first: together they are the sum.
MONEY = """
CREATE OR REPLACE FUNCTION returns_money() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE given record; taken record;
BEGIN
    SELECT min(order_id) AS order_id, sum(amount_minor)::bigint AS amount_minor INTO given
      FROM orders_goodwill WHERE NEW.given_id IN (id, rest_of_id);
    SELECT min(r.order_id) AS order_id, sum(b.amount_minor)::bigint AS amount_minor INTO taken
      FROM orders_reversal b JOIN orders_release r ON r.id = b.release_id
     WHERE NEW.reversal_id IN (b.id, b.rest_of_id);
    IF NEW.given_id IS NOT NULL
       AND (given.order_id, given.amount_minor) IS DISTINCT FROM (NEW.order_id, NEW.amount_minor)
       OR NEW.reversal_id IS NOT NULL
       AND (taken.order_id, taken.amount_minor) IS DISTINCT FROM (NEW.order_id, NEW.share_minor)
    THEN
        RAISE EXCEPTION 'the money of return % is another sum', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'return_money_is_its_own';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("returns", "0004_claim_rules"), ("orders", "0006_balance")]
    operations = [migrations.RunSQL(MONEY, migrations.RunSQL.noop)]
