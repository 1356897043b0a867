"""A hold ends once: what was sold or freed stays so."""

from django.db import migrations

DO = """
CREATE FUNCTION cart_hold_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'held' AND NEW.status <> OLD.status THEN
        RAISE EXCEPTION 'a hold ends once: % is %', OLD.id, OLD.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_ends_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cart_hold_ends_once BEFORE UPDATE OF status ON cart_hold
    FOR EACH ROW EXECUTE FUNCTION cart_hold_ends_once();
"""


class Migration(migrations.Migration):
    dependencies = [("cart", "0001_initial")]
    operations = [migrations.RunSQL(DO, "DROP FUNCTION cart_hold_ends_once CASCADE")]
