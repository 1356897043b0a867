"""What the database itself refuses: a return of what never arrived, was made to order or was not
bought; more pieces than there were; states out of order; another sum than the money's own rows.
The states are those of this room's states.py.
"""

from django.db import migrations

BORN = """
CREATE FUNCTION returns_born() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE sold record;
BEGIN
    SELECT status, artisan_id INTO sold FROM orders_order WHERE id = NEW.order_id;
    IF sold.status <> 'delivered' OR sold.artisan_id <> NEW.artisan_id THEN
        RAISE EXCEPTION 'order % has not arrived, or is of another workshop', NEW.order_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'return_of_a_delivered_order';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER returns_born BEFORE INSERT ON returns_return
    FOR EACH ROW EXECUTE FUNCTION returns_born();

CREATE FUNCTION returns_pieces() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE sold record; wanted bigint; gone bigint;
BEGIN
    SELECT order_id INTO wanted FROM returns_return WHERE id = NEW.back_id;
    -- Locked: two returns at once would not see each other's pieces.
    PERFORM 1 FROM orders_order WHERE id = wanted FOR NO KEY UPDATE;
    SELECT order_id, quantity, snapshot->>'supply' AS supply INTO sold
      FROM orders_orderline WHERE id = NEW.line_id;
    IF sold.order_id <> wanted OR sold.supply = 'made_to_order' THEN
        RAISE EXCEPTION 'line % can not go back with return %', NEW.line_id, NEW.back_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'return_of_its_own_lines';
    END IF;
    SELECT sum(l.quantity) INTO gone FROM returns_returnline l
      JOIN returns_return r ON r.id = l.back_id
     WHERE l.line_id = NEW.line_id AND r.status <> 'withdrawn';
    IF gone > sold.quantity THEN
        RAISE EXCEPTION 'more of line % goes back than was bought', NEW.line_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'return_of_what_was_bought';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER returns_pieces AFTER INSERT ON returns_returnline
    FOR EACH ROW EXECUTE FUNCTION returns_pieces();
"""

MONEY = """
CREATE FUNCTION returns_money() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE given record; taken record;
BEGIN
    SELECT order_id, amount_minor INTO given FROM orders_goodwill WHERE id = NEW.given_id;
    SELECT r.order_id, b.amount_minor INTO taken
      FROM orders_reversal b JOIN orders_release r ON r.id = b.release_id
     WHERE b.id = NEW.reversal_id;
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
CREATE TRIGGER returns_money BEFORE INSERT OR UPDATE ON returns_return
    FOR EACH ROW EXECUTE FUNCTION returns_money();
"""

STATES = """
CREATE TRIGGER returns_status_next BEFORE INSERT OR UPDATE OF status ON returns_return
    FOR EACH ROW EXECUTE FUNCTION orders_status_next('announced',
    'announced>sent', 'announced>withdrawn', 'announced>accepted', 'announced>contested',
    'announced>decided', 'sent>withdrawn', 'sent>accepted', 'sent>contested', 'sent>decided',
    'contested>decided');
CREATE TRIGGER returns_frozen BEFORE UPDATE ON returns_return FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('status', 'carrier', 'tracking', 'found', 'photo', 'is_on_shelf', 'received_at',
    'amount_minor', 'share_minor', 'verdict', 'decided_by_id', 'settled_at', 'given_id',
    'reversal_id');
-- What is over stays as it was settled.
CREATE FUNCTION returns_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'return % is over', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'return_over';
END $$;
CREATE TRIGGER returns_over BEFORE UPDATE ON returns_return FOR EACH ROW
    WHEN (OLD.status IN ('accepted', 'decided', 'withdrawn') AND NEW.* IS DISTINCT FROM OLD.*)
    EXECUTE FUNCTION returns_over();
CREATE TRIGGER returns_frozen BEFORE UPDATE ON returns_returnline
    FOR EACH ROW EXECUTE FUNCTION orders_frozen('none');
CREATE TRIGGER returns_frozen BEFORE UPDATE ON returns_event
    FOR EACH ROW EXECUTE FUNCTION orders_frozen('none');
""" + "".join(
    f"CREATE TRIGGER returns_kept BEFORE DELETE ON returns_{table}"
    " FOR EACH ROW EXECUTE FUNCTION orders_kept();\n"
    for table in ("return", "returnline", "event")
)

UNDO = """
DROP FUNCTION returns_born, returns_pieces, returns_money, returns_over CASCADE;
DROP TRIGGER returns_status_next ON returns_return;
DROP TRIGGER returns_frozen ON returns_return;
DROP TRIGGER returns_frozen ON returns_returnline;
DROP TRIGGER returns_frozen ON returns_event;
DROP TRIGGER returns_kept ON returns_return;
DROP TRIGGER returns_kept ON returns_returnline;
DROP TRIGGER returns_kept ON returns_event;
"""


class Migration(migrations.Migration):
    dependencies = [("returns", "0001_initial"), ("orders", "0005_reversals")]
    operations = [migrations.RunSQL([BORN, MONEY, STATES], UNDO)]
