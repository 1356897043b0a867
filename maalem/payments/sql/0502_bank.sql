-- The bank, by files: batches of payouts on their way out, files that came back, every line of the
-- account, and what networks said they settled. What holds: sums, one use of each reference for
-- ever, nothing rewritten.

CREATE TABLE payout_batches (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version > 0),
    currency   text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    status     text NOT NULL CHECK (status IN ('drafted', 'sent', 'accepted', 'part', 'rejected')),
    message_id text COLLATE "C" NOT NULL CHECK (message_id ~ '^[A-Z0-9]{1,34}$'),
    name       text COLLATE "C" NOT NULL,
    amount     bigint NOT NULL CHECK (amount > 0),
    count      integer NOT NULL CHECK (count > 0),
    pay_on     date NOT NULL,
    -- The file itself, sealed: it holds account numbers. `sha256` is of what was sealed.
    sealed     text NOT NULL,
    sha256     text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    reason     text,
    asked_at   timestamptz NOT NULL,
    sent_at    timestamptz,
    answered_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT message_id_used_once UNIQUE (message_id),
    CONSTRAINT file_name_used_once UNIQUE (name),
    CHECK ((status = 'drafted') = (sent_at IS NULL)),
    CHECK ((status IN ('accepted', 'part', 'rejected')) = (answered_at IS NOT NULL))
);
CREATE INDEX payout_batches_open ON payout_batches (asked_at) WHERE status IN ('drafted', 'sent');

-- One payment of a batch. The id is its EndToEndId, the payout's own, so neither is used twice.
CREATE TABLE payout_batch_lines (
    id         text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[A-Z0-9]{1,35}$'),
    version    integer NOT NULL CHECK (version > 0),
    batch_id   text COLLATE "C" NOT NULL REFERENCES payout_batches (id),
    payout_id  text COLLATE "C" NOT NULL REFERENCES payouts (id),
    amount     bigint NOT NULL CHECK (amount > 0),
    status     text NOT NULL CHECK (status IN ('given', 'accepted', 'rejected', 'booked', 'returned')),
    reason     text,
    created_at timestamptz NOT NULL,
    CONSTRAINT payout_given_once UNIQUE (payout_id)
);
CREATE INDEX payout_batch_lines_batch ON payout_batch_lines (batch_id);

-- Every file that the bank gave us, sealed; a refused one too, with the reason.
CREATE TABLE bank_files (
    id          text COLLATE "C" PRIMARY KEY,
    version     integer NOT NULL CHECK (version > 0),
    position    bigint,
    name        text NOT NULL,
    message     text,
    message_id  text,
    status      text NOT NULL CHECK (status IN ('read', 'refused')),
    refusal     text,
    detail      text,
    sealed      text NOT NULL,
    sha256      text NOT NULL,
    received_at timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT file_known UNIQUE (sha256),
    CHECK ((status = 'refused') = (refusal IS NOT NULL)),
    CHECK (status = 'refused' OR (message IS NOT NULL AND message_id IS NOT NULL))
);
CREATE UNIQUE INDEX message_read_once ON bank_files (message, message_id) WHERE status = 'read';
CREATE INDEX bank_files_position ON bank_files (position);

CREATE TABLE bank_statements (
    id           text COLLATE "C" PRIMARY KEY,
    version      integer NOT NULL CHECK (version = 1),
    file_id      text COLLATE "C" NOT NULL REFERENCES bank_files (id),
    iban         text NOT NULL,
    currency     text NOT NULL,
    statement_id text NOT NULL,
    number       bigint,
    day          date NOT NULL,
    opening      bigint NOT NULL,
    closing      bigint NOT NULL,
    count        integer NOT NULL CHECK (count >= 0),
    created_at   timestamptz NOT NULL,
    CONSTRAINT statement_known UNIQUE (iban, statement_id)
);
CREATE INDEX bank_statements_day ON bank_statements (iban, day);

-- One movement of the account, known for ever by the bank's own reference: minor units, positive
-- for what came in. A notification tells it first, the statement of the day tells it again.
CREATE TABLE bank_lines (
    id             text COLLATE "C" PRIMARY KEY,
    version        integer NOT NULL CHECK (version > 0),
    iban           text NOT NULL,
    bank_reference text NOT NULL,
    file_id        text COLLATE "C" NOT NULL REFERENCES bank_files (id),
    statement_id   text COLLATE "C" REFERENCES bank_statements (id),
    amount         bigint NOT NULL CHECK (amount <> 0),
    currency       text NOT NULL,
    booked_on      date NOT NULL,
    value_on       date NOT NULL,
    code           text NOT NULL,
    end_to_end_id  text,
    return_reason  text,
    counterparty   text,
    text           text,
    status         text NOT NULL CHECK (status IN ('unmatched', 'matched')),
    reason         text,
    matched_as     text CHECK (matched_as IN ('payout', 'return', 'network')),
    matched_to     text COLLATE "C",
    matched_at     timestamptz,
    created_at     timestamptz NOT NULL,
    CONSTRAINT line_known UNIQUE (iban, bank_reference),
    CHECK ((status = 'matched') = (matched_to IS NOT NULL AND matched_as IS NOT NULL
        AND matched_at IS NOT NULL)),
    CHECK ((status = 'unmatched') = (reason IS NOT NULL))
);
-- A payout is paid by one line, comes back by one; a network's day comes in by one.
CREATE UNIQUE INDEX matched_once ON bank_lines (matched_to, matched_as) WHERE status = 'matched';
CREATE INDEX bank_lines_unmatched ON bank_lines (booked_on) WHERE status = 'unmatched';
CREATE INDEX bank_lines_statement ON bank_lines (statement_id);

CREATE TABLE network_settlements (
    id          text COLLATE "C" PRIMARY KEY,
    version     integer NOT NULL CHECK (version > 0),
    position    bigint NOT NULL,
    reference   text COLLATE "C" NOT NULL,
    network     text NOT NULL CHECK (network IN ('card', 'wallet')),
    day         date NOT NULL,
    currency    text NOT NULL,
    gross       bigint NOT NULL,
    interchange bigint NOT NULL,
    count       integer NOT NULL CHECK (count > 0),
    status      text NOT NULL CHECK (status IN ('reported', 'received')),
    received_at timestamptz,
    created_at  timestamptz NOT NULL,
    CONSTRAINT settlement_known UNIQUE (reference),
    CHECK ((status = 'received') = (received_at IS NOT NULL))
);
CREATE INDEX network_settlements_open ON network_settlements (day) WHERE status = 'reported';

-- `reference` is the attempt's, the capture's or the refund's: what the network was asked by.
CREATE TABLE network_settlement_lines (
    reference     text COLLATE "C" PRIMARY KEY,
    settlement_id text COLLATE "C" NOT NULL REFERENCES network_settlements (id),
    amount        bigint NOT NULL CHECK (amount <> 0)
);
CREATE INDEX network_settlement_lines_of ON network_settlement_lines (settlement_id);
GRANT SELECT, INSERT ON network_settlement_lines TO maalem_payments;

-- What a person has to look at. `freezes`: until then nothing is paid out to `account_id`.
CREATE TABLE findings (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version > 0),
    kind       text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    about      text COLLATE "C" NOT NULL,
    account_id text COLLATE "C",
    amount     bigint,
    currency   text,
    detail     text NOT NULL,
    freezes    boolean NOT NULL,
    status     text NOT NULL CHECK (status IN ('open', 'closed')),
    closed_by  text,
    answer     text,
    found_at   timestamptz NOT NULL,
    closed_at  timestamptz,
    CONSTRAINT found_before UNIQUE (kind, about, account_id),
    CHECK ((status = 'closed') = (closed_at IS NOT NULL AND closed_by IS NOT NULL
        AND answer IS NOT NULL))
);
CREATE INDEX findings_open ON findings (found_at) WHERE status = 'open';
CREATE INDEX findings_freeze ON findings (account_id) WHERE status = 'open' AND freezes;

-- A day's proof that clients' money is there; see settlement/bank/safeguarding.py for the terms.
CREATE TABLE safeguarding_proofs (
    id          text COLLATE "C" PRIMARY KEY,
    version     integer NOT NULL CHECK (version = 1),
    day         date NOT NULL,
    currency    text NOT NULL,
    terms       jsonb NOT NULL,
    there       bigint NOT NULL,
    owed        bigint NOT NULL,
    difference  bigint NOT NULL,
    explained   jsonb NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT difference_is_the_difference CHECK (difference = there - owed)
);
CREATE INDEX safeguarding_proofs_day ON safeguarding_proofs (currency, day, created_at);

SELECT make_put(name) FROM unnest(ARRAY['payout_batches', 'payout_batch_lines', 'bank_files',
    'bank_statements', 'bank_lines', 'network_settlements', 'findings', 'safeguarding_proofs']) AS name;

-- The same tables stand in settlement/bank/states.py; a test compares them pair by pair.
CREATE FUNCTION batch_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE now_at
        WHEN 'drafted' THEN then_at = 'sent'
        WHEN 'sent' THEN then_at IN ('accepted', 'part', 'rejected')
        WHEN 'accepted' THEN then_at IN ('part', 'rejected')
        WHEN 'part' THEN then_at = 'rejected'
        ELSE false END
$$;
CREATE FUNCTION batch_line_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE now_at
        WHEN 'given' THEN then_at IN ('accepted', 'rejected', 'booked')
        WHEN 'accepted' THEN then_at IN ('rejected', 'booked')
        WHEN 'booked' THEN then_at = 'returned'
        ELSE false END
$$;
CREATE FUNCTION bank_line_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT now_at = 'unmatched' AND then_at = 'matched'
$$;

CREATE FUNCTION refuse_bank(word text, about text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = word, MESSAGE = word, DETAIL = about;
END $$;

CREATE FUNCTION hold_bank_status() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may boolean := CASE TG_ARGV[0]
        WHEN 'batch' THEN batch_may_move(OLD.status, NEW.status)
        WHEN 'batch_line' THEN batch_line_may_move(OLD.status, NEW.status)
        ELSE bank_line_may_move(OLD.status, NEW.status) END;
BEGIN
    IF NOT may THEN
        RAISE EXCEPTION USING ERRCODE = 'MA003', MESSAGE = 'status_may_not_move',
            DETAIL = format('%s: %s to %s', NEW.id, OLD.status, NEW.status);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_status BEFORE UPDATE ON payout_batches FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_bank_status('batch');
CREATE TRIGGER hold_status BEFORE UPDATE ON payout_batch_lines FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_bank_status('batch_line');
CREATE TRIGGER hold_status BEFORE UPDATE ON bank_lines FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_bank_status('bank_line');

-- What was given to the bank, and what the bank said, is as it was: only its progress is written.
CREATE FUNCTION keep_bank_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - TG_ARGV::text[] <> to_jsonb(OLD) - TG_ARGV::text[] THEN
        PERFORM refuse_bank('told_is_told', NEW.id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep BEFORE UPDATE ON payout_batches FOR EACH ROW EXECUTE FUNCTION
    keep_bank_row('version', 'status', 'reason', 'asked_at', 'sent_at', 'answered_at');
CREATE TRIGGER keep BEFORE UPDATE ON payout_batch_lines FOR EACH ROW EXECUTE FUNCTION
    keep_bank_row('version', 'status', 'reason');
CREATE TRIGGER keep BEFORE UPDATE ON bank_files FOR EACH ROW EXECUTE FUNCTION
    keep_bank_row('version', 'position', 'message', 'message_id', 'status', 'refusal', 'detail');
CREATE TRIGGER keep BEFORE UPDATE ON bank_statements FOR EACH ROW EXECUTE FUNCTION keep_bank_row();
CREATE TRIGGER keep BEFORE UPDATE ON bank_lines FOR EACH ROW EXECUTE FUNCTION
    keep_bank_row('version', 'statement_id', 'status', 'reason', 'matched_as', 'matched_to', 'matched_at');
CREATE TRIGGER keep BEFORE UPDATE ON network_settlements FOR EACH ROW EXECUTE FUNCTION
    keep_bank_row('version', 'status', 'received_at');
CREATE TRIGGER keep BEFORE UPDATE ON findings FOR EACH ROW EXECUTE FUNCTION
    keep_bank_row('version', 'status', 'closed_by', 'answer', 'closed_at');
CREATE TRIGGER keep BEFORE UPDATE ON safeguarding_proofs FOR EACH ROW EXECUTE FUNCTION keep_bank_row();

-- A line that a statement has told stays with it; one that was booked stays booked.
CREATE FUNCTION keep_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.statement_id IS NOT NULL AND NEW.statement_id IS DISTINCT FROM OLD.statement_id THEN
        PERFORM refuse_bank('told_is_told', NEW.id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_statement BEFORE UPDATE ON bank_lines FOR EACH ROW EXECUTE FUNCTION keep_statement();

-- The control sum and the count are the lines', and nobody adds a line to a file that is written.
CREATE FUNCTION check_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch payout_batches;
    lines record;
BEGIN
    SELECT * INTO batch FROM payout_batches
    WHERE id = CASE TG_TABLE_NAME WHEN 'payout_batches' THEN to_jsonb(NEW) ->> 'id'
        ELSE to_jsonb(NEW) ->> 'batch_id' END;
    SELECT count(*) AS count, coalesce(sum(l.amount), 0) AS amount,
        bool_and(p.amount = l.amount AND p.currency = batch.currency
            AND l.id = upper(replace(p.id, '_', ''))) AS like_payouts
    INTO lines FROM payout_batch_lines l JOIN payouts p ON p.id = l.payout_id
    WHERE l.batch_id = batch.id;
    IF lines.count <> batch.count OR lines.amount <> batch.amount OR NOT lines.like_payouts THEN
        PERFORM refuse_bank('control_sum_is_the_lines', batch.id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER control_sum_is_the_lines AFTER INSERT ON payout_batches
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_batch();
CREATE CONSTRAINT TRIGGER control_sum_is_the_lines AFTER INSERT ON payout_batch_lines
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_batch();

CREATE FUNCTION check_statement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told bank_statements;
    lines record;
BEGIN
    SELECT * INTO told FROM bank_statements
    WHERE id = CASE TG_TABLE_NAME WHEN 'bank_statements' THEN to_jsonb(NEW) ->> 'id'
        ELSE to_jsonb(NEW) ->> 'statement_id' END;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT count(*) AS count, coalesce(sum(amount), 0) AS amount INTO lines
    FROM bank_lines WHERE statement_id = told.id;
    IF told.opening + lines.amount <> told.closing OR lines.count <> told.count THEN
        PERFORM refuse_bank('balances_do_not_add_up', told.id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balances_add_up AFTER INSERT ON bank_statements
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_statement();
CREATE CONSTRAINT TRIGGER balances_add_up AFTER INSERT OR UPDATE OF statement_id ON bank_lines
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_statement();

CREATE FUNCTION check_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines record;
BEGIN
    SELECT count(*) AS count, coalesce(sum(amount), 0) AS amount INTO lines
    FROM network_settlement_lines WHERE settlement_id = NEW.id;
    IF lines.count <> NEW.count OR lines.amount <> NEW.gross THEN
        PERFORM refuse_bank('settlement_is_its_payments', NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER settlement_is_its_payments AFTER INSERT ON network_settlements
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_settlement();
