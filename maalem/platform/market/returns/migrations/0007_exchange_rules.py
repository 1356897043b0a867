"""What the database itself refuses of an exchange: states out of order, another kind of thing or
another price, and a change of what is over.
"""

from django.db import migrations

STATES = """
DROP TRIGGER returns_status_next ON returns_return;
CREATE TRIGGER returns_status_next BEFORE INSERT OR UPDATE OF status ON returns_return
    FOR EACH ROW EXECUTE FUNCTION orders_status_next('announced',
    'announced>sent', 'announced>withdrawn', 'announced>accepted', 'announced>exchanging',
    'announced>contested', 'announced>decided', 'sent>withdrawn', 'sent>accepted',
    'sent>exchanging', 'sent>contested', 'sent>decided', 'contested>decided',
    'exchanging>exchanged', 'exchanging>accepted');
DROP TRIGGER returns_frozen ON returns_return;
CREATE TRIGGER returns_frozen BEFORE UPDATE ON returns_return FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('status', 'carrier', 'tracking', 'found', 'photo', 'is_on_shelf', 'received_at',
    'amount_minor', 'share_minor', 'verdict', 'decided_by_id', 'settled_at', 'given_id',
    'reversal_id', 'replace_by', 'replaced_at', 'replaced_carrier', 'replaced_tracking');
DROP TRIGGER returns_over ON returns_return;
CREATE TRIGGER returns_over BEFORE UPDATE ON returns_return FOR EACH ROW
    WHEN (OLD.status IN ('accepted', 'decided', 'withdrawn', 'exchanged')
          AND NEW.* IS DISTINCT FROM OLD.*)
    EXECUTE FUNCTION returns_over();

CREATE FUNCTION returns_like_for_like() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM returns_return r
          JOIN catalog_variant v ON v.id = r.instead_id
          JOIN orders_orderline l ON l.id = NEW.line_id
         WHERE r.id = NEW.back_id
           AND (v.product_id, v.price_minor) IS DISTINCT FROM (l.product_id, l.unit_price_minor)
    ) THEN
        RAISE EXCEPTION 'return % exchanges something for another kind of thing', NEW.back_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'return_like_for_like';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER returns_like_for_like BEFORE INSERT ON returns_returnline
    FOR EACH ROW EXECUTE FUNCTION returns_like_for_like();
"""


class Migration(migrations.Migration):
    dependencies = [("returns", "0006_exchanges")]
    operations = [migrations.RunSQL([STATES], migrations.RunSQL.noop)]
