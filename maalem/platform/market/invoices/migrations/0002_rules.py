"""What the database itself refuses: a number that is not the next one, a day before the last, more
credited than was invoiced, a credit of another's invoice, and a row rewritten or removed.
"""

from django.db import migrations

RULES = """
CREATE TRIGGER invoices_kept BEFORE UPDATE OR DELETE ON invoices_invoice
    FOR EACH ROW EXECUTE FUNCTION orders_kept();
CREATE TRIGGER invoices_kept BEFORE UPDATE OR DELETE ON invoices_identity
    FOR EACH ROW EXECUTE FUNCTION orders_kept();

CREATE FUNCTION invoices_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before record;
BEGIN
    SELECT max(position) AS position, max("on") AS day INTO before FROM invoices_invoice
     WHERE artisan_id = NEW.artisan_id AND kind = NEW.kind AND year = NEW.year;
    IF NEW.position <> coalesce(before.position, 0) + 1 OR NEW."on" < before.day
       OR extract(year FROM NEW."on") <> NEW.year THEN
        RAISE EXCEPTION 'number % of % is not the next one', NEW.position, NEW.artisan_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_no_gap';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoices_no_gap BEFORE INSERT ON invoices_invoice
    FOR EACH ROW EXECUTE FUNCTION invoices_no_gap();

CREATE FUNCTION invoices_credited_within() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of record; gone record;
BEGIN
    SELECT kind, order_id, artisan_id, total_minor, vat_minor INTO of FROM invoices_invoice
     WHERE id = NEW.credits_id FOR UPDATE;
    SELECT sum(total_minor) AS total, sum(vat_minor) AS vat INTO gone FROM invoices_invoice
     WHERE credits_id = NEW.credits_id;
    IF of.kind <> 'invoice' OR of.order_id <> NEW.order_id OR of.artisan_id <> NEW.artisan_id
       OR coalesce(gone.total, 0) + NEW.total_minor > of.total_minor
       OR coalesce(gone.vat, 0) + NEW.vat_minor > of.vat_minor THEN
        RAISE EXCEPTION 'invoice % is not credited by that much', NEW.credits_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_credited_within';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoices_credited_within BEFORE INSERT ON invoices_invoice
    FOR EACH ROW WHEN (NEW.credits_id IS NOT NULL) EXECUTE FUNCTION invoices_credited_within();

CREATE FUNCTION invoices_of_its_seller() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE parcel record;
BEGIN
    SELECT artisan_id, goods_minor + shipping_minor AS total INTO parcel FROM orders_order
     WHERE id = NEW.order_id;
    IF parcel.artisan_id <> NEW.artisan_id
       OR (NEW.kind = 'invoice' AND parcel.total <> NEW.total_minor) THEN
        RAISE EXCEPTION 'order % is of another seller, or another sum', NEW.order_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_of_its_seller';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoices_of_its_seller BEFORE INSERT ON invoices_invoice
    FOR EACH ROW EXECUTE FUNCTION invoices_of_its_seller();
"""
UNDO = """
DROP FUNCTION invoices_of_its_seller, invoices_credited_within, invoices_no_gap CASCADE;
DROP TRIGGER invoices_kept ON invoices_invoice;
DROP TRIGGER invoices_kept ON invoices_identity;
"""


class Migration(migrations.Migration):
    dependencies = [("invoices", "0001_initial"), ("orders", "0007_making")]
    operations = [migrations.RunSQL([RULES], UNDO)]
