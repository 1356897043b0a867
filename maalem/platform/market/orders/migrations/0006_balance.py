import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

# Each release says by which payment it is handed over; until now there was one payment for each.
RELEASES = """
ALTER TABLE orders_release DISABLE TRIGGER orders_frozen;
UPDATE orders_release r SET payment_id = p.id
  FROM orders_order o JOIN orders_payment p ON p.group_id = o.group_id AND p.verdict = 'accepted'
 WHERE o.id = r.order_id;
ALTER TABLE orders_release ENABLE TRIGGER orders_frozen;
SET CONSTRAINTS ALL IMMEDIATE;
"""

# What is paid later adds up as what is paid now does; a balance belongs to a parcel of its own
# group and counts as paid when it was; nobody is given back more than a payment brought, and no
# seller is handed more than her share.
RULES = """
CREATE OR REPLACE FUNCTION orders_group_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted record; found record;
BEGIN
    SELECT goods_minor AS goods, shipping_minor AS shipping, balance_minor AS balance INTO wanted
      FROM orders_ordergroup WHERE id = NEW.group_id;
    SELECT sum(goods_minor)::bigint AS goods, sum(shipping_minor)::bigint AS shipping,
           sum(balance_minor)::bigint AS balance INTO found
      FROM orders_order WHERE group_id = NEW.group_id;
    IF found IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'the orders of group % do not add up to it', NEW.group_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_of_group_add_up';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION orders_order_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted record; found record;
BEGIN
    -- Where something of a parcel is paid later, so is its carriage.
    SELECT goods_minor AS goods, commission_minor AS fee,
           CASE balance_minor WHEN 0 THEN 0 ELSE balance_minor - shipping_minor END AS balance
      INTO wanted FROM orders_order WHERE id = NEW.order_id;
    SELECT sum(total_minor)::bigint AS goods, sum(commission_minor)::bigint AS fee,
           sum(balance_minor)::bigint AS balance INTO found
      FROM orders_orderline WHERE order_id = NEW.order_id;
    IF found IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'the lines of order % do not add up to it', NEW.order_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lines_of_order_add_up';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION orders_balance_of_its_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.order_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM orders_order
         WHERE id = NEW.order_id AND group_id = NEW.group_id AND balance_minor > 0) THEN
        RAISE EXCEPTION '% for order %, which has no balance in group %',
            TG_TABLE_NAME, NEW.order_id, NEW.group_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_balance_of_its_group';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_balance_of_its_group BEFORE INSERT ON orders_payment
    FOR EACH ROW EXECUTE FUNCTION orders_balance_of_its_group();
CREATE TRIGGER orders_balance_of_its_group BEFORE INSERT ON orders_paymentattempt
    FOR EACH ROW EXECUTE FUNCTION orders_balance_of_its_group();

CREATE FUNCTION orders_balance_is_there() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM orders_payment WHERE order_id = NEW.id AND verdict = 'accepted'
                      AND amount_minor = NEW.balance_minor) THEN
        RAISE EXCEPTION 'nobody has paid the balance of order %', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_balance_is_there';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_balance_is_there BEFORE UPDATE OF balance_paid_at ON orders_order
    FOR EACH ROW WHEN (NEW.balance_paid_at IS NOT NULL) EXECUTE FUNCTION orders_balance_is_there();

CREATE FUNCTION orders_part_of(an_order bigint, a_payment bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    -- What a payment brought for an order: its balance, or what was due at first.
    SELECT CASE WHEN p.order_id = o.id THEN o.balance_minor
                WHEN p.order_id IS NULL AND p.group_id = o.group_id
                THEN o.goods_minor + o.shipping_minor - o.balance_minor
                ELSE 0 END
      FROM orders_order o, orders_payment p WHERE o.id = an_order AND p.id = a_payment
$$;

CREATE OR REPLACE FUNCTION orders_given_within() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE gone bigint; whole bigint;
BEGIN
    PERFORM FROM orders_order WHERE id = NEW.order_id FOR NO KEY UPDATE;
    whole := orders_part_of(NEW.order_id, NEW.payment_id);
    SELECT coalesce(sum(amount_minor), 0) INTO gone FROM (
        SELECT amount_minor FROM orders_goodwill
         WHERE order_id = NEW.order_id AND payment_id = NEW.payment_id AND status <> 'refused'
        UNION ALL SELECT amount_minor FROM orders_refund
         WHERE order_id = NEW.order_id AND payment_id = NEW.payment_id) AS given;
    IF gone > whole THEN
        RAISE EXCEPTION 'order % gives back more than payment % brought',
            NEW.order_id, NEW.payment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_given_within';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION orders_released_within() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE handed bigint; hers bigint;
BEGIN
    IF NEW.amount_minor > orders_part_of(NEW.order_id, NEW.payment_id) THEN
        RAISE EXCEPTION 'payment % did not bring that much for order %',
            NEW.payment_id, NEW.order_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_released_of_its_payment';
    END IF;
    SELECT seller_net_minor INTO hers FROM orders_order
     WHERE id = NEW.order_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount_minor), 0) INTO handed FROM orders_release
     WHERE order_id = NEW.order_id;
    IF handed > hers THEN
        RAISE EXCEPTION 'order % hands over more than is its seller''s', NEW.order_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_released_within';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_released_within AFTER INSERT ON orders_release
    FOR EACH ROW EXECUTE FUNCTION orders_released_within();

DROP TRIGGER orders_frozen ON orders_order;
CREATE TRIGGER orders_frozen BEFORE UPDATE ON orders_order FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('status', 'carrier', 'tracking', 'ready_at', 'balance_paid_at', 'dispatched_at',
    'delivered_at');
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_reversals")]

    operations = [
        migrations.RemoveConstraint(model_name="payment", name="payment_one_accepted"),
        migrations.RemoveConstraint(model_name="paymentattempt", name="attempt_one_live_per_group"),
        migrations.AddField(model_name="order", name="balance_minor", field=models.BigIntegerField(default=0, db_default=0)),
        migrations.AddField(model_name="order", name="balance_paid_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="order", name="ready_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="ordergroup", name="balance_minor", field=models.BigIntegerField(default=0, db_default=0)),
        migrations.AddField(model_name="orderline", name="balance_minor", field=models.BigIntegerField(default=0, db_default=0)),
        migrations.AddField(
            model_name="payment",
            name="order",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="balances", to="orders.order"),
        ),
        migrations.AddField(
            model_name="paymentattempt",
            name="order",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="orders.order"),
        ),
        migrations.AddField(
            model_name="release",
            name="payment",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="orders.payment"),
        ),
        migrations.AddField(
            model_name="goodwill",
            name="rest_of",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="rest", to="orders.goodwill"),
        ),
        migrations.AddField(
            model_name="reversal",
            name="rest_of",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="rest", to="orders.reversal"),
        ),
        migrations.RunSQL(RELEASES, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="release",
            name="payment",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="orders.payment"),
        ),
        migrations.AlterField(
            model_name="refund",
            name="order",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="orders.order"),
        ),
        migrations.AlterField(
            model_name="release",
            name="order",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="orders.order"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(condition=models.Q(("balance_minor__gte", 0), ("balance_minor__lt", django.db.models.expressions.CombinedExpression(models.F("goods_minor"), "+", models.F("shipping_minor")))), name="order_balance_leaves_a_deposit"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(condition=models.Q(("balance_minor", 0), ("balance_paid_at__isnull", False), models.Q(("status__in", ["dispatched", "delivered"]), _negated=True), _connector="OR"), name="order_leaves_when_it_is_paid"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(condition=models.Q(("balance_minor__gt", 0), models.Q(("balance_paid_at__isnull", True), ("ready_at__isnull", True)), _connector="OR"), name="order_without_balance_waits_for_none"),
        ),
        migrations.AddConstraint(
            model_name="ordergroup",
            constraint=models.CheckConstraint(condition=models.Q(("balance_minor__gte", 0), ("balance_minor__lt", models.F("total_minor"))), name="group_balance_leaves_a_deposit"),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(condition=models.Q(("balance_minor__gte", 0), ("balance_minor__lt", models.F("total_minor"))), name="order_line_balance_leaves_a_deposit"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(condition=models.Q(("order__isnull", True), ("verdict", "accepted")), fields=("group",), name="payment_one_accepted"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(condition=models.Q(("verdict", "accepted")), fields=("order",), name="payment_one_balance"),
        ),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=models.UniqueConstraint(condition=models.Q(("order__isnull", True), ("status__in", ["requested", "unknown", "open"])), fields=("group",), name="attempt_one_live_per_group"),
        ),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=models.UniqueConstraint(condition=models.Q(("status__in", ["requested", "unknown", "open"])), fields=("order",), name="attempt_one_live_per_balance"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(fields=("order", "payment"), name="refund_of_a_parcel_once"),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(fields=("order", "payment"), name="release_once"),
        ),
        migrations.RunSQL(RULES, migrations.RunSQL.noop),
    ]
