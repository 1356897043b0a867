-- The hot path, written once for a whole batch. Each index pays for itself at every payment, so
-- those go that another one can stand in for.
ALTER TABLE payment_attempts DROP CONSTRAINT payment_attempts_reference_key;
ALTER TABLE payment_attempts ADD CONSTRAINT reference_is_the_id CHECK (reference = id);
ALTER TABLE payment_attempts DROP CONSTRAINT payment_attempts_token_key;
CREATE UNIQUE INDEX payment_attempts_token ON payment_attempts (token) WHERE token IS NOT NULL;
-- `one_attempt_at_a_time` holds every open attempt; `one_charge_per_intent` every success.
DROP INDEX payment_attempts_open;
DROP INDEX payment_attempts_expiry;
DROP INDEX one_success_per_intent;
DROP INDEX events_object;
DROP INDEX payment_methods_customer;
CREATE INDEX payment_methods_customer ON payment_methods (customer_id, id)
    WHERE customer_id IS NOT NULL;
ALTER TABLE ledger.transfers DROP CONSTRAINT resolved_once;
CREATE UNIQUE INDEX resolved_once ON ledger.transfers (pending_id) WHERE pending_id IS NOT NULL;

-- Write add_<table>(jsonb) and change_<table>(jsonb): whole records of one table, many at once.
CREATE FUNCTION make_batch_puts(relation text) RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
    sets text;
BEGIN
    SELECT string_agg(format('%1$I = n.%1$I', attname), ', ' ORDER BY attnum) INTO sets
    FROM pg_attribute
    WHERE attrelid = relation::regclass AND attnum > 0 AND NOT attisdropped
      AND attname NOT IN ('id', 'created_at');
    EXECUTE format($body$
        CREATE OR REPLACE FUNCTION add_%1$s(docs jsonb) RETURNS void LANGUAGE plpgsql AS $put$
        BEGIN
            INSERT INTO %1$s SELECT * FROM jsonb_populate_recordset(NULL::%1$s, docs);
        END $put$;
        CREATE OR REPLACE FUNCTION change_%1$s(docs jsonb) RETURNS void LANGUAGE plpgsql
        SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $put$
        DECLARE
            changed integer;
        BEGIN
            UPDATE %1$s t SET %2$s FROM jsonb_populate_recordset(NULL::%1$s, docs) n
            WHERE t.id = n.id AND t.version = n.version - 1;
            GET DIAGNOSTICS changed = ROW_COUNT;
            IF changed <> jsonb_array_length(docs) THEN
                RAISE EXCEPTION USING ERRCODE = 'MA002', MESSAGE = 'changed_meanwhile',
                    DETAIL = '%1$s';
            END IF;
        END $put$
    $body$, relation, sets);
END $make$;

SELECT make_batch_puts(name) FROM unnest(ARRAY['payment_methods', 'payment_intents',
    'payment_attempts', 'charges', 'balance_transactions']) AS name;

-- Many units at once, if they are of the usual kind and none is refused: anything out of the
-- ordinary raises, nothing is written, and the writer hands the units to commit_unit one by one.
--
-- doc: {"claims": [...], "adds": {table: [...]}, "changes": {table: [...]}, "chain": [...],
--       "events": [...]}; `answers` belong to the claims by position.
CREATE FUNCTION commit_batch(doc jsonb, answers bytea[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    part jsonb;
BEGIN
    IF doc -> 'claims' <> '[]' THEN
        PERFORM claim_keys(doc -> 'claims', answers);
    END IF;
    part := doc -> 'adds';
    IF part ? 'payment_methods' THEN PERFORM add_payment_methods(part -> 'payment_methods'); END IF;
    IF part ? 'payment_intents' THEN PERFORM add_payment_intents(part -> 'payment_intents'); END IF;
    IF part ? 'payment_attempts' THEN PERFORM add_payment_attempts(part -> 'payment_attempts'); END IF;
    IF part ? 'charges' THEN PERFORM add_charges(part -> 'charges'); END IF;
    IF part ? 'balance_transactions' THEN
        PERFORM add_balance_transactions(part -> 'balance_transactions');
    END IF;
    part := doc -> 'changes';
    IF part ? 'payment_intents' THEN PERFORM change_payment_intents(part -> 'payment_intents'); END IF;
    IF part ? 'payment_attempts' THEN PERFORM change_payment_attempts(part -> 'payment_attempts'); END IF;
    IF part ? 'charges' THEN PERFORM change_charges(part -> 'charges'); END IF;
    IF part ? 'balance_transactions' THEN
        PERFORM change_balance_transactions(part -> 'balance_transactions');
    END IF;
    IF doc -> 'chain' <> '[]' THEN
        PERFORM ledger.post(doc -> 'chain');
    END IF;
    IF doc -> 'events' <> '[]' THEN
        PERFORM record_events(doc -> 'events');
    END IF;
END $$;

CREATE FUNCTION claim_keys(claims jsonb, answers bytea[]) RETURNS void LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    wanted integer;
    made   integer;
BEGIN
    SELECT count(*) INTO wanted FROM jsonb_array_elements(claims) c WHERE c ->> 'use' <> 'finish';
    IF wanted > 0 THEN
        INSERT INTO idempotency_keys
            (account_id, key, fingerprint, done, holder, object_id, status, body, request_id)
        SELECT c ->> 'account_id', c ->> 'key', c ->> 'fingerprint', c ->> 'use' = 'whole',
            (c ->> 'holder')::integer, c ->> 'object_id', (c ->> 'status')::integer,
            CASE WHEN c ->> 'use' = 'whole' THEN answers[place] END, c ->> 'request_id'
        FROM jsonb_array_elements(claims) WITH ORDINALITY AS claim (c, place)
        WHERE c ->> 'use' <> 'finish'
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS made = ROW_COUNT;
        IF made <> wanted THEN
            RAISE EXCEPTION USING ERRCODE = 'MA004', MESSAGE = 'key_taken';
        END IF;
    END IF;
    IF wanted < jsonb_array_length(claims) THEN
        UPDATE idempotency_keys k
        SET done = true, status = (c ->> 'status')::integer, body = answers[place]
        FROM jsonb_array_elements(claims) WITH ORDINALITY AS claim (c, place)
        WHERE c ->> 'use' = 'finish' AND NOT k.done
          AND k.account_id = c ->> 'account_id' AND k.key = c ->> 'key';
    END IF;
END $$;

CREATE FUNCTION record_events(docs jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH recorded AS (
        INSERT INTO events SELECT * FROM jsonb_populate_recordset(NULL::events, docs)
        RETURNING id, account_id, connected_account_id, type, created_at
    )
    INSERT INTO event_deliveries (event_id, endpoint_id, next_at)
    SELECT e.id, w.id, e.created_at
    FROM recorded e JOIN webhook_endpoints w ON w.account_id = e.account_id
    WHERE w.status = 'enabled' AND NOT w.deleted
      AND w.connect = (e.connected_account_id IS NOT NULL)
      AND (w.enabled_events @> '["*"]' OR w.enabled_events @> jsonb_build_array(e.type));
END $$;
GRANT EXECUTE ON FUNCTION commit_batch(jsonb, bytea[]), claim_keys(jsonb, bytea[]),
    record_events(jsonb) TO maalem_payments;

-- The same as before, set-based: what is there already is found in one look-up.
CREATE OR REPLACE FUNCTION ledger.post(chain jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    fresh ledger.transfers[];
    item  ledger.transfers;
    known ledger.transfers;
BEGIN
    SELECT array_agg(ROW(t.id, t.debit_account, t.credit_account, t.amount, t.currency,
        coalesce(t.kind, 'posted'), t.pending_id, coalesce(t.timeout_s, 0), t.code, t.source,
        clock_timestamp())::ledger.transfers) INTO fresh
    FROM jsonb_populate_recordset(NULL::ledger.transfers, chain) t;
    PERFORM ledger.lock_accounts(fresh);
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

-- Postings and holds that resolve nothing: the common case, without looking a hold up.
CREATE FUNCTION ledger.write_new(chain ledger.transfers[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger.transfers SELECT * FROM unnest(chain);
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
REVOKE ALL ON FUNCTION ledger.write_new(ledger.transfers[]) FROM PUBLIC;
