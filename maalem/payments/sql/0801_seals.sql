-- Sealing. A worker chains the books block by block, after the fact: nothing of it happens in the
-- transaction that posts, and nobody waits for a lock. Every transfer has a number; a block is the
-- transfers of a stretch of numbers, and its seal the hash of the seal before and of its rows.
ALTER TABLE ledger.transfers ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;
-- Numbers grow with the table, so an index of ranges is enough; posting pays nothing for it.
CREATE INDEX transfers_number ON ledger.transfers USING brin (number) WITH (pages_per_range = 16);

-- A transaction has its own id before it takes a number: see ledger.seal.
CREATE FUNCTION ledger.begin_numbering() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_current_xact_id();
    RETURN NULL;
END $$;
CREATE TRIGGER begin_numbering BEFORE INSERT ON ledger.transfers
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.begin_numbering();

-- `numbers` are the numbers that are there (a transaction that was rolled back leaves a hole);
-- `digests` has the first 16 bytes of each row's SHA-256, in the order of the numbers, so that a
-- row that was changed can be named. `hash` is SHA-256 of: the hash of the seal before (32 zero
-- bytes before the first), the line 'seal|number|count|first|last|µs of sealed_at', and each row's
-- whole SHA-256.
CREATE TABLE ledger.seals (
    number    bigint PRIMARY KEY CHECK (number > 0),
    first     bigint NOT NULL,
    last      bigint NOT NULL,
    count     integer NOT NULL CHECK (count > 0),
    numbers   int8multirange NOT NULL,
    digests   bytea NOT NULL,
    hash      bytea NOT NULL CHECK (length(hash) = 32),
    latest    timestamptz NOT NULL,
    sealed_at timestamptz NOT NULL,
    CHECK (first <= last AND count <= last - first + 1),
    CHECK (length(digests) = 16 * count)
);
ALTER TABLE ledger.seals ALTER COLUMN digests SET STORAGE EXTERNAL;

-- How far is sealed, and up to where numbers had been given out when transaction `xid` began.
CREATE TABLE ledger.marks (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    sealed bigint NOT NULL,
    number bigint NOT NULL,
    xid    xid8 NOT NULL,
    CHECK (sealed <= number)
);
INSERT INTO ledger.marks (sealed, number, xid) VALUES (0, 0, '0');

CREATE FUNCTION ledger.row_digest(t ledger.transfers) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(concat_ws('|', t.number, t.id, t.debit_account, t.credit_account,
        t.amount, t.currency, t.kind, coalesce(t.pending_id::text, ''), t.timeout_s, t.code,
        t.source, (extract(epoch FROM t.created_at) * 1000000)::bigint), 'UTF8'))
$$;

-- Seal the next `most` numbers, if nobody can add to them any more; return how many were gone
-- through. To be called in a transaction of its own, now and then, by whoever: each call seals what
-- an earlier one marked.
--
-- Why nothing is missed. Who posts has a transaction id before it takes a number. This function
-- looks at the last number that was taken *before* it gets an id of its own, and keeps both. So
-- every transaction with a number up to that one has a smaller id, and once a snapshot shows no
-- running transaction with a smaller id, each of those numbers is there to be seen or never will be.
CREATE FUNCTION ledger.seal(most integer DEFAULT 10000) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp SET jit = off AS $$
DECLARE
    taken  bigint;
    until  bigint;
    mark   ledger.marks;
    before ledger.seals;
    made   ledger.seals;
    rows   bytea;
BEGIN
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        PERFORM ledger.refuse('seal_alone', 'the transaction has written something else');
    END IF;
    PERFORM pg_advisory_xact_lock(7003, 1);
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO taken
    FROM ledger.transfers_number_seq;
    SELECT * INTO STRICT mark FROM ledger.marks;
    IF mark.sealed = mark.number AND taken <= mark.number THEN
        RETURN 0;
    END IF;
    until := mark.sealed;
    IF mark.sealed < mark.number AND pg_snapshot_xmin(pg_current_snapshot()) > mark.xid THEN
        until := least(mark.number, mark.sealed + most);
        SELECT count(*), min(t.number), max(t.number),
            range_agg(int8range(t.number, t.number, '[]')),
            string_agg(substring(t.digest FOR 16), ''::bytea ORDER BY t.number),
            max(t.created_at), clock_timestamp(), string_agg(t.digest, ''::bytea ORDER BY t.number)
        INTO made.count, made.first, made.last, made.numbers, made.digests, made.latest,
            made.sealed_at, rows
        FROM (
            SELECT f.number, f.created_at, ledger.row_digest(f) AS digest
            FROM ledger.transfers f WHERE f.number > mark.sealed AND f.number <= until
        ) AS t;
        IF made.count > 0 THEN
            SELECT * INTO before FROM ledger.seals ORDER BY number DESC LIMIT 1;
            made.number := coalesce(before.number, 0) + 1;
            made.latest := greatest(made.latest, before.latest);
            made.hash := sha256(coalesce(before.hash, decode(repeat('00', 32), 'hex'))
                || convert_to(concat_ws('|', 'seal', made.number, made.count, made.first, made.last,
                    (extract(epoch FROM made.sealed_at) * 1000000)::bigint), 'UTF8')
                || rows);
            INSERT INTO ledger.seals SELECT made.*;
        END IF;
    END IF;
    -- An id from the future: the books were moved to another server by a dump.
    UPDATE ledger.marks SET sealed = until;
    IF until = mark.number OR mark.xid > pg_current_xact_id() THEN
        UPDATE ledger.marks SET number = taken, xid = pg_current_xact_id();
    END IF;
    PERFORM brin_summarize_new_values('ledger.transfers_number');
    RETURN until - mark.sealed;
END $$;

CREATE FUNCTION ledger.refuse_rewriting_seals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger.refuse('seals_are_append_only', TG_OP);
    RETURN NULL;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.seals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_rewriting_seals();

-- As before (0001, 0008, 0106), with the columns named and the clock read under the locks, so that
-- an account's transfers are in the order of their times.
CREATE OR REPLACE FUNCTION ledger.post_rows(chain ledger.transfers[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    fresh ledger.transfers[];
    item  ledger.transfers;
    known ledger.transfers;
BEGIN
    PERFORM ledger.lock_accounts(chain);
    SELECT array_agg(ROW(t.id, t.debit_account, t.credit_account, t.amount, t.currency,
        coalesce(t.kind, 'posted'), t.pending_id, coalesce(t.timeout_s, 0), t.code, t.source,
        clock_timestamp(), NULL)::ledger.transfers) INTO fresh
    FROM unnest(chain) t;
    FOR known IN
        SELECT t.* FROM unnest(fresh) f JOIN ledger.transfers t ON t.id = f.id
    LOOP
        FOREACH item IN ARRAY fresh LOOP
            IF item.id = known.id THEN
                PERFORM ledger.compare(known, item);
                fresh := array_remove(fresh, item);
            END IF;
        END LOOP;
    END LOOP;
    IF cardinality(fresh) = 0 THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM unnest(fresh) f WHERE f.pending_id IS NOT NULL) THEN
        FOREACH item IN ARRAY fresh LOOP
            IF item.pending_id IS NOT NULL THEN
                PERFORM ledger.check_resolution(item);
            END IF;
        END LOOP;
        PERFORM ledger.write(fresh);
    ELSE
        PERFORM ledger.write_new(fresh);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION ledger.write(chain ledger.transfers[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger.transfers (id, debit_account, credit_account, amount, currency, kind,
        pending_id, timeout_s, code, source, created_at)
    SELECT id, debit_account, credit_account, amount, currency, kind, pending_id, timeout_s, code,
        source, created_at
    FROM unnest(chain);
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

CREATE OR REPLACE FUNCTION ledger.write_new(chain ledger.transfers[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger.transfers (id, debit_account, credit_account, amount, currency, kind,
        pending_id, timeout_s, code, source, created_at)
    SELECT id, debit_account, credit_account, amount, currency, kind, pending_id, timeout_s, code,
        source, created_at
    FROM unnest(chain);
    UPDATE ledger.accounts a SET
        debits_pending  = a.debits_pending + d.debits_pending,
        debits_posted   = a.debits_posted + d.debits_posted,
        credits_pending = a.credits_pending + d.credits_pending,
        credits_posted  = a.credits_posted + d.credits_posted
    FROM (
        SELECT account,
               sum(CASE WHEN is_debit AND kind = 'pending' THEN amount ELSE 0 END) AS debits_pending,
               sum(CASE WHEN is_debit AND kind = 'posted' THEN amount ELSE 0 END) AS debits_posted,
               sum(CASE WHEN NOT is_debit AND kind = 'pending' THEN amount ELSE 0 END) AS credits_pending,
               sum(CASE WHEN NOT is_debit AND kind = 'posted' THEN amount ELSE 0 END) AS credits_posted
        FROM (
            SELECT debit_account AS account, true AS is_debit, kind, amount FROM unnest(chain)
            UNION ALL
            SELECT credit_account, false, kind, amount FROM unnest(chain)
        ) AS sides
        GROUP BY account
    ) AS d
    WHERE a.id = d.account;
END $$;

REVOKE ALL ON FUNCTION ledger.seal(integer), ledger.row_digest(ledger.transfers),
    ledger.begin_numbering(), ledger.refuse_rewriting_seals() FROM PUBLIC;
GRANT SELECT ON ledger.seals, ledger.marks TO maalem_payments;
GRANT EXECUTE ON FUNCTION ledger.seal(integer) TO maalem_payments;
