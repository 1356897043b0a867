"""What the database itself refuses: a consent without its code, longer than the rule, or changed
after its end; a deed without a consent that runs; a row rewritten or removed. The states are those
of this room's states.py.
"""

from django.db import migrations

CONSENT = """
INSERT INTO assistance_limit (minutes, begins_at) VALUES (60, '2026-01-01T00:00:00Z');
CREATE TRIGGER assistance_kept BEFORE UPDATE OR DELETE ON assistance_limit
    FOR EACH ROW EXECUTE FUNCTION orders_kept();

CREATE FUNCTION assistance_not_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'how long a consent lasts is not changed for the past'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_not_past';
END $$;
CREATE TRIGGER assistance_not_past BEFORE INSERT ON assistance_limit FOR EACH ROW
    WHEN (NEW.begins_at <= now()) EXECUTE FUNCTION assistance_not_past();

CREATE TRIGGER assistance_status_next BEFORE INSERT OR UPDATE OF status ON assistance_consent
    FOR EACH ROW EXECUTE FUNCTION orders_status_next('asked',
    'asked>given', 'asked>lapsed', 'given>ended');
CREATE TRIGGER assistance_frozen BEFORE UPDATE ON assistance_consent FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('status', 'proof', 'tries', 'given_at', 'ends_at', 'ended_at', 'ended_by');
CREATE TRIGGER assistance_kept BEFORE DELETE ON assistance_consent
    FOR EACH ROW EXECUTE FUNCTION orders_kept();

CREATE FUNCTION assistance_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'consent % is over', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_over';
END $$;
CREATE TRIGGER assistance_over BEFORE UPDATE ON assistance_consent FOR EACH ROW
    WHEN (OLD.status IN ('ended', 'lapsed') AND NEW.* IS DISTINCT FROM OLD.*)
    EXECUTE FUNCTION assistance_over();

CREATE FUNCTION assistance_by_code() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE most integer;
BEGIN
    IF encode(sha256(convert_to(NEW.proof, 'UTF8')), 'hex') <> OLD.code_hash OR OLD.tries >= 5
       OR NEW.given_at > OLD.asked_at + interval '10 minutes' THEN
        RAISE EXCEPTION 'consent % is not given without its code', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_by_code';
    END IF;
    SELECT minutes INTO most FROM assistance_limit
     WHERE begins_at <= NEW.given_at ORDER BY begins_at DESC LIMIT 1;
    most := least(most, OLD.minutes);
    IF most IS NULL OR NEW.ends_at > NEW.given_at + make_interval(mins => most) THEN
        RAISE EXCEPTION 'consent % would last longer than % minutes', OLD.id, most
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_not_longer';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assistance_by_code BEFORE UPDATE OF status ON assistance_consent FOR EACH ROW
    WHEN (OLD.status = 'asked' AND NEW.status = 'given') EXECUTE FUNCTION assistance_by_code();

CREATE FUNCTION assistance_as_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'consent % stays as it was given', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_as_given';
END $$;
CREATE TRIGGER assistance_as_given BEFORE UPDATE ON assistance_consent FOR EACH ROW
    WHEN (OLD.status = 'given' AND (NEW.proof, NEW.tries, NEW.given_at, NEW.ends_at)
          IS DISTINCT FROM (OLD.proof, OLD.tries, OLD.given_at, OLD.ends_at))
    EXECUTE FUNCTION assistance_as_given();
CREATE TRIGGER assistance_tries_grow BEFORE UPDATE OF tries ON assistance_consent FOR EACH ROW
    WHEN (NEW.tries < OLD.tries) EXECUTE FUNCTION assistance_as_given();
"""

DEEDS = """
CREATE TRIGGER assistance_kept BEFORE UPDATE OR DELETE ON assistance_deed
    FOR EACH ROW EXECUTE FUNCTION orders_kept();
CREATE TRIGGER assistance_kept BEFORE UPDATE OR DELETE ON assistance_undone
    FOR EACH ROW EXECUTE FUNCTION orders_kept();
CREATE TRIGGER assistance_kept BEFORE DELETE ON assistance_objection
    FOR EACH ROW EXECUTE FUNCTION orders_kept();
CREATE FUNCTION assistance_looked_at_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'objection % stays as it was said', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_looked_at_once';
END $$;
CREATE TRIGGER assistance_looked_at_once BEFORE UPDATE ON assistance_objection FOR EACH ROW
    WHEN (OLD.looked_at IS NOT NULL OR (NEW.consent_id, NEW.deed_id, NEW.by_id, NEW.at)
          IS DISTINCT FROM (OLD.consent_id, OLD.deed_id, OLD.by_id, OLD.at))
    EXECUTE FUNCTION assistance_looked_at_once();

CREATE FUNCTION assistance_deed_with_consent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found record;
BEGIN
    -- now() is when the work began: what was begun in time may end a moment later.
    SELECT status, ends_at, artisan_id INTO found FROM assistance_consent
     WHERE id = NEW.consent_id FOR NO KEY UPDATE;
    IF found.status <> 'given' OR found.ends_at <= now() THEN
        RAISE EXCEPTION 'nothing is done under consent %: it does not run', NEW.consent_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_deed_with_consent';
    END IF;
    IF NEW.product_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM catalog_product WHERE id = NEW.product_id AND artisan_id = found.artisan_id
    ) THEN
        RAISE EXCEPTION 'product % is not of the workshop of consent %', NEW.product_id,
            NEW.consent_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_deed_of_the_workshop';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assistance_deed_with_consent BEFORE INSERT ON assistance_deed
    FOR EACH ROW EXECUTE FUNCTION assistance_deed_with_consent();

CREATE FUNCTION assistance_objection_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM assistance_deed
                    WHERE id = NEW.deed_id AND consent_id = NEW.consent_id) THEN
        RAISE EXCEPTION 'deed % is not of consent %', NEW.deed_id, NEW.consent_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_objection_fits';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assistance_objection_fits BEFORE INSERT ON assistance_objection FOR EACH ROW
    WHEN (NEW.deed_id IS NOT NULL) EXECUTE FUNCTION assistance_objection_fits();
"""
UNDO = """
DROP TRIGGER assistance_kept ON assistance_limit;
DROP TRIGGER assistance_status_next ON assistance_consent;
DROP TRIGGER assistance_frozen ON assistance_consent;
DROP TRIGGER assistance_kept ON assistance_consent;
DROP TRIGGER assistance_kept ON assistance_deed;
DROP TRIGGER assistance_kept ON assistance_undone;
DROP TRIGGER assistance_kept ON assistance_objection;
DROP FUNCTION assistance_not_past, assistance_over, assistance_by_code, assistance_as_given, assistance_looked_at_once,
    assistance_deed_with_consent, assistance_objection_fits CASCADE;
DELETE FROM assistance_limit;
"""


class Migration(migrations.Migration):
    dependencies = [("assistance", "0001_initial"), ("orders", "0006_balance")]
    operations = [migrations.RunSQL([CONSENT, DEEDS], UNDO)]
