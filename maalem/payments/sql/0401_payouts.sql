-- Where an account's money goes (its bank accounts), when (its schedule), and each going.

-- `usable_from` is when the first payout may go there: a changed account waits.
CREATE TABLE external_accounts (
    id           text COLLATE "C" PRIMARY KEY,
    version      integer NOT NULL CHECK (version > 0),
    account_id   text COLLATE "C" NOT NULL REFERENCES accounts (id),
    vault_token  text COLLATE "C" NOT NULL,
    fingerprint  text NOT NULL,
    country      text NOT NULL CHECK (country = 'MA'),
    currency     text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    bank_code    text NOT NULL CHECK (bank_code ~ '^[0-9]{3}$'),
    place_code   text NOT NULL CHECK (place_code ~ '^[0-9]{3}$'),
    bank_name    text,
    last4        text NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
    holder_name  text,
    holder_type  text CHECK (holder_type IN ('individual', 'company')),
    status       text NOT NULL CHECK (status IN ('new', 'validated', 'verification_failed', 'errored')),
    default_for_currency boolean NOT NULL,
    usable_from  timestamptz NOT NULL,
    failure_code text,
    failure_reason text,
    deleted      boolean NOT NULL,
    metadata     jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    CHECK ((status = 'errored') = (failure_code IS NOT NULL)),
    CHECK (NOT (deleted AND default_for_currency))
);
CREATE INDEX external_accounts_account ON external_accounts (account_id, id);
CREATE UNIQUE INDEX one_default_per_currency ON external_accounts (account_id, currency)
    WHERE default_for_currency;
CREATE UNIQUE INDEX bank_account_exists ON external_accounts (account_id, currency, fingerprint)
    WHERE NOT deleted;

-- A bank account's number, to be used once (`btok_…`).
CREATE TABLE bank_tokens (
    id           text COLLATE "C" PRIMARY KEY,
    version      integer NOT NULL CHECK (version BETWEEN 1 AND 2),
    account_id   text COLLATE "C" NOT NULL REFERENCES accounts (id),
    vault_token  text COLLATE "C" NOT NULL,
    fingerprint  text NOT NULL,
    country      text NOT NULL CHECK (country = 'MA'),
    currency     text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    bank_code    text NOT NULL CHECK (bank_code ~ '^[0-9]{3}$'),
    place_code   text NOT NULL CHECK (place_code ~ '^[0-9]{3}$'),
    bank_name    text,
    last4        text NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
    holder_name  text,
    holder_type  text CHECK (holder_type IN ('individual', 'company')),
    used         boolean NOT NULL,
    created_at   timestamptz NOT NULL
);

-- One row at most for an account, under the account's own id; who has none has the default.
CREATE TABLE payout_schedules (
    id             text COLLATE "C" PRIMARY KEY REFERENCES accounts (id),
    version        integer NOT NULL CHECK (version > 0),
    "interval"     text NOT NULL CHECK ("interval" IN ('manual', 'daily', 'weekly', 'monthly')),
    delay_days     integer NOT NULL CHECK (delay_days BETWEEN 0 AND 365),
    weekly_anchor  text CHECK (weekly_anchor IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday')),
    monthly_anchor integer CHECK (monthly_anchor BETWEEN 1 AND 31),
    minimum_amount bigint NOT NULL CHECK (minimum_amount > 0),
    statement_descriptor text,
    created_at     timestamptz NOT NULL,
    CHECK (("interval" = 'weekly') = (weekly_anchor IS NOT NULL)),
    CHECK (("interval" = 'monthly') = (monthly_anchor IS NOT NULL))
);

-- The days whose scheduled payouts have all been made.
CREATE TABLE payout_runs (
    id         text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    version    integer NOT NULL CHECK (version = 1),
    created_at timestamptz NOT NULL
);

-- `scheduled_for` is the day of the schedule that asked for an automatic payout.
CREATE TABLE payouts (
    id             text COLLATE "C" PRIMARY KEY,
    version        integer NOT NULL CHECK (version > 0),
    account_id     text COLLATE "C" NOT NULL REFERENCES accounts (id),
    destination_id text COLLATE "C" NOT NULL REFERENCES external_accounts (id),
    amount         bigint NOT NULL CHECK (amount > 0),
    currency       text NOT NULL,
    status         text NOT NULL CHECK (status IN ('pending', 'in_transit', 'paid', 'failed', 'canceled')),
    automatic      boolean NOT NULL,
    method         text NOT NULL CHECK (method = 'standard'),
    arrival_date   date NOT NULL,
    scheduled_for  date,
    description    text,
    statement_descriptor text,
    approvals_needed integer NOT NULL CHECK (approvals_needed >= 0),
    approvals      integer NOT NULL CHECK (approvals >= 0),
    balance_transaction_id text COLLATE "C" NOT NULL,
    failure_balance_transaction_id text COLLATE "C",
    failure_code   text,
    failure_message text,
    failure_reason text,
    batch_id       text COLLATE "C",
    bank_reference text COLLATE "C",
    return_reference text COLLATE "C",
    sent_at        timestamptz,
    paid_at        timestamptz,
    ended_at       timestamptz,
    metadata       jsonb NOT NULL,
    request_id     text,
    idempotency_key text,
    created_at     timestamptz NOT NULL,
    CONSTRAINT approved_by_enough CHECK (
        status IN ('pending', 'canceled', 'failed') OR approvals >= approvals_needed),
    CHECK (automatic = (scheduled_for IS NOT NULL)),
    CHECK (status NOT IN ('in_transit', 'paid') OR (batch_id IS NOT NULL AND sent_at IS NOT NULL)),
    CHECK (status <> 'paid' OR (bank_reference IS NOT NULL AND paid_at IS NOT NULL)),
    CHECK ((status IN ('failed', 'canceled'))
        = (failure_balance_transaction_id IS NOT NULL AND ended_at IS NOT NULL)),
    CHECK ((status = 'failed') = (failure_code IS NOT NULL AND failure_message IS NOT NULL))
);
CREATE INDEX payouts_account ON payouts (account_id, id);
CREATE INDEX payouts_destination ON payouts (destination_id) WHERE status IN ('pending', 'in_transit');
CREATE INDEX payouts_open ON payouts (created_at) WHERE status IN ('pending', 'in_transit');
CREATE INDEX payouts_batch ON payouts (batch_id) WHERE batch_id IS NOT NULL;
CREATE UNIQUE INDEX one_scheduled_payout_a_day ON payouts (account_id, currency, scheduled_for)
    WHERE automatic;

-- Who said yes to a large payout. Nobody counts twice.
CREATE TABLE payout_approvals (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version = 1),
    account_id text COLLATE "C" NOT NULL REFERENCES accounts (id),
    payout_id  text COLLATE "C" NOT NULL REFERENCES payouts (id),
    approver   text NOT NULL CHECK (length(approver) BETWEEN 1 AND 100 AND approver = btrim(approver)),
    request_id text,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX approved_once ON payout_approvals (payout_id, lower(approver));

-- A reserve is money of an account's that it may not spend before a day that is known to it, by a
-- rule that was published before.
CREATE TABLE reserve_rules (
    id        text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[a-z_]+$'),
    reason    text NOT NULL,
    share_bps integer NOT NULL CHECK (share_bps BETWEEN 1 AND 10000),
    days      integer NOT NULL CHECK (days BETWEEN 1 AND 180),
    published_on date NOT NULL,
    withdrawn_on date CHECK (withdrawn_on >= published_on)
);
INSERT INTO reserve_rules (id, reason, share_bps, days, published_on) VALUES
    ('disputes_above_one_percent',
     'More than 1 % of the last 90 days'' payments were disputed.', 1000, 90, '2026-01-01'),
    ('long_delivery',
     'What was sold is delivered more than 30 days after it was paid.', 2000, 60, '2026-01-01'),
    ('closing',
     'The account is being closed: refunds and disputes may still come.', 10000, 120, '2026-01-01');
GRANT SELECT ON reserve_rules TO maalem_payments;

CREATE TABLE reserves (
    id          text COLLATE "C" PRIMARY KEY,
    version     integer NOT NULL CHECK (version BETWEEN 1 AND 2),
    account_id  text COLLATE "C" NOT NULL REFERENCES accounts (id),
    rule_id     text COLLATE "C" NOT NULL REFERENCES reserve_rules (id),
    reason      text NOT NULL,
    share_bps   integer NOT NULL CHECK (share_bps BETWEEN 1 AND 10000),
    amount      bigint NOT NULL CHECK (amount > 0),
    currency    text NOT NULL,
    status      text NOT NULL CHECK (status IN ('held', 'released')),
    until       timestamptz NOT NULL,
    hold_transaction_id text COLLATE "C" NOT NULL,
    release_transaction_id text COLLATE "C",
    released_at timestamptz,
    created_at  timestamptz NOT NULL,
    CHECK (until > created_at),
    CHECK ((status = 'released') = (release_transaction_id IS NOT NULL AND released_at IS NOT NULL)),
    CONSTRAINT not_before_its_day CHECK (released_at >= until)
);
CREATE INDEX reserves_account ON reserves (account_id, id);
CREATE INDEX reserves_due ON reserves (until) WHERE status = 'held';

SELECT make_put(name) FROM unnest(ARRAY['external_accounts', 'bank_tokens', 'payout_schedules',
    'payout_runs', 'payouts', 'payout_approvals', 'reserves']) AS name;

-- The same tables stand in settlement/states.py; a test compares them pair by pair.
CREATE FUNCTION payout_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE now_at
        WHEN 'pending' THEN then_at IN ('in_transit', 'failed', 'canceled')
        WHEN 'in_transit' THEN then_at IN ('paid', 'failed')
        WHEN 'paid' THEN then_at IN ('failed')
        ELSE false END
$$;

CREATE FUNCTION external_account_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE now_at
        WHEN 'new' THEN then_at IN ('validated', 'verification_failed', 'errored')
        WHEN 'validated' THEN then_at IN ('errored')
        ELSE false END
$$;

CREATE FUNCTION reserve_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT now_at = 'held' AND then_at = 'released'
$$;

CREATE FUNCTION hold_settlement_status() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may boolean := CASE TG_ARGV[0]
        WHEN 'payout' THEN payout_may_move(OLD.status, NEW.status)
        WHEN 'external_account' THEN external_account_may_move(OLD.status, NEW.status)
        ELSE reserve_may_move(OLD.status, NEW.status) END;
BEGIN
    IF NOT may THEN
        RAISE EXCEPTION USING ERRCODE = 'MA003', MESSAGE = 'status_may_not_move',
            DETAIL = format('%s: %s to %s', NEW.id, OLD.status, NEW.status);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_status BEFORE UPDATE ON payouts FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_settlement_status('payout');
CREATE TRIGGER hold_status BEFORE UPDATE ON external_accounts FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_settlement_status('external_account');
CREATE TRIGGER hold_status BEFORE UPDATE ON reserves FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_settlement_status('reserve');

CREATE FUNCTION refuse_settlement(word text, about text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = word, MESSAGE = word, DETAIL = about;
END $$;

-- What a bank account is can't be changed under those who look at it, nor its waiting shortened.
CREATE FUNCTION keep_external_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.account_id, NEW.vault_token, NEW.fingerprint, NEW.currency, NEW.bank_code,
            NEW.place_code, NEW.last4) IS DISTINCT FROM (OLD.account_id, OLD.vault_token,
            OLD.fingerprint, OLD.currency, OLD.bank_code, OLD.place_code, OLD.last4)
       OR NEW.usable_from < OLD.usable_from OR (OLD.deleted AND NOT NEW.deleted) THEN
        PERFORM refuse_settlement('bank_account_is_kept', NEW.id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep BEFORE UPDATE ON external_accounts FOR EACH ROW
    EXECUTE FUNCTION keep_external_account();

-- The sum, the owner and the place of a payout are as they were decided; and it goes only to a
-- bank account that is the owner's, lives, and has waited long enough.
CREATE FUNCTION check_payout() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place external_accounts;
    at    timestamptz;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.account_id, NEW.destination_id, NEW.amount, NEW.currency, NEW.approvals_needed,
                NEW.balance_transaction_id, NEW.scheduled_for) IS DISTINCT FROM
           (OLD.account_id, OLD.destination_id, OLD.amount, OLD.currency, OLD.approvals_needed,
                OLD.balance_transaction_id, OLD.scheduled_for) THEN
            PERFORM refuse_settlement('payout_is_kept', NEW.id);
        END IF;
        IF NOT (OLD.status = 'pending' AND NEW.status = 'in_transit') THEN
            RETURN NEW;
        END IF;
        at := NEW.sent_at;
    ELSE
        IF NEW.status <> 'pending' THEN
            PERFORM refuse_settlement('payout_begins_pending', NEW.id);
        END IF;
        at := NEW.created_at;
    END IF;
    SELECT * INTO place FROM external_accounts WHERE id = NEW.destination_id FOR SHARE;
    IF NOT FOUND OR place.account_id <> NEW.account_id OR place.currency <> NEW.currency
       OR place.deleted OR place.status NOT IN ('new', 'validated') THEN
        PERFORM refuse_settlement('destination_unusable', NEW.id);
    ELSIF place.usable_from > at THEN
        PERFORM refuse_settlement('destination_waits', NEW.id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_payout BEFORE INSERT OR UPDATE ON payouts FOR EACH ROW
    EXECUTE FUNCTION check_payout();

-- Who owes us is not paid out: it is seen at commit, after the owner's balance was locked.
CREATE FUNCTION check_nothing_owed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger.accounts WHERE owner = NEW.account_id AND kind = 'owed'
               AND currency = NEW.currency AND debits_posted <> credits_posted) THEN
        PERFORM refuse_settlement('debts_first', NEW.account_id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER debts_first AFTER INSERT ON payouts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_nothing_owed();

CREATE FUNCTION check_approvals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM payout_approvals WHERE payout_id = NEW.payout_id)
       <> (SELECT approvals FROM payouts WHERE id = NEW.payout_id) THEN
        PERFORM refuse_settlement('approvals_add_up', NEW.payout_id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER approvals_add_up AFTER INSERT ON payout_approvals
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_approvals();
CREATE FUNCTION check_own_approvals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM payout_approvals WHERE payout_id = NEW.id)
       <> (SELECT approvals FROM payouts WHERE id = NEW.id) THEN
        PERFORM refuse_settlement('approvals_add_up', NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER approvals_add_up AFTER INSERT OR UPDATE OF approvals ON payouts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_own_approvals();

CREATE FUNCTION refuse_approval_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse_settlement('approvals_are_append_only', TG_OP);
    RETURN NULL;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_approvals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_approval_rewrite();
