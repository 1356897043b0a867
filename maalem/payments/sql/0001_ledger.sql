-- The ledger: accounts with four counters, immutable transfers, holds that resolve at most once.
-- Only functions of this schema write here; the service's own role may read and call them.

CREATE SCHEMA ledger;

CREATE TABLE ledger.accounts (
    id              uuid PRIMARY KEY,
    currency        text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    kind            text NOT NULL,
    owner           text COLLATE "C" NOT NULL,
    debits_pending  bigint NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
    debits_posted   bigint NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
    credits_pending bigint NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
    credits_posted  bigint NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
    debits_must_not_exceed_credits boolean NOT NULL DEFAULT false,
    credits_must_not_exceed_debits boolean NOT NULL DEFAULT false,
    opened_at       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (owner, kind, currency),
    UNIQUE (id, currency),
    CONSTRAINT exceeds_credits CHECK (
        NOT debits_must_not_exceed_credits OR debits_pending + debits_posted <= credits_posted),
    CONSTRAINT exceeds_debits CHECK (
        NOT credits_must_not_exceed_debits OR credits_pending + credits_posted <= debits_posted)
) WITH (fillfactor = 50);

CREATE TYPE ledger.transfer_kind AS ENUM ('posted', 'pending', 'post', 'void', 'expire');

CREATE TABLE ledger.transfers (
    id             uuid PRIMARY KEY,
    debit_account  uuid NOT NULL,
    credit_account uuid NOT NULL,
    amount         bigint NOT NULL,
    currency       text NOT NULL,
    kind           ledger.transfer_kind NOT NULL,
    pending_id     uuid REFERENCES ledger.transfers (id),
    timeout_s      integer NOT NULL DEFAULT 0 CHECK (timeout_s >= 0),
    code           text NOT NULL CHECK (code ~ '^[a-z_]+$'),
    source         text COLLATE "C" NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT amount_positive CHECK (amount > 0 OR (kind IN ('void', 'expire') AND amount = 0)),
    CONSTRAINT accounts_differ CHECK (debit_account <> credit_account),
    CONSTRAINT resolves_something CHECK ((kind IN ('post', 'void', 'expire')) = (pending_id IS NOT NULL)),
    CONSTRAINT resolved_once UNIQUE (pending_id),
    CONSTRAINT debit_account_currency FOREIGN KEY (debit_account, currency)
        REFERENCES ledger.accounts (id, currency),
    CONSTRAINT credit_account_currency FOREIGN KEY (credit_account, currency)
        REFERENCES ledger.accounts (id, currency)
);
CREATE INDEX ledger_transfers_source ON ledger.transfers (source);
CREATE INDEX ledger_holds ON ledger.transfers (created_at) WHERE kind = 'pending' AND timeout_s > 0;

-- A refusal is one of a closed list; its word is the message and MA001 its SQLSTATE.
CREATE FUNCTION ledger.refuse(word text, about text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'MA001', MESSAGE = word, DETAIL = about;
END $$;

-- What has been posted before under the same id: the same again is no error, anything else is.
CREATE FUNCTION ledger.compare(old ledger.transfers, new ledger.transfers) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF old.kind <> new.kind THEN
        PERFORM ledger.refuse('exists_with_different_kind', new.id::text);
    ELSIF old.pending_id IS DISTINCT FROM new.pending_id THEN
        PERFORM ledger.refuse('exists_with_different_pending_id', new.id::text);
    ELSIF old.debit_account <> new.debit_account THEN
        PERFORM ledger.refuse('exists_with_different_debit_account', new.id::text);
    ELSIF old.credit_account <> new.credit_account THEN
        PERFORM ledger.refuse('exists_with_different_credit_account', new.id::text);
    ELSIF old.amount <> new.amount THEN
        PERFORM ledger.refuse('exists_with_different_amount', new.id::text);
    ELSIF old.code <> new.code THEN
        PERFORM ledger.refuse('exists_with_different_code', new.id::text);
    END IF;
END $$;

-- A hold may be resolved once, by its own accounts, for no more than was held.
CREATE FUNCTION ledger.check_resolution(new ledger.transfers) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    hold     ledger.transfers;
    resolved ledger.transfer_kind;
BEGIN
    SELECT * INTO hold FROM ledger.transfers WHERE id = new.pending_id;
    IF NOT FOUND THEN
        PERFORM ledger.refuse('pending_transfer_not_found', new.pending_id::text);
    ELSIF hold.kind <> 'pending' THEN
        PERFORM ledger.refuse('pending_transfer_not_pending', new.pending_id::text);
    ELSIF hold.debit_account <> new.debit_account OR hold.credit_account <> new.credit_account THEN
        PERFORM ledger.refuse('pending_transfer_has_different_accounts', new.pending_id::text);
    ELSIF hold.currency <> new.currency THEN
        PERFORM ledger.refuse('pending_transfer_has_different_currency', new.pending_id::text);
    END IF;
    SELECT kind INTO resolved FROM ledger.transfers WHERE pending_id = new.pending_id;
    IF FOUND THEN
        PERFORM ledger.refuse(CASE resolved
            WHEN 'post' THEN 'pending_transfer_already_posted'
            WHEN 'void' THEN 'pending_transfer_already_voided'
            ELSE 'pending_transfer_expired' END, new.pending_id::text);
    ELSIF new.kind = 'post' AND hold.timeout_s > 0
          AND hold.created_at + make_interval(secs => hold.timeout_s) <= clock_timestamp() THEN
        PERFORM ledger.refuse('pending_transfer_expired', new.pending_id::text);
    ELSIF new.amount > hold.amount THEN
        PERFORM ledger.refuse('exceeds_pending_transfer_amount', new.pending_id::text);
    END IF;
END $$;

-- Post a linked chain: all of it or nothing. `chain` is an array of transfers as JSON objects.
-- Accounts that are named for the first time are opened; locks are taken in the order of ids;
-- each account is touched once. A chain that is already there, unchanged, is no error.
CREATE FUNCTION ledger.post(chain jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    item  ledger.transfers;
    known ledger.transfers;
    fresh ledger.transfers[] := '{}';
BEGIN
    FOR item IN
        SELECT t.id, t.debit_account, t.credit_account, t.amount, t.currency,
               coalesce(t.kind, 'posted'), t.pending_id, coalesce(t.timeout_s, 0), t.code,
               t.source, clock_timestamp()
        FROM jsonb_populate_recordset(NULL::ledger.transfers, chain) t
    LOOP
        fresh := fresh || item;
    END LOOP;
    PERFORM ledger.lock_accounts(fresh);
    FOREACH item IN ARRAY fresh LOOP
        SELECT * INTO known FROM ledger.transfers WHERE id = item.id;
        IF FOUND THEN
            PERFORM ledger.compare(known, item);
            fresh := array_remove(fresh, item);
        ELSIF item.pending_id IS NOT NULL THEN
            PERFORM ledger.check_resolution(item);
        END IF;
    END LOOP;
    IF cardinality(fresh) > 0 THEN
        PERFORM ledger.write(fresh);
    END IF;
END $$;

CREATE FUNCTION ledger.lock_accounts(chain ledger.transfers[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    named uuid[];
    found_count integer;
BEGIN
    SELECT array_agg(DISTINCT id) INTO named FROM (
        SELECT debit_account FROM unnest(chain) UNION SELECT credit_account FROM unnest(chain)
    ) AS both_sides (id);
    SELECT count(*) INTO found_count FROM (
        SELECT 1 FROM ledger.accounts a WHERE a.id = ANY (named) ORDER BY a.id FOR UPDATE
    ) AS locked;
    IF found_count <> cardinality(named) THEN
        PERFORM ledger.refuse('account_not_found', chain[1].source);
    END IF;
END $$;

CREATE FUNCTION ledger.write(chain ledger.transfers[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger.transfers SELECT * FROM unnest(chain);
    -- A hold counts at once; posting or voiding it takes the whole hold away again.
    UPDATE ledger.accounts a SET
        debits_pending  = a.debits_pending + d.debits_pending,
        debits_posted   = a.debits_posted + d.debits_posted,
        credits_pending = a.credits_pending + d.credits_pending,
        credits_posted  = a.credits_posted + d.credits_posted
    FROM (
        SELECT side.account,
               coalesce(sum(side.pending) FILTER (WHERE side.is_debit), 0) AS debits_pending,
               coalesce(sum(side.posted) FILTER (WHERE side.is_debit), 0) AS debits_posted,
               coalesce(sum(side.pending) FILTER (WHERE NOT side.is_debit), 0) AS credits_pending,
               coalesce(sum(side.posted) FILTER (WHERE NOT side.is_debit), 0) AS credits_posted
        FROM unnest(chain) t
        LEFT JOIN ledger.transfers h ON h.id = t.pending_id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN t.kind = 'pending' THEN t.amount
                        WHEN t.pending_id IS NOT NULL THEN -h.amount ELSE 0 END AS pending,
                   CASE WHEN t.kind IN ('posted', 'post') THEN t.amount ELSE 0 END AS posted
        ) AS moved
        CROSS JOIN LATERAL (VALUES
            (t.debit_account, true, moved.pending, moved.posted),
            (t.credit_account, false, moved.pending, moved.posted)
        ) AS side (account, is_debit, pending, posted)
        GROUP BY side.account
    ) AS d
    WHERE a.id = d.account;
END $$;

-- Open accounts that are not there yet. The same name with other flags is a mistake.
CREATE FUNCTION ledger.open(wanted jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
    INSERT INTO ledger.accounts (id, currency, kind, owner,
        debits_must_not_exceed_credits, credits_must_not_exceed_debits)
    SELECT w.id, w.currency, w.kind, w.owner,
        coalesce(w.debits_must_not_exceed_credits, false),
        coalesce(w.credits_must_not_exceed_debits, false)
    FROM jsonb_populate_recordset(NULL::ledger.accounts, wanted) w
    ORDER BY w.id
    ON CONFLICT DO NOTHING;
END $$;

-- Zero-sum: what a transaction adds to the debits it adds to the credits, pending and posted
-- alike and per currency, whoever wrote. The drift is kept as the statements run and must be
-- nothing at commit.
CREATE FUNCTION ledger.note_drift() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT n.currency,
               sum(n.debits_posted - o.debits_posted - n.credits_posted + o.credits_posted) AS posted,
               sum(n.debits_pending - o.debits_pending - n.credits_pending + o.credits_pending) AS pending
        FROM new_rows n JOIN old_rows o USING (id) GROUP BY n.currency
        HAVING sum(n.debits_posted - o.debits_posted - n.credits_posted + o.credits_posted) <> 0
            OR sum(n.debits_pending - o.debits_pending - n.credits_pending + o.credits_pending) <> 0
    LOOP
        PERFORM set_config('ledger.drift_' || found.currency,
            (coalesce(nullif(current_setting('ledger.drift_' || found.currency, true), ''), '0')::numeric
             + found.posted)::text, true);
        PERFORM set_config('ledger.pending_drift_' || found.currency,
            (coalesce(nullif(current_setting('ledger.pending_drift_' || found.currency, true), ''), '0')::numeric
             + found.pending)::text, true);
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER note_drift AFTER UPDATE ON ledger.accounts
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.note_drift();

CREATE FUNCTION ledger.refuse_drift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(nullif(current_setting('ledger.drift_' || NEW.currency, true), ''), '0')::numeric <> 0
       OR coalesce(nullif(current_setting('ledger.pending_drift_' || NEW.currency, true), ''), '0')::numeric <> 0
    THEN
        PERFORM ledger.refuse('does_not_sum_to_zero', NEW.currency);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER zero_sum AFTER UPDATE ON ledger.accounts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.refuse_drift();

CREATE FUNCTION ledger.refuse_opening_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger.refuse('account_opens_at_zero', NEW.id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER opens_at_zero BEFORE INSERT ON ledger.accounts FOR EACH ROW
    WHEN (NEW.debits_pending + NEW.debits_posted + NEW.credits_pending + NEW.credits_posted <> 0)
    EXECUTE FUNCTION ledger.refuse_opening_balance();

-- History is not rewritten, not even by the owner in passing.
CREATE FUNCTION ledger.refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger.refuse('transfers_are_append_only', TG_OP);
    RETURN NULL;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.transfers
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_rewrite();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO maalem_payments;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO maalem_payments;
GRANT EXECUTE ON FUNCTION ledger.post(jsonb), ledger.open(jsonb) TO maalem_payments;
