"""What the database itself refuses: a book that does not add up to what was released or taken back,
a maker of another co-operative, a rule for the past, a row rewritten or removed, and a maker removed
of whom something was sold. The states are those of this room's states.py.
"""

from django.db import migrations

KEPT = """
CREATE TRIGGER makers_kept BEFORE UPDATE OR DELETE ON makers_entry
    FOR EACH ROW EXECUTE FUNCTION orders_kept();
CREATE TRIGGER makers_kept BEFORE UPDATE OR DELETE ON makers_rule
    FOR EACH ROW EXECUTE FUNCTION orders_kept();
CREATE TRIGGER makers_kept BEFORE DELETE ON makers_handed
    FOR EACH ROW EXECUTE FUNCTION orders_kept();
CREATE TRIGGER makers_frozen BEFORE UPDATE ON makers_handed FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('status', 'answered_by_id', 'answered_at');
CREATE TRIGGER makers_status_next BEFORE INSERT OR UPDATE OF status ON makers_handed
    FOR EACH ROW EXECUTE FUNCTION orders_status_next('said',
    'said>confirmed', 'said>disputed', 'said>undone', 'disputed>confirmed', 'disputed>undone');

CREATE FUNCTION makers_not_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.begins_on < (NEW.published_at AT TIME ZONE 'Africa/Casablanca')::date THEN
        RAISE EXCEPTION 'a rule of distribution does not begin in the past'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'makers_rule_not_past';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER makers_not_past BEFORE INSERT ON makers_rule
    FOR EACH ROW EXECUTE FUNCTION makers_not_past();

CREATE FUNCTION makers_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
         WHERE o.artisan_id = OLD.artisan_id AND l.snapshot->>'maker_id' = OLD.id::text
    ) THEN
        RAISE EXCEPTION 'maker % has sold and stays', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'makers_stay';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER makers_stay BEFORE DELETE ON artisans_maker
    FOR EACH ROW EXECUTE FUNCTION makers_stay();
"""

SUMS = """
CREATE FUNCTION makers_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE released bigint; gone bigint; found bigint; lowest bigint; seller bigint;
BEGIN
    SELECT r.amount_minor, o.artisan_id INTO released, seller
      FROM orders_release r JOIN orders_order o ON o.id = r.order_id WHERE r.id = NEW.release_id;
    IF NEW.reversal_id IS NOT NULL THEN
        SELECT -amount_minor INTO gone FROM orders_reversal
         WHERE id = NEW.reversal_id AND release_id = NEW.release_id;
        released := gone;
    END IF;
    SELECT sum(amount_minor) INTO found FROM makers_entry
     WHERE release_id = NEW.release_id AND reversal_id IS NOT DISTINCT FROM NEW.reversal_id;
    SELECT min(stands) INTO lowest FROM (
        SELECT sum(amount_minor) AS stands FROM makers_entry
         WHERE release_id = NEW.release_id GROUP BY maker_id) AS owned;
    IF found IS DISTINCT FROM released OR lowest < 0 THEN
        RAISE EXCEPTION 'the entries of release % do not add up to it', NEW.release_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'makers_entries_add_up';
    END IF;
    IF NEW.artisan_id <> seller OR NEW.maker_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM artisans_maker WHERE id = NEW.maker_id AND artisan_id = seller
    ) THEN
        RAISE EXCEPTION 'maker % is not of the seller of release %', NEW.maker_id, NEW.release_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'makers_entry_of_its_seller';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER makers_adds_up AFTER INSERT ON makers_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION makers_adds_up();
"""
UNDO = """
DROP FUNCTION makers_adds_up CASCADE;
DROP FUNCTION makers_not_past CASCADE;
DROP FUNCTION makers_stay CASCADE;
DROP TRIGGER makers_kept ON makers_entry;
DROP TRIGGER makers_kept ON makers_rule;
DROP TRIGGER makers_kept ON makers_handed;
DROP TRIGGER makers_frozen ON makers_handed;
DROP TRIGGER makers_status_next ON makers_handed;
"""


class Migration(migrations.Migration):
    dependencies = [("makers", "0001_initial"), ("orders", "0005_reversals")]
    operations = [migrations.RunSQL([KEPT, SUMS], UNDO)]
