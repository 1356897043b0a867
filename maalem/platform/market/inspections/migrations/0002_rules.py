"""What the database itself refuses: states out of order, a verdict rewritten, and a parcel that
leaves while a hub has it, or after a hub has sent it back. The states are those of states.py.
"""

from django.db import migrations

RULES = """
CREATE TRIGGER inspections_status_next BEFORE INSERT OR UPDATE OF status ON inspections_inspection
    FOR EACH ROW EXECUTE FUNCTION orders_status_next('announced',
    'announced>received', 'announced>withdrawn', 'received>accepted', 'received>to_repair',
    'received>refused');
CREATE TRIGGER inspections_frozen BEFORE UPDATE ON inspections_inspection FOR EACH ROW EXECUTE
    FUNCTION orders_frozen('status', 'words', 'photos', 'received_at', 'judged_at', 'judged_by_id');
CREATE TRIGGER inspections_kept BEFORE DELETE ON inspections_inspection
    FOR EACH ROW EXECUTE FUNCTION orders_kept();

CREATE FUNCTION inspections_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'inspection % is over', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'inspections_over';
END $$;
CREATE TRIGGER inspections_over BEFORE UPDATE ON inspections_inspection FOR EACH ROW
    WHEN (OLD.status NOT IN ('announced', 'received') AND NEW.* IS DISTINCT FROM OLD.*)
    EXECUTE FUNCTION inspections_over();

CREATE FUNCTION inspections_of_what_is_made_ready() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE state text;
BEGIN
    SELECT status INTO state FROM orders_order WHERE id = NEW.order_id FOR NO KEY UPDATE;
    IF state <> 'to_prepare' THEN
        RAISE EXCEPTION 'order % is %, nothing of it comes to a hub', NEW.order_id, state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inspections_of_what_is_made_ready';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspections_of_what_is_made_ready BEFORE INSERT ON inspections_inspection
    FOR EACH ROW EXECUTE FUNCTION inspections_of_what_is_made_ready();

CREATE FUNCTION inspections_let_go() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE said text;
BEGIN
    SELECT status INTO said FROM inspections_inspection
     WHERE order_id = NEW.id AND status <> 'withdrawn' ORDER BY round DESC LIMIT 1;
    IF said <> 'accepted' THEN
        RAISE EXCEPTION 'order % does not leave: its inspection is %', NEW.id, said
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inspections_let_go';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspections_let_go BEFORE UPDATE OF status ON orders_order FOR EACH ROW
    WHEN (NEW.status = 'dispatched' AND OLD.status <> 'dispatched')
    EXECUTE FUNCTION inspections_let_go();
"""
UNDO = """
DROP TRIGGER inspections_let_go ON orders_order;
DROP FUNCTION inspections_let_go, inspections_of_what_is_made_ready, inspections_over CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("inspections", "0001_initial"), ("orders", "0006_balance")]
    operations = [migrations.RunSQL([RULES], UNDO)]
