"""What the database itself refuses: states out of order, changed agreements, wrong sums,
money released for what was not delivered. The states are those of this room's states.py.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION orders_status_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The first argument is the state a row is born in, the others are 'from>to'.
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> TG_ARGV[0] THEN
            RAISE EXCEPTION '% begins as %, not %', TG_TABLE_NAME, TG_ARGV[0], NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_status_next';
        END IF;
    ELSIF NEW.status <> OLD.status AND NOT (OLD.status || '>' || NEW.status) = ANY (TG_ARGV) THEN
        RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_status_next';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION orders_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The arguments are the only columns that may change.
    IF to_jsonb(NEW) - TG_ARGV::text[] IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV::text[] THEN
        RAISE EXCEPTION '% % was agreed and does not change', TG_TABLE_NAME, OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_frozen';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION orders_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is kept: rows are not removed', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_kept';
END $$;

CREATE FUNCTION orders_group_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted record; found record;
BEGIN
    SELECT goods_minor AS goods, shipping_minor AS shipping INTO wanted
      FROM orders_ordergroup WHERE id = NEW.group_id;
    SELECT sum(goods_minor)::bigint AS goods, sum(shipping_minor)::bigint AS shipping INTO found
      FROM orders_order WHERE group_id = NEW.group_id;
    IF found IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'the orders of group % do not add up to it', NEW.group_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_of_group_add_up';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION orders_order_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted record; found record;
BEGIN
    SELECT goods_minor AS goods, commission_minor AS fee INTO wanted
      FROM orders_order WHERE id = NEW.order_id;
    SELECT sum(total_minor)::bigint AS goods, sum(commission_minor)::bigint AS fee INTO found
      FROM orders_orderline WHERE order_id = NEW.order_id;
    IF found IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'the lines of order % do not add up to it', NEW.order_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lines_of_order_add_up';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION orders_money_goes_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE state text;
BEGIN
    -- Delivered and cancelled exclude each other, so the money goes to the artisan or back to the
    -- buyer, never both.
    SELECT status INTO state FROM orders_order WHERE id = NEW.order_id FOR NO KEY UPDATE;
    IF NEW.order_id IS NOT NULL AND state <> TG_ARGV[0] THEN
        RAISE EXCEPTION '% for an order that is %', TG_TABLE_NAME, state
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_one_way';
    END IF;
    RETURN NEW;
END $$;
"""

STATES = """
CREATE TRIGGER orders_status_next BEFORE INSERT OR UPDATE OF status ON orders_ordergroup
    FOR EACH ROW EXECUTE FUNCTION orders_status_next('pending_payment',
    'pending_payment>paid', 'pending_payment>expired', 'pending_payment>cancelled',
    'expired>paid', 'paid>refunded');
CREATE TRIGGER orders_status_next BEFORE INSERT OR UPDATE OF status ON orders_order
    FOR EACH ROW EXECUTE FUNCTION orders_status_next('awaiting_payment',
    'awaiting_payment>to_prepare', 'awaiting_payment>lapsed', 'awaiting_payment>cancelled',
    'lapsed>to_prepare', 'to_prepare>dispatched', 'to_prepare>cancelled',
    'dispatched>delivered', 'dispatched>cancelled', 'cancelled>refunded');
CREATE TRIGGER orders_status_next BEFORE INSERT OR UPDATE OF status ON orders_paymentattempt
    FOR EACH ROW EXECUTE FUNCTION orders_status_next('requested',
    'requested>open', 'requested>unknown', 'requested>refused', 'requested>complete',
    'requested>expired', 'unknown>open', 'unknown>refused', 'unknown>complete', 'unknown>expired',
    'open>complete', 'open>expired', 'expired>complete', 'refused>complete');
CREATE TRIGGER orders_status_next BEFORE INSERT OR UPDATE OF status ON orders_refund
    FOR EACH ROW EXECUTE FUNCTION orders_status_next('requested',
    'requested>done', 'requested>unknown', 'requested>refused', 'unknown>done', 'unknown>refused',
    'refused>done', 'refused>unknown');
CREATE TRIGGER orders_status_next BEFORE INSERT OR UPDATE OF status ON orders_release
    FOR EACH ROW EXECUTE FUNCTION orders_status_next('requested',
    'requested>done', 'requested>unknown', 'requested>refused', 'unknown>done', 'unknown>refused',
    'refused>done', 'refused>unknown');
"""

FROZEN = """
CREATE TRIGGER orders_frozen BEFORE UPDATE ON orders_ordergroup FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('status', 'cart_id', 'person_id', 'expires_at', 'paid_at');
CREATE TRIGGER orders_frozen BEFORE UPDATE ON orders_order FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('status', 'carrier', 'tracking', 'dispatched_at', 'delivered_at');
CREATE TRIGGER orders_frozen BEFORE UPDATE ON orders_orderline FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('product_id', 'variant_id');
CREATE TRIGGER orders_frozen BEFORE UPDATE ON orders_history FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('none');
CREATE TRIGGER orders_frozen BEFORE UPDATE ON orders_payment FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('charge', 'session');
CREATE TRIGGER orders_frozen BEFORE UPDATE ON orders_paymentattempt FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('status', 'session', 'intent', 'url', 'reason', 'asked_at');
CREATE TRIGGER orders_frozen BEFORE UPDATE ON orders_refund FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('status', 'answer', 'reason', 'tries', 'refusals', 'asked_at', 'done_at');
CREATE TRIGGER orders_frozen BEFORE UPDATE ON orders_release FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('status', 'account', 'answer', 'reason', 'tries', 'refusals', 'asked_at', 'done_at');
"""

KEPT = "".join(
    f"CREATE TRIGGER orders_kept BEFORE DELETE ON orders_{table}"
    " FOR EACH ROW EXECUTE FUNCTION orders_kept();\n"
    for table in ("ordergroup", "order", "orderline", "history", "payment", "refund", "release")
)

SUMS = """
CREATE CONSTRAINT TRIGGER orders_group_adds_up AFTER INSERT ON orders_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_group_adds_up();
CREATE CONSTRAINT TRIGGER orders_order_adds_up AFTER INSERT ON orders_orderline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_order_adds_up();
CREATE TRIGGER orders_money_goes_one_way BEFORE INSERT ON orders_refund
    FOR EACH ROW EXECUTE FUNCTION orders_money_goes_one_way('cancelled');
CREATE TRIGGER orders_money_goes_one_way BEFORE INSERT ON orders_release
    FOR EACH ROW EXECUTE FUNCTION orders_money_goes_one_way('delivered');
"""

UNDO = """
DROP FUNCTION orders_status_next, orders_frozen, orders_kept, orders_group_adds_up,
    orders_order_adds_up, orders_money_goes_one_way CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [migrations.RunSQL([FUNCTIONS, STATES, FROZEN, KEPT, SUMS], UNDO)]
