-- When a rule of reserves applies, as data: what is measured, above what, and over how many days;
-- and which officer published it. The rule's own words stay what its owner reads.
CREATE TABLE reserve_conditions (
    rule_id      text COLLATE "C" PRIMARY KEY REFERENCES reserve_rules (id),
    measure      text NOT NULL,
    more_than    integer CHECK (more_than >= 0),
    window_days  integer CHECK (window_days BETWEEN 1 AND 365),
    officer_id   text COLLATE "C" REFERENCES officers (id),
    published_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT measure_known CHECK (
        measure IN ('disputed_share_bps', 'refunded_share_bps', 'delivery_days', 'account_closing')),
    CONSTRAINT measure_has_its_terms CHECK (
        CASE measure
            WHEN 'account_closing' THEN more_than IS NULL AND window_days IS NULL
            WHEN 'delivery_days' THEN more_than IS NOT NULL AND window_days IS NULL
            ELSE more_than BETWEEN 0 AND 9999 AND window_days IS NOT NULL END)
);
INSERT INTO reserve_conditions (rule_id, measure, more_than, window_days) VALUES
    ('disputes_above_one_percent', 'disputed_share_bps', 100, 90),
    ('long_delivery', 'delivery_days', 30, NULL),
    ('closing', 'account_closing', NULL, NULL);

-- Who ended a rule before its day, and why.
CREATE TABLE reserve_withdrawals (
    rule_id    text COLLATE "C" NOT NULL REFERENCES reserve_rules (id),
    officer_id text COLLATE "C" NOT NULL REFERENCES officers (id),
    ends_on    date NOT NULL,
    note       text NOT NULL CHECK (length(btrim(note)) BETWEEN 1 AND 500),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (rule_id, ends_on)
);
GRANT SELECT ON reserve_conditions, reserve_withdrawals TO maalem_payments;

-- A rule is published for days to come and never rewritten: it can only end earlier than it said.
CREATE FUNCTION hold_reserve_rule() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := (now() AT TIME ZONE 'Africa/Casablanca')::date;
    word  text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        word := CASE
            WHEN NEW.published_on < today THEN 'reserve_rules_are_announced'
            WHEN NEW.withdrawn_on IS NULL OR NEW.withdrawn_on <= NEW.published_on
                THEN 'reserve_rules_end' END;
    ELSIF to_jsonb(OLD) - 'withdrawn_on' <> to_jsonb(NEW) - 'withdrawn_on'
        OR NEW.withdrawn_on IS NULL OR NEW.withdrawn_on >= OLD.withdrawn_on THEN
        word := 'reserve_rules_are_not_rewritten';
    ELSIF NEW.withdrawn_on < today THEN
        word := 'reserve_rules_are_announced';
    END IF;
    IF word IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = word, MESSAGE = word, DETAIL = NEW.id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_row BEFORE INSERT OR UPDATE ON reserve_rules
    FOR EACH ROW EXECUTE FUNCTION hold_reserve_rule();

CREATE FUNCTION refuse_reserve_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'reserve_rules_are_not_rewritten',
        MESSAGE = 'reserve_rules_are_not_rewritten';
END $$;
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON reserve_rules
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_reserve_loss();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON reserve_conditions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_reserve_loss();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON reserve_withdrawals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_reserve_loss();

-- No rule without its condition, whoever writes it.
CREATE FUNCTION hold_reserve_condition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM reserve_conditions WHERE rule_id = NEW.id) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'reserve_rules_have_a_condition',
            MESSAGE = 'reserve_rules_have_a_condition', DETAIL = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER has_condition AFTER INSERT ON reserve_rules
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold_reserve_condition();
