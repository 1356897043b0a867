"""What the database itself refuses: words changed or taken away, a liking taken back, words about
a parcel that nobody paid or that was called off, and progress of what is not being made.
"""

from django.db import migrations

RULES = """
CREATE TRIGGER conversations_frozen BEFORE UPDATE ON conversations_entry
    FOR EACH ROW EXECUTE FUNCTION orders_frozen('liked_at');
CREATE TRIGGER conversations_kept BEFORE DELETE ON conversations_entry
    FOR EACH ROW EXECUTE FUNCTION orders_kept();

CREATE FUNCTION conversations_liked_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entry % was liked already', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'conversations_liked_once';
END $$;
CREATE TRIGGER conversations_liked_once BEFORE UPDATE ON conversations_entry FOR EACH ROW
    WHEN (OLD.liked_at IS NOT NULL AND NEW.liked_at IS DISTINCT FROM OLD.liked_at)
    EXECUTE FUNCTION conversations_liked_once();

CREATE FUNCTION conversations_of_a_sale() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE state text;
BEGIN
    SELECT status INTO state FROM orders_order WHERE id = NEW.order_id FOR SHARE;
    IF state NOT IN ('to_prepare', 'dispatched', 'delivered')
       OR (NEW.stage <> '' AND state <> 'to_prepare') THEN
        RAISE EXCEPTION 'order % is %, nothing more is said like this', NEW.order_id, state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'conversations_of_a_sale';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER conversations_of_a_sale BEFORE INSERT ON conversations_entry
    FOR EACH ROW EXECUTE FUNCTION conversations_of_a_sale();
"""
UNDO = """
DROP FUNCTION conversations_of_a_sale, conversations_liked_once CASCADE;
DROP TRIGGER conversations_frozen ON conversations_entry;
DROP TRIGGER conversations_kept ON conversations_entry;
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial"), ("orders", "0006_balance")]
    operations = [migrations.RunSQL([RULES], UNDO)]
