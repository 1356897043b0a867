-- Disputes: a payer went to her bank, and the network takes the money back until it is decided.

-- What the network holds or has kept of a charge, and the newest dispute about it.
ALTER TABLE charges ADD COLUMN amount_disputed bigint NOT NULL DEFAULT 0 CHECK (amount_disputed >= 0);
ALTER TABLE charges ADD COLUMN dispute_id text COLLATE "C";
ALTER TABLE charges ADD CONSTRAINT disputed_within_captured
    CHECK (amount_refunded + amount_disputed <= amount_captured);
SELECT make_put('charges');
SELECT make_change('charges');

CREATE TABLE disputes (
    id                  text COLLATE "C" PRIMARY KEY,
    version             integer NOT NULL CHECK (version > 0),
    account_id          text COLLATE "C" NOT NULL REFERENCES accounts (id),
    charge_id           text COLLATE "C" NOT NULL REFERENCES charges (id),
    intent_id           text COLLATE "C" NOT NULL REFERENCES payment_intents (id),
    case_reference      text COLLATE "C" NOT NULL,
    stage               text NOT NULL CHECK (stage IN ('inquiry', 'chargeback')),
    status              text NOT NULL CHECK (status IN ('warning_needs_response',
        'warning_under_review', 'warning_closed', 'needs_response', 'under_review', 'won', 'lost',
        'prevented')),
    reason              text NOT NULL,
    network_reason_code text,
    brand               text,
    amount              bigint NOT NULL CHECK (amount > 0),
    amount_withdrawn    bigint NOT NULL CHECK (amount_withdrawn IN (0, amount)),
    amount_reinstated   bigint NOT NULL CHECK (amount_reinstated IN (0, amount_withdrawn)),
    fee                 bigint NOT NULL CHECK (fee >= 0),
    currency            text NOT NULL,
    evidence            jsonb NOT NULL,
    due_by              timestamptz,
    past_due            boolean NOT NULL,
    submission_count    integer NOT NULL CHECK (submission_count >= 0),
    balance_transaction_ids jsonb NOT NULL,
    metadata            jsonb NOT NULL,
    created_at          timestamptz NOT NULL,
    closed_at           timestamptz,
    CONSTRAINT one_dispute_per_case UNIQUE (case_reference),
    CONSTRAINT withdrawn_as_the_status_says CHECK (
        (status IN ('needs_response', 'under_review', 'won', 'lost')) = (amount_withdrawn > 0)),
    CONSTRAINT reinstated_when_won CHECK ((status = 'won') = (amount_reinstated > 0)),
    CHECK (stage = 'inquiry' OR status NOT LIKE 'warning%')
);
CREATE INDEX disputes_account ON disputes (account_id, id);
CREATE INDEX disputes_charge ON disputes (charge_id);
CREATE INDEX disputes_due ON disputes (due_by)
    WHERE status IN ('needs_response', 'warning_needs_response');
SELECT make_put('disputes');

-- What the merchant answered, on its way to the network: evidence, or that she gives in.
-- One of each stage at most carries.
CREATE TABLE dispute_answers (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version > 0),
    dispute_id text COLLATE "C" NOT NULL REFERENCES disputes (id),
    kind       text NOT NULL CHECK (kind IN ('evidence', 'accept')),
    stage      text NOT NULL CHECK (stage IN ('inquiry', 'chargeback')),
    status     text NOT NULL CHECK (status IN ('sent', 'unknown', 'done', 'declined')),
    evidence   jsonb NOT NULL,
    request_id text,
    idempotency_key text,
    created_at timestamptz NOT NULL,
    asked_at   timestamptz NOT NULL
);
CREATE UNIQUE INDEX answered_once ON dispute_answers (dispute_id, stage) WHERE status <> 'declined';
CREATE INDEX dispute_answers_open ON dispute_answers (asked_at) WHERE status IN ('sent', 'unknown');
SELECT make_put('dispute_answers');

-- What the network told, as it told it: kept first, worked off afterwards, in whatever order.
CREATE TABLE dispute_notices (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version > 0),
    case_reference text COLLATE "C" NOT NULL,
    original   text COLLATE "C" NOT NULL,
    kind       text NOT NULL
        CHECK (kind IN ('opened', 'inquiry', 'escalated', 'won', 'lost', 'closed', 'fraud_report')),
    amount     bigint NOT NULL CHECK (amount >= 0),
    currency   text NOT NULL,
    reason     text NOT NULL,
    network_reason_code text,
    due_by     timestamptz,
    told_at    timestamptz NOT NULL,
    status     text NOT NULL CHECK (status IN ('waiting', 'applied', 'repeated')),
    created_at timestamptz NOT NULL
);
CREATE INDEX dispute_notices_waiting ON dispute_notices (told_at) WHERE status = 'waiting';
SELECT make_put('dispute_notices');

-- How far the network's feed has been read.
CREATE TABLE dispute_feed (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    place    bigint NOT NULL
);
INSERT INTO dispute_feed (place) VALUES (0);
GRANT SELECT, UPDATE ON dispute_feed TO maalem_payments;

-- The same table stands in acquiring/disputes/states.py; a test compares them pair by pair.
CREATE FUNCTION dispute_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE now_at
        WHEN 'warning_needs_response' THEN then_at IN ('warning_under_review', 'warning_closed', 'needs_response')
        WHEN 'warning_under_review' THEN then_at IN ('warning_closed', 'needs_response')
        WHEN 'warning_closed' THEN then_at = 'needs_response'
        WHEN 'needs_response' THEN then_at IN ('under_review', 'won', 'lost')
        WHEN 'under_review' THEN then_at IN ('won', 'lost')
        ELSE false END
$$;

CREATE FUNCTION hold_dispute_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT dispute_may_move(OLD.status, NEW.status) THEN
        RAISE EXCEPTION USING ERRCODE = 'MA003', MESSAGE = 'status_may_not_move',
            DETAIL = format('%s: %s to %s', NEW.id, OLD.status, NEW.status);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_status BEFORE UPDATE ON disputes FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_dispute_status();

-- What a charge says is disputed must be what its disputes add up to, at every commit.
CREATE FUNCTION check_disputed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(sum(amount_withdrawn - amount_reinstated), 0) FROM disputes
        WHERE charge_id = NEW.charge_id)
       <> (SELECT amount_disputed FROM charges WHERE id = NEW.charge_id) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'disputes_add_up',
            MESSAGE = 'disputes_add_up', DETAIL = NEW.charge_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER disputes_add_up AFTER INSERT OR UPDATE ON disputes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_disputed();

-- The simulated network's own file of cases, and what it told its acquirers, in order.
CREATE TABLE simulator.cases (
    reference  text PRIMARY KEY,
    original   text NOT NULL REFERENCES simulator.answers (reference),
    place      smallint NOT NULL,
    parts      smallint NOT NULL,
    stage      text NOT NULL CHECK (stage IN
        ('planned', 'dropped', 'inquiry', 'chargeback', 'won', 'lost', 'closed', 'reported')),
    at_once    boolean NOT NULL,
    begins     text NOT NULL CHECK (begins IN ('inquiry', 'chargeback', 'fraud_report')),
    reason     text NOT NULL,
    reason_code text NOT NULL,
    amount     bigint NOT NULL DEFAULT 0 CHECK (amount >= 0),
    answered_by text,
    verdict    text CHECK (verdict IN ('won', 'lost', 'escalated')),
    opens_at   timestamptz NOT NULL,
    due_by     timestamptz
);
CREATE INDEX cases_original ON simulator.cases (original);
CREATE TABLE simulator.notices (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         text NOT NULL,
    case_reference text NOT NULL,
    original   text NOT NULL,
    kind       text NOT NULL,
    amount     bigint NOT NULL,
    currency   text NOT NULL,
    reason     text NOT NULL,
    reason_code text,
    due_by     timestamptz,
    told_at    timestamptz NOT NULL
);
ALTER TABLE simulator.answers DROP CONSTRAINT answers_kind_check;
ALTER TABLE simulator.answers ADD CONSTRAINT answers_kind_check CHECK (kind IN
    ('card', 'wallet', 'capture', 'increment', 'release', 'refund', 'closed', 'evidence',
     'accept'));
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'maalem_payments') THEN
        GRANT SELECT, INSERT, UPDATE ON simulator.cases, simulator.notices TO maalem_payments;
    END IF;
END $$;
