-- Sales: an intent, its attempts at the rail, the charge that came of one, what was given back
-- and what was passed on. Every status moves only along its table below.

CREATE TABLE payment_intents (
    id                text COLLATE "C" PRIMARY KEY,
    version           integer NOT NULL CHECK (version > 0),
    account_id        text COLLATE "C" NOT NULL REFERENCES accounts (id),
    amount            bigint NOT NULL CHECK (amount > 0),
    amount_capturable bigint NOT NULL CHECK (amount_capturable BETWEEN 0 AND amount),
    amount_received   bigint NOT NULL CHECK (amount_received BETWEEN 0 AND amount),
    currency          text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    status            text NOT NULL CHECK (status IN ('requires_payment_method',
        'requires_confirmation', 'requires_action', 'processing', 'requires_capture',
        'succeeded', 'canceled')),
    capture_method    text NOT NULL CHECK (capture_method IN ('automatic', 'automatic_async', 'manual')),
    confirmation_method text NOT NULL CHECK (confirmation_method IN ('automatic', 'manual')),
    client_secret     text NOT NULL,
    customer_id       text COLLATE "C" REFERENCES customers (id),
    payment_method_id text COLLATE "C" REFERENCES payment_methods (id),
    payment_method_types jsonb NOT NULL,
    attempt_id        text COLLATE "C",
    latest_charge_id  text COLLATE "C",
    session_id        text COLLATE "C",
    next_action       jsonb,
    last_payment_error jsonb,
    return_url        text,
    description       text,
    receipt_email     text,
    statement_descriptor text,
    transfer_group    text,
    shipping          jsonb,
    setup_future_usage text,
    cancellation_reason text,
    canceled_at       timestamptz,
    metadata          jsonb NOT NULL,
    created_at        timestamptz NOT NULL,
    CHECK ((status = 'requires_capture') = (amount_capturable > 0)),
    CHECK ((status = 'succeeded') = (amount_received > 0)),
    CHECK ((status = 'canceled') = (canceled_at IS NOT NULL)),
    CHECK (status <> 'requires_action' OR next_action IS NOT NULL)
) WITH (fillfactor = 60);
CREATE INDEX payment_intents_account ON payment_intents (account_id, id);
CREATE INDEX payment_intents_customer ON payment_intents (customer_id, id) WHERE customer_id IS NOT NULL;

CREATE TABLE payment_attempts (
    id             text COLLATE "C" PRIMARY KEY,
    version        integer NOT NULL CHECK (version > 0),
    intent_id      text COLLATE "C" NOT NULL REFERENCES payment_intents (id) DEFERRABLE,
    payment_method_id text COLLATE "C" NOT NULL REFERENCES payment_methods (id),
    rail           text NOT NULL CHECK (rail IN ('card', 'wallet')),
    reference      text COLLATE "C" NOT NULL UNIQUE,
    amount         bigint NOT NULL CHECK (amount > 0),
    currency       text NOT NULL,
    status         text NOT NULL CHECK (status IN
        ('sent', 'unknown', 'challenged', 'authorised', 'declined', 'expired', 'abandoned')),
    challenge      text COLLATE "C",
    token          text COLLATE "C" UNIQUE,
    return_url     text,
    authorisation_code text,
    network_reference text,
    decline_code   text,
    off_session    boolean NOT NULL,
    expires_at     timestamptz,
    resolved_at    timestamptz,
    request_id     text,
    idempotency_key text,
    created_at     timestamptz NOT NULL,
    asked_at       timestamptz NOT NULL,
    CHECK (status <> 'challenged' OR (challenge IS NOT NULL AND expires_at IS NOT NULL))
) WITH (fillfactor = 60);
CREATE INDEX payment_attempts_intent ON payment_attempts (intent_id);
CREATE UNIQUE INDEX one_attempt_at_a_time ON payment_attempts (intent_id)
    WHERE status IN ('sent', 'unknown', 'challenged');
CREATE UNIQUE INDEX one_success_per_intent ON payment_attempts (intent_id) WHERE status = 'authorised';
CREATE INDEX payment_attempts_open ON payment_attempts (asked_at) WHERE status IN ('sent', 'unknown');
CREATE INDEX payment_attempts_expiry ON payment_attempts (expires_at) WHERE status = 'challenged';

CREATE TABLE charges (
    id              text COLLATE "C" PRIMARY KEY,
    version         integer NOT NULL CHECK (version > 0),
    account_id      text COLLATE "C" NOT NULL REFERENCES accounts (id),
    intent_id       text COLLATE "C" NOT NULL REFERENCES payment_intents (id),
    attempt_id      text COLLATE "C" NOT NULL REFERENCES payment_attempts (id),
    payment_method_id text COLLATE "C" NOT NULL REFERENCES payment_methods (id),
    customer_id     text COLLATE "C" REFERENCES customers (id),
    amount          bigint NOT NULL CHECK (amount > 0),
    amount_captured bigint NOT NULL CHECK (amount_captured >= 0),
    amount_refunded bigint NOT NULL CHECK (amount_refunded >= 0),
    amount_transferred bigint NOT NULL CHECK (amount_transferred >= 0),
    currency        text NOT NULL,
    status          text NOT NULL CHECK (status IN ('succeeded', 'pending', 'failed')),
    captured        boolean NOT NULL,
    balance_transaction_id text COLLATE "C",
    available_on    timestamptz,
    failure_code    text,
    failure_message text,
    decline_code    text,
    network_status  text NOT NULL,
    risk_level      text NOT NULL,
    authenticated   boolean NOT NULL,
    cvc_check       text,
    capture_before  timestamptz,
    description     text,
    receipt_email   text,
    statement_descriptor text,
    transfer_group  text,
    metadata        jsonb NOT NULL,
    created_at      timestamptz NOT NULL,
    CONSTRAINT captured_within_amount CHECK (amount_captured <= amount),
    CONSTRAINT refunded_within_captured CHECK (amount_refunded <= amount_captured),
    CONSTRAINT transferred_within_captured CHECK (amount_transferred <= amount_captured),
    CHECK (status <> 'failed' OR amount_captured = 0),
    CHECK (captured = (balance_transaction_id IS NOT NULL))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX one_charge_per_intent ON charges (intent_id) WHERE status <> 'failed';
CREATE INDEX charges_intent ON charges (intent_id);
CREATE INDEX charges_account ON charges (account_id, id);
CREATE INDEX charges_uncaptured ON charges (capture_before) WHERE NOT captured AND status = 'succeeded';

-- A capture or the release of a hold, on its way to the rail. One at most carries.
CREATE TABLE followups (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version > 0),
    kind       text NOT NULL CHECK (kind IN ('capture', 'release')),
    intent_id  text COLLATE "C" NOT NULL REFERENCES payment_intents (id),
    charge_id  text COLLATE "C" NOT NULL REFERENCES charges (id),
    amount     bigint NOT NULL CHECK (amount > 0),
    reason     text,
    status     text NOT NULL CHECK (status IN ('sent', 'unknown', 'done', 'declined')),
    metadata   jsonb,
    request_id text,
    idempotency_key text,
    created_at timestamptz NOT NULL,
    asked_at   timestamptz NOT NULL
);
CREATE UNIQUE INDEX captured_or_released_once ON followups (intent_id) WHERE status <> 'declined';
CREATE INDEX followups_open ON followups (asked_at) WHERE status IN ('sent', 'unknown');

CREATE TABLE refunds (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version > 0),
    account_id text COLLATE "C" NOT NULL REFERENCES accounts (id),
    charge_id  text COLLATE "C" NOT NULL REFERENCES charges (id),
    intent_id  text COLLATE "C" NOT NULL REFERENCES payment_intents (id),
    amount     bigint NOT NULL CHECK (amount > 0),
    currency   text NOT NULL,
    status     text NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed', 'canceled')),
    reason     text CHECK (reason IN ('duplicate', 'fraudulent', 'requested_by_customer')),
    failure_reason text,
    bucket     text NOT NULL CHECK (bucket IN ('pending', 'available')),
    balance_transaction_id text COLLATE "C",
    metadata   jsonb NOT NULL,
    request_id text,
    idempotency_key text,
    created_at timestamptz NOT NULL,
    asked_at   timestamptz NOT NULL
);
CREATE INDEX refunds_charge ON refunds (charge_id);
CREATE INDEX refunds_account ON refunds (account_id, id);
CREATE INDEX refunds_open ON refunds (asked_at) WHERE status = 'pending';

CREATE TABLE transfers (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version > 0),
    account_id text COLLATE "C" NOT NULL REFERENCES accounts (id),
    destination_id text COLLATE "C" NOT NULL REFERENCES accounts (id),
    amount     bigint NOT NULL CHECK (amount > 0),
    amount_reversed bigint NOT NULL CHECK (amount_reversed >= 0),
    currency   text NOT NULL,
    source_charge_id text COLLATE "C" REFERENCES charges (id),
    transfer_group text,
    description text,
    destination_payment_id text COLLATE "C" NOT NULL UNIQUE,
    balance_transaction_id text COLLATE "C" NOT NULL,
    destination_transaction_id text COLLATE "C" NOT NULL,
    metadata   jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT reversed_within_amount CHECK (amount_reversed <= amount),
    CHECK (destination_id <> account_id)
);
CREATE INDEX transfers_account ON transfers (account_id, id);
CREATE INDEX transfers_destination ON transfers (destination_id, id);
CREATE INDEX transfers_group ON transfers (account_id, transfer_group);
CREATE INDEX transfers_charge ON transfers (source_charge_id);

CREATE TABLE transfer_reversals (
    id          text COLLATE "C" PRIMARY KEY,
    version     integer NOT NULL CHECK (version > 0),
    account_id  text COLLATE "C" NOT NULL REFERENCES accounts (id),
    transfer_id text COLLATE "C" NOT NULL REFERENCES transfers (id),
    amount      bigint NOT NULL CHECK (amount > 0),
    currency    text NOT NULL,
    balance_transaction_id text COLLATE "C" NOT NULL,
    destination_transaction_id text COLLATE "C" NOT NULL,
    metadata    jsonb NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX transfer_reversals_transfer ON transfer_reversals (transfer_id, id);

-- What an account's owner sees of the ledger: one line per movement of her balance.
CREATE TABLE balance_transactions (
    id           text COLLATE "C" PRIMARY KEY,
    version      integer NOT NULL CHECK (version BETWEEN 1 AND 2),
    account_id   text COLLATE "C" NOT NULL REFERENCES accounts (id),
    type         text NOT NULL CHECK (type IN ('charge', 'payment', 'refund', 'payment_refund',
        'transfer', 'transfer_refund', 'adjustment', 'payout', 'topup')),
    source_id    text COLLATE "C" NOT NULL,
    amount       bigint NOT NULL CHECK (amount <> 0),
    fee          bigint NOT NULL CHECK (fee >= 0),
    net          bigint NOT NULL,
    currency     text NOT NULL,
    status       text NOT NULL CHECK (status IN ('pending', 'available')),
    available_on timestamptz NOT NULL,
    description  text,
    created_at   timestamptz NOT NULL,
    CHECK (net = amount - fee)
) WITH (fillfactor = 80);
CREATE INDEX balance_transactions_account ON balance_transactions (account_id, id);
CREATE INDEX balance_transactions_source ON balance_transactions (source_id);
CREATE INDEX balance_transactions_due ON balance_transactions (available_on) WHERE status = 'pending';

SELECT make_put(name) FROM unnest(ARRAY['payment_intents', 'payment_attempts', 'charges',
    'followups', 'refunds', 'transfers', 'transfer_reversals', 'balance_transactions']) AS name;

-- The same tables stand in acquiring/states.py; a test compares them pair by pair.
CREATE FUNCTION intent_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE now_at
        WHEN 'requires_payment_method' THEN then_at IN ('requires_confirmation', 'processing', 'canceled')
        WHEN 'requires_confirmation' THEN then_at IN ('requires_payment_method', 'processing', 'canceled')
        WHEN 'requires_action' THEN then_at IN ('processing', 'requires_payment_method', 'canceled')
        WHEN 'processing' THEN then_at IN ('requires_action', 'requires_payment_method', 'requires_capture', 'succeeded')
        WHEN 'requires_capture' THEN then_at IN ('succeeded', 'canceled')
        ELSE false END
$$;

CREATE FUNCTION attempt_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE now_at
        WHEN 'sent' THEN then_at IN ('unknown', 'challenged', 'authorised', 'declined', 'expired')
        WHEN 'unknown' THEN then_at IN ('sent', 'challenged', 'authorised', 'declined', 'expired')
        WHEN 'challenged' THEN then_at IN ('sent', 'declined', 'expired', 'abandoned')
        ELSE false END
$$;

CREATE FUNCTION refund_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE now_at
        WHEN 'pending' THEN then_at IN ('succeeded', 'failed', 'canceled')
        ELSE false END
$$;

-- TG_ARGV[0] names the function above that holds the table.
CREATE FUNCTION hold_status() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may boolean := CASE TG_ARGV[0]
        WHEN 'intent' THEN intent_may_move(OLD.status, NEW.status)
        WHEN 'attempt' THEN attempt_may_move(OLD.status, NEW.status)
        ELSE refund_may_move(OLD.status, NEW.status) END;
BEGIN
    IF NOT may THEN
        RAISE EXCEPTION USING ERRCODE = 'MA003', MESSAGE = 'status_may_not_move',
            DETAIL = format('%s: %s to %s', NEW.id, OLD.status, NEW.status);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_status BEFORE UPDATE ON payment_intents FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_status('intent');
CREATE TRIGGER hold_status BEFORE UPDATE ON payment_attempts FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_status('attempt');
CREATE TRIGGER hold_status BEFORE UPDATE ON refunds FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_status('refund');

-- Amounts that are kept on a parent must be what its children add up to, at every commit.
CREATE FUNCTION check_refunded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(sum(amount), 0) FROM refunds
        WHERE charge_id = NEW.charge_id AND status IN ('pending', 'succeeded'))
       <> (SELECT amount_refunded FROM charges WHERE id = NEW.charge_id) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'refunds_add_up',
            MESSAGE = 'refunds_add_up', DETAIL = NEW.charge_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refunds_add_up AFTER INSERT OR UPDATE ON refunds
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_refunded();

CREATE FUNCTION check_reversed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount) FROM transfer_reversals WHERE transfer_id = NEW.transfer_id)
       <> (SELECT amount_reversed FROM transfers WHERE id = NEW.transfer_id) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'reversals_add_up',
            MESSAGE = 'reversals_add_up', DETAIL = NEW.transfer_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reversals_add_up AFTER INSERT ON transfer_reversals
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_reversed();
