-- Who may not pay, who has to prove herself, whom a person looks at: rules as data, lists of values,
-- counters of what was tried, and the reviews that come of it.

-- A rule is in force from `valid_from` until `valid_until`. Without an account it is the house's own.
-- Each version is kept with its day and who wrote it; a rule is ended, never deleted.
CREATE TABLE risk_rules (
    id          text COLLATE "C" PRIMARY KEY,
    version     integer NOT NULL CHECK (version > 0),
    account_id  text COLLATE "C" REFERENCES accounts (id),
    action      text NOT NULL CHECK (action IN ('allow', 'block', 'challenge', 'review')),
    conditions  jsonb NOT NULL CHECK (jsonb_typeof(conditions) = 'array' AND conditions <> '[]'),
    reason      text NOT NULL CHECK (reason <> ''),
    valid_from  timestamptz NOT NULL,
    valid_until timestamptz,
    changed_by  text NOT NULL CHECK (changed_by <> ''),
    changed_at  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT rule_ends_after_it_starts CHECK (valid_until >= valid_from)
);
CREATE INDEX risk_rules_account ON risk_rules (account_id, id);
CREATE TABLE risk_rule_versions (LIKE risk_rules INCLUDING CONSTRAINTS, PRIMARY KEY (id, version));

CREATE TABLE value_lists (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version > 0),
    account_id text COLLATE "C" NOT NULL REFERENCES accounts (id),
    alias      text NOT NULL,
    name       text NOT NULL,
    item_type  text NOT NULL CHECK (item_type IN ('card_fingerprint', 'case_sensitive_string',
        'country', 'customer_id', 'email', 'string')),
    created_by text NOT NULL,
    deleted    boolean NOT NULL,
    metadata   jsonb NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX value_list_alias ON value_lists (account_id, alias) WHERE NOT deleted;
CREATE TABLE value_list_items (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version > 0),
    account_id text COLLATE "C" NOT NULL,
    list_id    text COLLATE "C" NOT NULL REFERENCES value_lists (id),
    value      text COLLATE "C" NOT NULL,
    created_by text NOT NULL,
    deleted    boolean NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX value_list_item_once ON value_list_items (list_id, value) WHERE NOT deleted;

-- What was tried, by the hour. Only what a rule in force counts is counted.
CREATE TABLE risk_counts (
    key      text COLLATE "C" NOT NULL,
    hour     timestamptz NOT NULL,
    attempts bigint NOT NULL,
    declines bigint NOT NULL,
    amount   bigint NOT NULL,
    PRIMARY KEY (key, hour)
) WITH (fillfactor = 60);
CREATE INDEX risk_counts_age ON risk_counts USING brin (hour);
GRANT SELECT, INSERT, UPDATE, DELETE ON risk_counts TO maalem_payments;

CREATE TABLE reviews (
    id            text COLLATE "C" PRIMARY KEY,
    version       integer NOT NULL CHECK (version BETWEEN 1 AND 2),
    account_id    text COLLATE "C" NOT NULL REFERENCES accounts (id),
    charge_id     text COLLATE "C" NOT NULL UNIQUE,
    intent_id     text COLLATE "C" NOT NULL REFERENCES payment_intents (id),
    rule_id       text COLLATE "C" NOT NULL REFERENCES risk_rules (id),
    open          boolean NOT NULL,
    closed_reason text CHECK (closed_reason IN ('approved', 'refunded', 'refunded_as_fraud', 'disputed')),
    closed_by     text,
    closed_at     timestamptz,
    created_at    timestamptz NOT NULL,
    CHECK (open = (closed_reason IS NULL) AND open = (closed_at IS NULL))
);
CREATE INDEX reviews_account ON reviews (account_id, id);
SELECT make_put(name) FROM unnest(ARRAY['risk_rules', 'value_lists', 'value_list_items', 'reviews']) AS name;
GRANT SELECT ON risk_rule_versions TO maalem_payments;

CREATE TABLE risk_book (single boolean PRIMARY KEY DEFAULT true CHECK (single), version bigint NOT NULL);
INSERT INTO risk_book (version) VALUES (1);
GRANT SELECT ON risk_book TO maalem_payments;
CREATE FUNCTION turn_risk_book() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE risk_book SET version = version + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER turn AFTER INSERT OR UPDATE ON risk_rules FOR EACH STATEMENT EXECUTE FUNCTION turn_risk_book();
CREATE TRIGGER turn AFTER INSERT OR UPDATE ON value_lists FOR EACH STATEMENT EXECUTE FUNCTION turn_risk_book();
CREATE TRIGGER turn AFTER INSERT OR UPDATE ON value_list_items FOR EACH STATEMENT EXECUTE FUNCTION turn_risk_book();

CREATE FUNCTION keep_rule_version() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.valid_until <= NEW.changed_at THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'an_ended_rule_stays',
            MESSAGE = 'an_ended_rule_stays', DETAIL = OLD.id;
    END IF;
    INSERT INTO risk_rule_versions SELECT NEW.*;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_version AFTER INSERT OR UPDATE ON risk_rules
    FOR EACH ROW EXECUTE FUNCTION keep_rule_version();
CREATE FUNCTION refuse_rule_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'rules_are_kept', MESSAGE = 'rules_are_kept';
END $$;
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON risk_rules
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rule_loss();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON risk_rule_versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rule_loss();

INSERT INTO risk_rules (id, version, action, conditions, reason, valid_from, changed_by, changed_at, created_at)
VALUES ('rule_house_highest', 1, 'block',
    '[{"fact": "risk_level", "is": "is", "value": "highest"}]',
    'The payment has the highest risk level.', now(), 'the house', now(), now());

-- What was decided about a payment before it was asked, and why. NULL: nothing spoke against it.
ALTER TABLE payment_attempts ADD COLUMN risk jsonb;
ALTER TABLE charges ADD COLUMN risk jsonb;
SELECT make_put(name) FROM unnest(ARRAY['payment_attempts', 'charges']) AS name;
SELECT make_change(name) FROM unnest(ARRAY['payment_attempts', 'charges']) AS name;

-- What a unit counts, and what may not be passed by it: of payments that race, none slips through
-- a limit that the others have reached meanwhile.
CREATE TYPE risk_count AS (
    key text, hour timestamptz, attempts bigint, declines bigint, amount bigint,
    window_h integer, most_attempts bigint, most_declines bigint, most_amount bigint
);
CREATE FUNCTION count_risk(counted risk_count[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    reached text;
BEGIN
    INSERT INTO risk_counts AS r (key, hour, attempts, declines, amount)
    SELECT key, hour, sum(attempts), sum(declines), sum(amount)
    FROM unnest(counted) WHERE window_h IS NULL GROUP BY key, hour ORDER BY key, hour
    ON CONFLICT (key, hour) DO UPDATE SET attempts = r.attempts + excluded.attempts,
        declines = r.declines + excluded.declines, amount = r.amount + excluded.amount;
    SELECT c.key INTO reached
    FROM unnest(counted) c
    CROSS JOIN LATERAL (
        SELECT sum(attempts) AS attempts, sum(declines) AS declines, sum(amount) AS amount
        FROM risk_counts r
        WHERE r.key = c.key AND r.hour > c.hour - make_interval(hours => c.window_h)
    ) AS has
    WHERE c.window_h IS NOT NULL AND (has.attempts > c.most_attempts
        OR has.declines > c.most_declines OR has.amount > c.most_amount)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'MA005', MESSAGE = 'velocity_reached', DETAIL = reached;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION count_risk(risk_count[]) TO maalem_payments;

-- As before (0106), with counts.
DROP FUNCTION commit_unit(jsonb, bytea, events[]);
CREATE FUNCTION commit_unit(doc jsonb, answer bytea, told events[], counted risk_count[]) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    put    jsonb;
    state  text;
    word   text;
    broken text;
BEGIN
    IF jsonb_typeof(doc -> 'claim') = 'object' AND NOT claim_key(doc -> 'claim', answer) THEN
        RETURN 'key_taken';
    END IF;
    FOR put IN SELECT * FROM jsonb_array_elements(doc -> 'puts') LOOP
        EXECUTE format('SELECT %I($1)', 'put_' || (put ->> 0)) USING put -> 1;
    END LOOP;
    IF doc -> 'open' <> '[]' THEN
        PERFORM ledger.open(doc -> 'open');
    END IF;
    IF doc -> 'chain' <> '[]' THEN
        PERFORM ledger.post(doc -> 'chain');
    END IF;
    IF cardinality(counted) > 0 THEN
        PERFORM count_risk(counted);
    END IF;
    IF cardinality(told) > 0 THEN
        PERFORM record_events(told);
    END IF;
    RETURN 'done';
EXCEPTION
    WHEN integrity_constraint_violation OR SQLSTATE 'MA001' OR SQLSTATE 'MA002' OR SQLSTATE 'MA003'
        OR SQLSTATE 'MA005' THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, word = MESSAGE_TEXT,
            broken = CONSTRAINT_NAME;
        RETURN state || ' ' || coalesce(nullif(broken, ''), word);
END $$;
GRANT EXECUTE ON FUNCTION commit_unit(jsonb, bytea, events[], risk_count[]) TO maalem_payments;

-- A batch with counts: the rest of it first, then the counters, whose rows many may wait for.
CREATE FUNCTION commit_batch(
    claimed idempotency_keys[], finished idempotency_keys[],
    new_methods payment_methods[], methods payment_methods[],
    new_intents payment_intents[], intents payment_intents[],
    new_attempts payment_attempts[], attempts payment_attempts[],
    new_charges charges[], changed_charges charges[],
    new_lines balance_transactions[], lines balance_transactions[],
    new_sessions checkout_sessions[], sessions checkout_sessions[],
    chain ledger.transfers[], told events[], counted risk_count[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM commit_batch(claimed, finished, new_methods, methods, new_intents, intents,
        new_attempts, attempts, new_charges, changed_charges, new_lines, lines, new_sessions,
        sessions, chain, told);
    PERFORM count_risk(counted);
END $$;
