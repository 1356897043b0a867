-- The bulk path: hundreds or thousands of independent chains in one call, each with its own outcome.

-- How a transfer differs from the one that was posted before under the same id, or NULL.
CREATE FUNCTION ledger.difference(old ledger.transfers, new ledger.transfers) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN old.kind <> new.kind THEN 'exists_with_different_kind'
        WHEN old.pending_id IS DISTINCT FROM new.pending_id THEN 'exists_with_different_pending_id'
        WHEN old.debit_account <> new.debit_account THEN 'exists_with_different_debit_account'
        WHEN old.credit_account <> new.credit_account THEN 'exists_with_different_credit_account'
        WHEN old.amount <> new.amount THEN 'exists_with_different_amount'
        WHEN old.currency <> new.currency THEN 'exists_with_different_currency'
        WHEN old.timeout_s <> new.timeout_s THEN 'exists_with_different_timeout'
        WHEN old.code <> new.code THEN 'exists_with_different_code'
        WHEN old.source <> new.source THEN 'exists_with_different_source' END
$$;

CREATE OR REPLACE FUNCTION ledger.compare(old ledger.transfers, new ledger.transfers) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    word text := ledger.difference(old, new);
BEGIN
    IF word IS NOT NULL THEN
        PERFORM ledger.refuse(word, new.id::text);
    END IF;
END $$;

-- What a transfer lacks by itself, in the order in which the table would say so, or NULL.
CREATE FUNCTION ledger.fault(t ledger.transfers) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN t.debit_account = t.credit_account THEN 'accounts_differ'
        WHEN NOT (t.amount > 0 OR (t.kind IN ('void', 'expire') AND t.amount = 0)) THEN 'amount_positive'
        WHEN (t.kind IN ('post', 'void', 'expire')) <> (t.pending_id IS NOT NULL) THEN 'resolves_something'
        WHEN t.code !~ '^[a-z_]+$' THEN 'transfers_code_check'
        WHEN t.timeout_s < 0 THEN 'transfers_timeout_s_check' END
$$;

-- Post chains: `chains` says for each transfer of `batch` which chain it is of, and a chain's
-- transfers stand together. Each chain is decided as if it came alone, in order, and succeeds or
-- fails whole. The answer has for each transfer `created`, `exists` (it was there, the same), the
-- word by which it is refused, or `linked_event_failed` where another of its chain was.
--
-- Where nothing can be refused whatever the order, all is written at once (`decide_many` is for the
-- rest). Either way each account is locked and touched once.
CREATE FUNCTION ledger.post_many(batch ledger.transfers[], chains integer[]) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp
SET enable_seqscan = off SET jit = off AS $$
DECLARE
    fresh ledger.transfers[];
    owned ledger.accounts[];
    plain boolean;
BEGIN
    IF coalesce(cardinality(batch), 0) = 0 THEN
        RETURN '{}';
    END IF;
    SELECT array_agg(ROW(t.id, t.debit_account, t.credit_account, t.amount, t.currency,
        coalesce(t.kind, 'posted'), t.pending_id, coalesce(t.timeout_s, 0), t.code, t.source,
        NULL, NULL)::ledger.transfers) INTO fresh
    FROM unnest(batch) t;
    SELECT array_agg(locked) INTO owned FROM (
        SELECT a.* FROM ledger.accounts a WHERE a.id = ANY (ARRAY(
            SELECT debit_account FROM unnest(fresh) UNION SELECT credit_account FROM unnest(fresh)))
        ORDER BY a.id FOR UPDATE
    ) AS locked;
    SELECT count(DISTINCT t.id) = count(*) AND count(d.id) = count(*) AND count(c.id) = count(*)
        AND bool_and(t.kind IN ('posted', 'pending') AND t.currency = d.currency
            AND t.currency = c.currency AND ledger.fault(t) IS NULL)
    INTO plain
    FROM unnest(fresh) t
    LEFT JOIN unnest(owned) d ON d.id = t.debit_account
    LEFT JOIN unnest(owned) c ON c.id = t.credit_account;
    IF plain THEN
        plain := NOT EXISTS (SELECT FROM ledger.transfers k
                             WHERE k.id = ANY (ARRAY(SELECT id FROM unnest(fresh))))
            AND NOT EXISTS (
                SELECT FROM unnest(owned) a
                JOIN (SELECT debit_account, sum(amount) AS amount FROM unnest(fresh) GROUP BY 1) t
                    ON t.debit_account = a.id
                WHERE a.debits_must_not_exceed_credits
                    AND a.debits_pending + a.debits_posted + t.amount > a.credits_posted)
            AND NOT EXISTS (
                SELECT FROM unnest(owned) a
                JOIN (SELECT credit_account, sum(amount) AS amount FROM unnest(fresh) GROUP BY 1) t
                    ON t.credit_account = a.id
                WHERE a.credits_must_not_exceed_debits
                    AND a.credits_pending + a.credits_posted + t.amount > a.debits_posted);
    END IF;
    IF NOT plain THEN
        RETURN ledger.decide_many(fresh, chains, owned);
    END IF;
    PERFORM ledger.write_new(ledger.stamped(fresh));
    RETURN array_fill('created'::text, ARRAY[cardinality(fresh)]);
END $$;

CREATE FUNCTION ledger.stamped(chain ledger.transfers[]) RETURNS ledger.transfers[]
LANGUAGE sql VOLATILE AS $$
    SELECT array_agg(ROW(t.id, t.debit_account, t.credit_account, t.amount, t.currency, t.kind,
        t.pending_id, t.timeout_s, t.code, t.source, clock_timestamp(), NULL)::ledger.transfers)
    FROM unnest(chain) t
$$;

-- One chain after the other, in memory: the accounts are locked, and so are the holds by theirs.
CREATE FUNCTION ledger.decide_many(
    batch ledger.transfers[], chains integer[], owned ledger.accounts[]
) RETURNS text[] LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    words  text[] := array_fill(NULL::text, ARRAY[cardinality(batch)]);
    -- The accounts, by place: debits and credits, pending and posted.
    dp bigint[]; dd bigint[]; cp bigint[]; cc bigint[]; no_debt boolean[]; no_claim boolean[];
    money text[];
    -- Of each transfer: its accounts' places, the last one before with its id, the hold it resolves
    -- and the hold it is, by place.
    d_at integer[]; c_at integer[]; twin integer[]; of_hold integer[]; as_hold integer[];
    old_at integer[]; faults text[];
    -- The holds, by place.
    held ledger.transfers[]; ended text[];
    known ledger.transfers[];
    fresh ledger.transfers[];
    t      record;
    old    ledger.transfers;
    hold   ledger.transfers;
    undone ledger.transfers;
    word   text;
    start  integer := 1;
    n      integer := cardinality(batch);
    i integer; j integer; d integer; c integer; culprit integer;
    sign integer;
    pending bigint; posted bigint;
BEGIN
    SELECT array_agg(a.debits_pending ORDER BY a.id), array_agg(a.debits_posted ORDER BY a.id),
        array_agg(a.credits_pending ORDER BY a.id), array_agg(a.credits_posted ORDER BY a.id),
        array_agg(a.debits_must_not_exceed_credits ORDER BY a.id),
        array_agg(a.credits_must_not_exceed_debits ORDER BY a.id), array_agg(a.currency ORDER BY a.id)
    INTO dp, dd, cp, cc, no_debt, no_claim, money FROM unnest(owned) a;
    known := ARRAY(SELECT k FROM ledger.transfers k
                   WHERE k.id = ANY (ARRAY(SELECT id FROM unnest(batch))));
    -- Holds are listed by their ids, found or not; one that is made by this batch is filled in then.
    SELECT array_agg(h ORDER BY p.id), array_agg(r.kind::text ORDER BY p.id)
    INTO held, ended
    FROM (SELECT DISTINCT pending_id AS id FROM unnest(batch) WHERE pending_id IS NOT NULL) p
    LEFT JOIN ledger.transfers h ON h.id = p.id
    LEFT JOIN ledger.transfers r ON r.pending_id = p.id;
    SELECT array_agg(a.place ORDER BY b.place), array_agg(k.place ORDER BY b.place),
        array_agg(b.twin ORDER BY b.place), array_agg(p.place ORDER BY b.place),
        array_agg(s.place ORDER BY b.place), array_agg(o.place ORDER BY b.place)
    INTO d_at, c_at, twin, of_hold, as_hold, old_at
    FROM (
        SELECT u.*, lag(u.place) OVER (PARTITION BY u.id ORDER BY u.place) AS twin
        FROM (SELECT b.*, b.ordinality AS place FROM unnest(batch) WITH ORDINALITY b) u
    ) AS b
    LEFT JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM unnest(owned)) a
        ON a.id = b.debit_account
    LEFT JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM unnest(owned)) k
        ON k.id = b.credit_account
    LEFT JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM (
        SELECT DISTINCT pending_id AS id FROM unnest(batch) WHERE pending_id IS NOT NULL) q) p
        ON p.id = b.pending_id
    LEFT JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM (
        SELECT DISTINCT pending_id AS id FROM unnest(batch) WHERE pending_id IS NOT NULL) q) s
        ON s.id = b.id
    LEFT JOIN (SELECT o.id, o.ordinality AS place FROM unnest(known) WITH ORDINALITY o) o
        ON o.id = b.id;
    faults := ARRAY(SELECT coalesce(ledger.fault(b),
            CASE WHEN money[d_at[ordinality]] <> q.currency THEN 'debit_account_currency'
                 WHEN money[c_at[ordinality]] <> q.currency THEN 'credit_account_currency' END)
        FROM unnest(batch) WITH ORDINALITY AS q (id, debit_account, credit_account, amount, currency,
            kind, pending_id, timeout_s, code, source, created_at, number, ordinality)
        CROSS JOIN LATERAL (SELECT ROW(q.id, q.debit_account, q.credit_account, q.amount, q.currency,
            q.kind, q.pending_id, q.timeout_s, q.code, q.source, q.created_at, q.number
            )::ledger.transfers AS b) AS r
        ORDER BY ordinality);

    FOR t IN SELECT * FROM unnest(batch) WITH ORDINALITY LOOP
        i := t.ordinality;
        IF i > 1 AND chains[i] <> chains[i - 1] THEN
            start := i;
        END IF;
        IF i > start AND words[i - 1] NOT IN ('created', 'exists') THEN
            words[i] := 'linked_event_failed';
            CONTINUE;
        END IF;
        d := d_at[i];
        c := c_at[i];
        word := NULL;
        j := twin[i];
        WHILE j IS NOT NULL AND words[j] <> 'created' LOOP
            j := twin[j];
        END LOOP;
        IF d IS NULL OR c IS NULL THEN
            word := 'account_not_found';
        ELSIF old_at[i] IS NOT NULL OR j IS NOT NULL THEN
            old := CASE WHEN old_at[i] IS NOT NULL THEN known[old_at[i]] ELSE batch[j] END;
            word := coalesce(ledger.difference(old, batch[i]), 'exists');
        ELSE
            IF t.pending_id IS NOT NULL THEN
                hold := held[of_hold[i]];
                word := CASE
                    WHEN hold.id IS NULL THEN 'pending_transfer_not_found'
                    WHEN hold.kind <> 'pending' THEN 'pending_transfer_not_pending'
                    WHEN hold.debit_account <> t.debit_account
                        OR hold.credit_account <> t.credit_account
                        THEN 'pending_transfer_has_different_accounts'
                    WHEN hold.currency <> t.currency THEN 'pending_transfer_has_different_currency'
                    WHEN ended[of_hold[i]] = 'post' THEN 'pending_transfer_already_posted'
                    WHEN ended[of_hold[i]] = 'void' THEN 'pending_transfer_already_voided'
                    WHEN ended[of_hold[i]] = 'expire' THEN 'pending_transfer_expired'
                    WHEN t.kind = 'post' AND hold.timeout_s > 0
                        AND hold.created_at + make_interval(secs => hold.timeout_s)
                            <= clock_timestamp() THEN 'pending_transfer_expired'
                    WHEN t.amount > hold.amount THEN 'exceeds_pending_transfer_amount' END;
            END IF;
            word := coalesce(word, faults[i], 'created');
        END IF;
        words[i] := word;
        culprit := CASE WHEN word NOT IN ('created', 'exists') THEN i END;
        IF word = 'created' THEN
            pending := CASE WHEN t.kind = 'pending' THEN t.amount
                            WHEN t.pending_id IS NOT NULL THEN -hold.amount ELSE 0 END;
            posted := CASE WHEN t.kind IN ('posted', 'post') THEN t.amount ELSE 0 END;
            dp[d] := dp[d] + pending; dd[d] := dd[d] + posted;
            cp[c] := cp[c] + pending; cc[c] := cc[c] + posted;
            IF t.pending_id IS NOT NULL THEN
                ended[of_hold[i]] := t.kind;
            END IF;
        END IF;
        IF culprit IS NULL AND (i = n OR chains[i + 1] <> chains[i]) THEN
            -- The chain is whole: do its accounts bear it?
            FOR j IN REVERSE i .. start LOOP
                CONTINUE WHEN words[j] <> 'created';
                d := d_at[j];
                c := c_at[j];
                word := CASE
                    WHEN no_debt[d] AND dp[d] + dd[d] > cc[d] THEN 'exceeds_credits'
                    WHEN no_claim[c] AND cp[c] + cc[c] > dd[c] THEN 'exceeds_debits' END;
                IF word IS NOT NULL THEN
                    culprit := j;
                    EXIT;
                END IF;
            END LOOP;
            -- Its holds may be resolved by the chains after it.
            FOR j IN start .. i LOOP
                IF culprit IS NULL AND words[j] = 'created' AND as_hold[j] IS NOT NULL THEN
                    hold := batch[j];
                    hold.created_at := clock_timestamp();
                    held[as_hold[j]] := hold;
                END IF;
            END LOOP;
        END IF;
        IF culprit IS NOT NULL THEN
            FOR j IN start .. i LOOP
                IF words[j] = 'created' THEN
                    undone := batch[j];
                    d := d_at[j];
                    c := c_at[j];
                    hold := CASE WHEN undone.pending_id IS NOT NULL THEN held[of_hold[j]] END;
                    pending := CASE WHEN undone.kind = 'pending' THEN undone.amount
                                    WHEN undone.pending_id IS NOT NULL THEN -hold.amount ELSE 0 END;
                    posted := CASE WHEN undone.kind IN ('posted', 'post') THEN undone.amount ELSE 0 END;
                    dp[d] := dp[d] - pending; dd[d] := dd[d] - posted;
                    cp[c] := cp[c] - pending; cc[c] := cc[c] - posted;
                    IF undone.pending_id IS NOT NULL THEN
                        ended[of_hold[j]] := NULL;
                    END IF;
                END IF;
            END LOOP;
            FOR j IN start .. i LOOP
                words[j] := CASE WHEN j = culprit THEN word ELSE 'linked_event_failed' END;
            END LOOP;
        END IF;
    END LOOP;

    SELECT array_agg(batch[place] ORDER BY place) INTO fresh
    FROM generate_series(1, n) AS place WHERE words[place] = 'created';
    IF cardinality(fresh) > 0 THEN
        PERFORM ledger.write_many(ledger.stamped(fresh));
    END IF;
    RETURN words;
END $$;

CREATE FUNCTION ledger.write_many(chain ledger.transfers[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM unnest(chain) t WHERE t.pending_id IS NOT NULL) THEN
        PERFORM ledger.write(chain);
    ELSE
        PERFORM ledger.write_new(chain);
    END IF;
END $$;

REVOKE ALL ON FUNCTION ledger.difference(ledger.transfers, ledger.transfers),
    ledger.fault(ledger.transfers), ledger.stamped(ledger.transfers[]),
    ledger.write_many(ledger.transfers[]), ledger.post_many(ledger.transfers[], integer[]),
    ledger.decide_many(ledger.transfers[], integer[], ledger.accounts[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.post_many(ledger.transfers[], integer[]) TO maalem_payments;
