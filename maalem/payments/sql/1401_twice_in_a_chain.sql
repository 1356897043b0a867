-- As before (0803), but a chain that has the same new transfer twice is refused, as it is when it
-- comes alone: its second would be posted by its first, and nobody could say which of them was.
CREATE OR REPLACE FUNCTION ledger.decide_many(
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
        ELSIF old_at[i] IS NULL AND j >= start THEN
            word := 'transfers_pkey';
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
