-- What an account held at any moment. A transfer counts from its `created_at` on. The worker writes
-- checkpoints of the accounts that moved, at the end of a sealed block now and then; a question adds
-- to the last one before its moment what was posted since, which the index of ranges finds.
DROP INDEX ledger.transfers_number;
CREATE INDEX transfers_number ON ledger.transfers USING brin (number, created_at)
    WITH (pages_per_range = 16);

-- A checkpoint holds every transfer up to `number`; the last of those was posted at `latest`.
CREATE TABLE ledger.checkpoints (
    number  bigint PRIMARY KEY,
    latest  timestamptz NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE ledger.checkpoint_accounts (
    account         uuid NOT NULL,
    number          bigint NOT NULL,
    debits_pending  bigint NOT NULL,
    debits_posted   bigint NOT NULL,
    credits_pending bigint NOT NULL,
    credits_posted  bigint NOT NULL,
    PRIMARY KEY (account, number)
);

-- What transfers after number `after` and up to number `until` and moment `moment` did to accounts:
-- to `only` these, or to all. A hold counts at once; what resolves it takes the whole hold away.
CREATE FUNCTION ledger.moved(after bigint, until bigint, moment timestamptz, only_these uuid[])
RETURNS TABLE (account uuid, debits_pending bigint, debits_posted bigint, credits_pending bigint,
    credits_posted bigint)
LANGUAGE sql STABLE SET search_path = ledger, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET jit = off AS $$
    SELECT side.account,
        (sum(side.pending) FILTER (WHERE side.is_debit))::bigint,
        (sum(side.posted) FILTER (WHERE side.is_debit))::bigint,
        (sum(side.pending) FILTER (WHERE NOT side.is_debit))::bigint,
        (sum(side.posted) FILTER (WHERE NOT side.is_debit))::bigint
    FROM (
        SELECT t.debit_account, t.credit_account,
            CASE WHEN t.kind = 'pending' THEN t.amount
                 WHEN t.pending_id IS NOT NULL THEN -h.amount ELSE 0 END AS pending,
            CASE WHEN t.kind IN ('posted', 'post') THEN t.amount ELSE 0 END AS posted
        FROM ledger.transfers t LEFT JOIN ledger.transfers h ON h.id = t.pending_id
        WHERE t.number > after AND t.number <= until AND t.created_at <= moment
            AND (only_these IS NULL
                OR t.debit_account = ANY (only_these) OR t.credit_account = ANY (only_these))
    ) AS m
    CROSS JOIN LATERAL (VALUES
        (m.debit_account, true, m.pending, m.posted),
        (m.credit_account, false, m.pending, m.posted)
    ) AS side (account, is_debit, pending, posted)
    WHERE only_these IS NULL OR side.account = ANY (only_these)
    GROUP BY side.account
$$;

-- Write a checkpoint if at least `every` numbers were sealed since the last; how many accounts.
CREATE FUNCTION ledger.checkpoint(every bigint DEFAULT 100000) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    before bigint;
    here   ledger.seals;
    wrote  integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7003, 2);
    SELECT coalesce(max(number), 0) INTO before FROM ledger.checkpoints;
    SELECT * INTO here FROM ledger.seals WHERE last >= before + every ORDER BY number LIMIT 1;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    INSERT INTO ledger.checkpoints (number, latest) VALUES (here.last, here.latest);
    INSERT INTO ledger.checkpoint_accounts
    SELECT m.account, here.last,
        coalesce(m.debits_pending, 0) + coalesce(b.debits_pending, 0),
        coalesce(m.debits_posted, 0) + coalesce(b.debits_posted, 0),
        coalesce(m.credits_pending, 0) + coalesce(b.credits_pending, 0),
        coalesce(m.credits_posted, 0) + coalesce(b.credits_posted, 0)
    FROM ledger.moved(before, here.last, 'infinity', NULL) m
    LEFT JOIN LATERAL (
        SELECT * FROM ledger.checkpoint_accounts c WHERE c.account = m.account
        ORDER BY c.number DESC LIMIT 1
    ) AS b ON true;
    GET DIAGNOSTICS wrote = ROW_COUNT;
    RETURN wrote;
END $$;

-- The counters of an owner's accounts at a moment, those included that had not moved yet.
CREATE FUNCTION ledger.balances_at(of_owner text, moment timestamptz)
RETURNS TABLE (kind text, currency text, debits_pending bigint, debits_posted bigint,
    credits_pending bigint, credits_posted bigint)
LANGUAGE plpgsql STABLE SET search_path = ledger, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    ids  uuid[];
    base bigint;
BEGIN
    SELECT array_agg(a.id) INTO ids FROM ledger.accounts a WHERE a.owner = of_owner;
    SELECT coalesce(max(c.number), 0) INTO base FROM ledger.checkpoints c WHERE c.latest <= moment;
    RETURN QUERY
    SELECT a.kind, a.currency,
        coalesce(m.debits_pending, 0) + coalesce(b.debits_pending, 0),
        coalesce(m.debits_posted, 0) + coalesce(b.debits_posted, 0),
        coalesce(m.credits_pending, 0) + coalesce(b.credits_pending, 0),
        coalesce(m.credits_posted, 0) + coalesce(b.credits_posted, 0)
    FROM ledger.accounts a
    LEFT JOIN ledger.moved(base, 9223372036854775807, moment, ids) m ON m.account = a.id
    LEFT JOIN LATERAL (
        SELECT * FROM ledger.checkpoint_accounts c
        WHERE c.account = a.id AND c.number <= base ORDER BY c.number DESC LIMIT 1
    ) AS b ON true
    WHERE a.owner = of_owner
    ORDER BY a.kind, a.currency;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_rewriting_seals();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.checkpoint_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_rewriting_seals();
REVOKE ALL ON FUNCTION ledger.moved(bigint, bigint, timestamptz, uuid[]),
    ledger.checkpoint(bigint), ledger.balances_at(text, timestamptz) FROM PUBLIC;
GRANT SELECT ON ledger.checkpoints, ledger.checkpoint_accounts TO maalem_payments;
GRANT EXECUTE ON FUNCTION ledger.moved(bigint, bigint, timestamptz, uuid[]),
    ledger.checkpoint(bigint), ledger.balances_at(text, timestamptz) TO maalem_payments;
