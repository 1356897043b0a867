-- What a payment costs and what it earns, as dated data. The service reads it and can't write it:
-- a rate is announced by whoever owns the database, before it applies, and is never changed.

CREATE TABLE fee_plans (
    id         text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9_]{0,39}$'),
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO fee_plans (id, name) VALUES ('standard', 'What an account pays that agreed on nothing else');

-- One row says: payments of this kind cost so much from this day on. A column that is NULL means
-- any; the row with the most that is not NULL is the one that counts (fees/decide.py).
CREATE TABLE fee_rates (
    id            text COLLATE "C" PRIMARY KEY,
    line          text NOT NULL CHECK (line IN ('scheme', 'interchange', 'service')),
    plan_id       text COLLATE "C" REFERENCES fee_plans (id),
    rail          text CHECK (rail IN ('card', 'wallet')),
    origin        text CHECK (origin IN ('domestic', 'foreign')),
    funding       text CHECK (funding IN ('debit', 'credit', 'prepaid')),
    merchant_kind text COLLATE "C" CHECK (merchant_kind ~ '^[a-z][a-z0-9_]{0,39}$'),
    currency      text CHECK (currency ~ '^[a-z]{3}$'),
    share_bps     integer NOT NULL CHECK (share_bps BETWEEN 0 AND 10000),
    fixed         bigint NOT NULL DEFAULT 0 CHECK (fixed >= 0),
    cap           bigint CHECK (cap > 0),
    on_refund     text NOT NULL CHECK (on_refund IN ('kept', 'returned')),
    valid_from    date NOT NULL,
    valid_until   date CHECK (valid_until > valid_from),
    source        text NOT NULL CHECK (source <> ''),
    written_by    text NOT NULL DEFAULT session_user,
    written_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT service_belongs_to_a_plan CHECK ((line = 'service') = (plan_id IS NOT NULL)),
    CONSTRAINT amounts_name_their_currency CHECK ((fixed = 0 AND cap IS NULL) OR currency IS NOT NULL),
    -- Interchange on domestic cards: at most 0.65 % since 1 October 2024, 1.20 % before that day
    -- (facts: decision of Bank Al-Maghrib as the press reported it in September 2024). A fixed part
    -- would pass the cap on small amounts, so there is none.
    CONSTRAINT domestic_interchange_cap CHECK (line <> 'interchange'
        OR origin IS NOT DISTINCT FROM 'foreign' OR rail IS NOT DISTINCT FROM 'wallet'
        OR (fixed = 0 AND share_bps <= CASE
            WHEN valid_until IS NULL OR valid_until > DATE '2024-10-01' THEN 65 ELSE 120 END))
);

-- Who pays by another plan, or is of a kind that rates speak of.
CREATE TABLE fee_terms (
    id            text COLLATE "C" PRIMARY KEY,
    account_id    text COLLATE "C" NOT NULL REFERENCES accounts (id),
    plan_id       text COLLATE "C" NOT NULL REFERENCES fee_plans (id),
    merchant_kind text COLLATE "C" CHECK (merchant_kind ~ '^[a-z][a-z0-9_]{0,39}$'),
    valid_from    date NOT NULL,
    valid_until   date CHECK (valid_until > valid_from),
    source        text NOT NULL CHECK (source <> ''),
    written_by    text NOT NULL DEFAULT session_user,
    written_at    timestamptz NOT NULL DEFAULT now()
);

-- A process keeps the whole book in memory and asks now and then for this number alone.
CREATE TABLE fee_book (single boolean PRIMARY KEY DEFAULT true CHECK (single), version bigint NOT NULL);
INSERT INTO fee_book (version) VALUES (1);

-- A row applies from tomorrow at the earliest (in an hour, if tomorrow is nearer), so that every
-- process has read it by then. Only history, written knowingly, may lie in the past. Two rows for
-- the same payments on the same day would leave the answer to chance.
CREATE FUNCTION hold_fee_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := ((now() + interval '1 hour') AT TIME ZONE 'Africa/Casablanca')::date;
    keys  text[] := CASE TG_TABLE_NAME
        WHEN 'fee_rates' THEN ARRAY['line', 'plan_id', 'rail', 'origin', 'funding', 'merchant_kind', 'currency']
        ELSE ARRAY['account_id'] END;
    said  jsonb := to_jsonb(NEW);
    clash text;
BEGIN
    PERFORM pg_advisory_xact_lock(7001, 600);
    UPDATE fee_book SET version = version + 1;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.valid_until IS NOT NULL OR to_jsonb(OLD) - 'valid_until' <> to_jsonb(NEW) - 'valid_until' THEN
            RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'fees_are_not_rewritten',
                MESSAGE = 'fees_are_not_rewritten', DETAIL = OLD.id,
                HINT = 'End the row on a day to come, and announce another.';
        END IF;
    END IF;
    IF coalesce(current_setting('maalem.history', true), '') <> 'on'
       AND (CASE TG_OP WHEN 'INSERT' THEN NEW.valid_from ELSE NEW.valid_until END) <= today THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'fees_are_announced',
            MESSAGE = 'fees_are_announced', DETAIL = NEW.id,
            HINT = format('The earliest day is %s.', today + 1);
    END IF;
    EXECUTE format('SELECT o.id FROM %I o WHERE o.id <> $1'
        ' AND daterange(o.valid_from, o.valid_until) && daterange($2, $3)'
        ' AND (SELECT bool_and(to_jsonb(o) -> k IS NOT DISTINCT FROM $4 -> k) FROM unnest($5) k)',
        TG_TABLE_NAME) INTO clash USING NEW.id, NEW.valid_from, NEW.valid_until, said, keys;
    IF clash IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '23P01', CONSTRAINT = 'one_row_for_a_day',
            MESSAGE = 'one_row_for_a_day', DETAIL = format('%s and %s', clash, NEW.id);
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION refuse_fee_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'fees_are_not_rewritten',
        MESSAGE = 'fees_are_not_rewritten';
END $$;
CREATE TRIGGER hold_row BEFORE INSERT OR UPDATE ON fee_rates
    FOR EACH ROW EXECUTE FUNCTION hold_fee_row();
CREATE TRIGGER hold_row BEFORE INSERT OR UPDATE ON fee_terms
    FOR EACH ROW EXECUTE FUNCTION hold_fee_row();
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON fee_rates
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_fee_loss();
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON fee_terms
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_fee_loss();

-- An issuer gives its interchange back when the payer gets her money back.
SET LOCAL maalem.history = 'on';
INSERT INTO fee_rates (id, line, rail, origin, share_bps, on_refund, valid_from, valid_until, source)
VALUES
    ('rate_interchange_domestic_2024', 'interchange', 'card', 'domestic', 65, 'returned',
     '2024-10-01', NULL, 'Cap of 0.65 % on domestic card payments, in force since 1 October 2024'),
    ('rate_interchange_domestic_before', 'interchange', 'card', 'domestic', 120, 'returned',
     '-infinity', '2024-10-01', 'The rate of 1.20 % that the cap replaced');
SET LOCAL maalem.history = 'off';
GRANT SELECT ON fee_plans, fee_rates, fee_terms, fee_book TO maalem_payments;

-- What a payment's fees were when it was taken; later rates change nothing about it.
ALTER TABLE charges ADD COLUMN fee_lines jsonb;
ALTER TABLE charges ADD COLUMN fee_returned bigint NOT NULL DEFAULT 0 CHECK (fee_returned >= 0);
ALTER TABLE charges ADD COLUMN interchange_returned bigint NOT NULL DEFAULT 0 CHECK (interchange_returned >= 0);
SELECT make_put('charges');
SELECT make_change('charges');

-- What of them goes back with a refund; reserved with it, and given up with it should it fail.
ALTER TABLE refunds ADD COLUMN fee_returned bigint NOT NULL DEFAULT 0
    CONSTRAINT fee_within_refund CHECK (fee_returned BETWEEN 0 AND amount);
ALTER TABLE refunds ADD COLUMN interchange_returned bigint NOT NULL DEFAULT 0
    CHECK (interchange_returned BETWEEN 0 AND amount);
SELECT make_put('refunds');

-- The parts of a line's fee. NULL: there is none, or it is one processing fee.
ALTER TABLE balance_transactions ADD COLUMN fee_details jsonb;
CREATE FUNCTION fee_parts(details jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(sum((part ->> 'amount')::bigint), 0)::bigint FROM jsonb_array_elements(details) part
$$;
ALTER TABLE balance_transactions ADD CONSTRAINT fee_details_add_up
    CHECK (fee_details IS NULL OR fee_parts(fee_details) = fee);
-- A fee that is given back with a refund is a negative fee, as on Stripe's wire.
ALTER TABLE balance_transactions DROP CONSTRAINT balance_transactions_fee_check;
ALTER TABLE balance_transactions ADD CONSTRAINT fee_is_taken_or_returned
    CHECK (fee >= 0 OR type IN ('refund', 'payment_refund'));
SELECT make_put('balance_transactions');
SELECT make_change('balance_transactions');

-- A hold that is taken in parts adds the lines of each part behind those before; nothing else moves.
CREATE FUNCTION hold_fees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'charges' THEN
        IF OLD.fee_lines = (
            SELECT jsonb_agg(line ORDER BY place)
            FROM jsonb_array_elements(NEW.fee_lines) WITH ORDINALITY AS kept (line, place)
            WHERE place <= jsonb_array_length(OLD.fee_lines)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'fees_are_frozen',
        MESSAGE = 'fees_are_frozen', DETAIL = NEW.id;
END $$;
CREATE TRIGGER freeze_fees BEFORE UPDATE ON charges FOR EACH ROW
    WHEN (OLD.fee_lines IS NOT NULL AND OLD.fee_lines IS DISTINCT FROM NEW.fee_lines)
    EXECUTE FUNCTION hold_fees();
CREATE TRIGGER freeze_fees BEFORE UPDATE ON balance_transactions FOR EACH ROW
    WHEN (OLD.fee <> NEW.fee OR OLD.fee_details IS DISTINCT FROM NEW.fee_details)
    EXECUTE FUNCTION hold_fees();

CREATE FUNCTION check_returned_fees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM charges c WHERE c.id = NEW.charge_id
        AND (c.fee_returned, c.interchange_returned) <> (
            SELECT coalesce(sum(r.fee_returned), 0)::bigint, coalesce(sum(r.interchange_returned), 0)::bigint
            FROM refunds r WHERE r.charge_id = c.id AND r.status IN ('pending', 'succeeded'))) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'returned_fees_add_up',
            MESSAGE = 'returned_fees_add_up', DETAIL = NEW.charge_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER returned_fees_add_up AFTER INSERT OR UPDATE ON refunds
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_returned_fees();
