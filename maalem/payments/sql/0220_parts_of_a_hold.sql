-- A hold may be taken in several parts, and raised before it is taken. The charge stays one.

-- Which flexible ways were asked for (`payment_method_options`), as the caller wrote them.
ALTER TABLE payment_intents ADD COLUMN payment_method_options jsonb;
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT conrelid::regclass AS place, conname FROM pg_constraint
        WHERE contype = 'c' AND (
            (conrelid = 'payment_intents'::regclass
                AND pg_get_constraintdef(oid) LIKE '%(amount_received > 0)%')
            OR (conrelid = 'charges'::regclass
                AND pg_get_constraintdef(oid) LIKE '%(captured = (balance_transaction_id%')
            OR (conrelid = 'followups'::regclass AND pg_get_constraintdef(oid) LIKE '%kind%')
            OR (conrelid = 'simulator.answers'::regclass
                AND pg_get_constraintdef(oid) LIKE '%(kind = %'))
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.place, found.conname);
    END LOOP;
END $$;
ALTER TABLE payment_intents ADD CONSTRAINT received_when_paid_or_in_parts CHECK (
    CASE status WHEN 'succeeded' THEN amount_received > 0
                WHEN 'requires_capture' THEN amount_received + amount_capturable <= amount
                ELSE amount_received = 0 END);
ALTER TABLE charges
    ADD CONSTRAINT captured_has_a_line CHECK (
        (amount_captured > 0) = (balance_transaction_id IS NOT NULL)
        AND (NOT captured OR amount_captured > 0));
ALTER TABLE simulator.answers ADD CONSTRAINT answers_kind_check CHECK (kind IN
    ('card', 'wallet', 'capture', 'release', 'increment', 'refund', 'closed'));

-- `final` says that what is left of the hold is given up with it. A part leaves the hold open.
ALTER TABLE followups
    ADD CONSTRAINT followups_kind_check CHECK (kind IN ('capture', 'release', 'increment')),
    ADD COLUMN final boolean NOT NULL DEFAULT true,
    ADD COLUMN description text,
    ADD COLUMN statement_descriptor text,
    ADD CONSTRAINT final_by_kind CHECK (kind = 'capture' OR final = (kind = 'release'));
DROP INDEX captured_or_released_once;
CREATE UNIQUE INDEX captured_or_released_once ON followups (intent_id)
    WHERE final AND status <> 'declined';
CREATE UNIQUE INDEX one_followup_at_a_time ON followups (intent_id)
    WHERE status IN ('sent', 'unknown');
CREATE INDEX followups_intent ON followups (intent_id, id);
SELECT make_put(name) FROM unnest(ARRAY['payment_intents', 'followups']) AS name;
SELECT make_change('payment_intents');

-- What a charge says was captured is what its captures add up to, at every commit.
CREATE FUNCTION check_captured() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(sum(amount), 0) FROM followups
        WHERE intent_id = NEW.intent_id AND charge_id = NEW.charge_id
          AND kind = 'capture' AND status = 'done')
       <> (SELECT amount_captured FROM charges WHERE id = NEW.charge_id) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'captures_add_up',
            MESSAGE = 'captures_add_up', DETAIL = NEW.charge_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER captures_add_up AFTER INSERT OR UPDATE ON followups
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_captured();
