-- Setting a card up for later payments: the issuer is asked about nothing, and what it answers is
-- kept with the card. Every status moves only along its table below.

-- The network's reference of the verification or payment in which the holder agreed to later ones.
ALTER TABLE payment_methods ADD COLUMN agreement text;
SELECT make_put('payment_methods');
SELECT make_change('payment_methods');

CREATE TABLE setup_intents (
    id                text COLLATE "C" PRIMARY KEY,
    version           integer NOT NULL CHECK (version > 0),
    account_id        text COLLATE "C" NOT NULL REFERENCES accounts (id),
    status            text NOT NULL CHECK (status IN ('requires_payment_method',
        'requires_confirmation', 'requires_action', 'processing', 'succeeded', 'canceled')),
    usage             text NOT NULL CHECK (usage IN ('on_session', 'off_session')),
    client_secret     text NOT NULL,
    customer_id       text COLLATE "C" REFERENCES customers (id),
    payment_method_id text COLLATE "C" REFERENCES payment_methods (id),
    payment_method_types jsonb NOT NULL,
    payment_method_options jsonb,
    attempt_id        text COLLATE "C",
    next_action       jsonb,
    last_setup_error  jsonb,
    description       text,
    cancellation_reason text CHECK (cancellation_reason IN
        ('abandoned', 'duplicate', 'requested_by_customer')),
    canceled_at       timestamptz,
    metadata          jsonb NOT NULL,
    created_at        timestamptz NOT NULL,
    CHECK ((status = 'canceled') = (canceled_at IS NOT NULL)),
    CHECK ((status = 'requires_action') = (next_action IS NOT NULL)),
    CHECK (status NOT IN ('processing', 'requires_action', 'succeeded') OR
        (attempt_id IS NOT NULL AND payment_method_id IS NOT NULL))
);
CREATE INDEX setup_intents_account ON setup_intents (account_id, id);
CREATE INDEX setup_intents_customer ON setup_intents (customer_id, id)
    WHERE customer_id IS NOT NULL;

-- One try at the rail; its id is the reference there. `token` opens its page.
CREATE TABLE setup_attempts (
    id                text COLLATE "C" PRIMARY KEY,
    version           integer NOT NULL CHECK (version > 0),
    account_id        text COLLATE "C" NOT NULL REFERENCES accounts (id),
    setup_id          text COLLATE "C" NOT NULL REFERENCES setup_intents (id) DEFERRABLE
        INITIALLY DEFERRED,
    payment_method_id text COLLATE "C" NOT NULL REFERENCES payment_methods (id),
    customer_id       text COLLATE "C" REFERENCES customers (id),
    usage             text NOT NULL,
    status            text NOT NULL CHECK (status IN
        ('sent', 'unknown', 'challenged', 'succeeded', 'failed', 'abandoned')),
    forced            boolean NOT NULL,
    challenge         text COLLATE "C",
    token             text COLLATE "C",
    return_url        text,
    network_reference text,
    details           jsonb NOT NULL,
    error             jsonb,
    expires_at        timestamptz,
    resolved_at       timestamptz,
    request_id        text,
    idempotency_key   text,
    created_at        timestamptz NOT NULL,
    asked_at          timestamptz NOT NULL,
    CHECK (status <> 'challenged' OR (challenge IS NOT NULL AND expires_at IS NOT NULL)),
    CHECK ((status = 'succeeded') = (network_reference IS NOT NULL))
);
CREATE UNIQUE INDEX setup_attempts_token ON setup_attempts (token) WHERE token IS NOT NULL;
CREATE INDEX setup_attempts_setup ON setup_attempts (setup_id, id);
CREATE UNIQUE INDEX one_setup_attempt_at_a_time ON setup_attempts (setup_id)
    WHERE status IN ('sent', 'unknown', 'challenged');
SELECT make_put(name) FROM unnest(ARRAY['setup_intents', 'setup_attempts']) AS name;

-- The same tables stand in acquiring/setup/states.py; a test compares them pair by pair.
CREATE FUNCTION setup_intent_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE now_at
        WHEN 'requires_payment_method' THEN then_at IN ('requires_confirmation', 'processing', 'canceled')
        WHEN 'requires_confirmation' THEN then_at IN ('requires_payment_method', 'processing', 'canceled')
        WHEN 'requires_action' THEN then_at IN ('processing', 'requires_payment_method', 'canceled')
        WHEN 'processing' THEN then_at IN ('requires_action', 'requires_payment_method', 'succeeded')
        ELSE false END
$$;

CREATE FUNCTION setup_attempt_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE now_at
        WHEN 'sent' THEN then_at IN ('unknown', 'challenged', 'succeeded', 'failed')
        WHEN 'unknown' THEN then_at IN ('sent', 'challenged', 'succeeded', 'failed')
        WHEN 'challenged' THEN then_at IN ('sent', 'failed', 'abandoned')
        ELSE false END
$$;

CREATE FUNCTION hold_setup_status() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may boolean := CASE TG_TABLE_NAME
        WHEN 'setup_intents' THEN setup_intent_may_move(OLD.status, NEW.status)
        ELSE setup_attempt_may_move(OLD.status, NEW.status) END;
BEGIN
    IF NOT may THEN
        RAISE EXCEPTION USING ERRCODE = 'MA003', MESSAGE = 'status_may_not_move',
            DETAIL = format('%s: %s to %s', NEW.id, OLD.status, NEW.status);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_status BEFORE UPDATE ON setup_intents FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_setup_status();
CREATE TRIGGER hold_status BEFORE UPDATE ON setup_attempts FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_setup_status();
