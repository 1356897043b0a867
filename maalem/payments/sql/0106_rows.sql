-- A batch comes as rows, not as a document: what the service has as columns goes into columns, and
-- nothing is written as JSON, taken apart and read as text in between. A lone unit comes this way
-- too; `commit_unit` is for what is out of the ordinary.

-- Post a linked chain, given as rows; when it was is decided here (see 0001, 0008).
CREATE FUNCTION ledger.post_rows(chain ledger.transfers[]) RETURNS void
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
    FROM unnest(chain) t;
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

CREATE OR REPLACE FUNCTION ledger.post(chain jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
    SELECT ledger.post_rows(array_agg(t))
    FROM jsonb_populate_recordset(NULL::ledger.transfers, chain) t
$$;
REVOKE ALL ON FUNCTION ledger.post_rows(ledger.transfers[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.post_rows(ledger.transfers[]) TO maalem_payments;

-- Write change_<table>(rows): whole records of one table, each in the place of the version before.
-- Call it again after the table has changed.
CREATE FUNCTION make_change(relation text) RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
    sets text;
BEGIN
    SELECT string_agg(format('%1$I = n.%1$I', attname), ', ' ORDER BY attnum) INTO sets
    FROM pg_attribute
    WHERE attrelid = relation::regclass AND attnum > 0 AND NOT attisdropped
      AND attname NOT IN ('id', 'created_at');
    EXECUTE format($body$
        CREATE OR REPLACE FUNCTION change_%1$s(rows %1$s[]) RETURNS void LANGUAGE plpgsql
        SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $put$
        DECLARE
            changed integer;
        BEGIN
            UPDATE %1$s t SET %2$s FROM unnest(rows) n
            WHERE t.id = n.id AND t.version = n.version - 1;
            GET DIAGNOSTICS changed = ROW_COUNT;
            IF changed <> cardinality(rows) THEN
                RAISE EXCEPTION USING ERRCODE = 'MA002', MESSAGE = 'changed_meanwhile',
                    DETAIL = '%1$s';
            END IF;
        END $put$
    $body$, relation, sets);
END $make$;

DROP FUNCTION commit_batch(jsonb, bytea[], text[]);
DO $$
DECLARE
    batched text;
BEGIN
    FOREACH batched IN ARRAY ARRAY['payment_methods', 'payment_intents', 'payment_attempts',
        'charges', 'balance_transactions'] LOOP
        EXECUTE format('DROP FUNCTION add_%1$s(jsonb), change_%1$s(jsonb)', batched);
    END LOOP;
END $$;
DROP FUNCTION make_batch_puts(text);
DROP FUNCTION claim_keys(jsonb, bytea[]);
DROP FUNCTION record_events(jsonb, text[]);
SELECT make_change(name) FROM unnest(ARRAY['payment_methods', 'payment_intents',
    'payment_attempts', 'charges', 'balance_transactions', 'checkout_sessions']) AS name;

-- Keys that are answered now after they were held, and keys that are claimed; raises for a key that
-- was claimed before.
CREATE FUNCTION claim_keys(claimed idempotency_keys[], finished idempotency_keys[]) RETURNS void
LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    made integer;
BEGIN
    IF cardinality(finished) > 0 THEN
        UPDATE idempotency_keys k SET done = true, status = c.status, body = c.body
        FROM unnest(finished) c
        WHERE NOT k.done AND k.account_id = c.account_id AND k.key = c.key;
    END IF;
    IF cardinality(claimed) > 0 THEN
        INSERT INTO idempotency_keys
            (account_id, key, fingerprint, done, holder, object_id, status, body, request_id)
        SELECT account_id, key, fingerprint, done, holder, object_id, status, body, request_id
        FROM unnest(claimed)
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS made = ROW_COUNT;
        IF made <> cardinality(claimed) THEN
            RAISE EXCEPTION USING ERRCODE = 'MA004', MESSAGE = 'key_taken';
        END IF;
    END IF;
END $$;

-- Write events and what has to be delivered. An endpoint with `connect` hears of the connected
-- accounts' events, the others of the account's own.
CREATE FUNCTION record_events(told events[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO events SELECT * FROM unnest(told);
    INSERT INTO event_deliveries (event_id, endpoint_id, next_at)
    SELECT e.id, w.id, e.created_at
    FROM unnest(told) e JOIN webhook_endpoints w ON w.account_id = e.account_id
    WHERE w.status = 'enabled' AND NOT w.deleted
      AND w.connect = (e.connected_account_id IS NOT NULL)
      AND (w.enabled_events @> '["*"]' OR w.enabled_events @> jsonb_build_array(e.type));
END $$;

-- As before (0011), with the events as rows.
DROP FUNCTION commit_unit(jsonb, bytea, text[]);
CREATE FUNCTION commit_unit(doc jsonb, answer bytea, told events[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    put    jsonb;
    state  text;
    word   text;
    broken text;
BEGIN
    IF jsonb_typeof(doc -> 'claim') = 'object' AND NOT claim_key(doc -> 'claim', answer) THEN
        RETURN 'key_taken';
    END IF;
    FOR put IN SELECT * FROM jsonb_array_elements(doc -> 'puts') LOOP
        EXECUTE format('SELECT %I($1)', 'put_' || (put ->> 0)) USING put -> 1;
    END LOOP;
    IF doc -> 'open' <> '[]' THEN
        PERFORM ledger.open(doc -> 'open');
    END IF;
    IF doc -> 'chain' <> '[]' THEN
        PERFORM ledger.post(doc -> 'chain');
    END IF;
    IF cardinality(told) > 0 THEN
        PERFORM record_events(told);
    END IF;
    RETURN 'done';
EXCEPTION
    WHEN integrity_constraint_violation OR SQLSTATE 'MA001' OR SQLSTATE 'MA002' OR SQLSTATE 'MA003' THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, word = MESSAGE_TEXT,
            broken = CONSTRAINT_NAME;
        RETURN state || ' ' || coalesce(nullif(broken, ''), word);
END $$;

-- Units at once, if they are of the usual kind and none is refused: anything out of the ordinary
-- raises, nothing is written, and the writer hands the units to commit_unit one by one.
CREATE FUNCTION commit_batch(
    claimed idempotency_keys[], finished idempotency_keys[],
    new_methods payment_methods[], methods payment_methods[],
    new_intents payment_intents[], intents payment_intents[],
    new_attempts payment_attempts[], attempts payment_attempts[],
    new_charges charges[], changed_charges charges[],
    new_lines balance_transactions[], lines balance_transactions[],
    new_sessions checkout_sessions[], sessions checkout_sessions[],
    chain ledger.transfers[], told events[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM claim_keys(claimed, finished);
    IF cardinality(new_methods) > 0 THEN
        INSERT INTO payment_methods SELECT * FROM unnest(new_methods);
    END IF;
    IF cardinality(new_intents) > 0 THEN
        INSERT INTO payment_intents SELECT * FROM unnest(new_intents);
    END IF;
    IF cardinality(new_attempts) > 0 THEN
        INSERT INTO payment_attempts SELECT * FROM unnest(new_attempts);
    END IF;
    IF cardinality(new_charges) > 0 THEN
        INSERT INTO charges SELECT * FROM unnest(new_charges);
    END IF;
    IF cardinality(new_lines) > 0 THEN
        INSERT INTO balance_transactions SELECT * FROM unnest(new_lines);
    END IF;
    IF cardinality(new_sessions) > 0 THEN
        INSERT INTO checkout_sessions SELECT * FROM unnest(new_sessions);
    END IF;
    IF cardinality(methods) > 0 THEN PERFORM change_payment_methods(methods); END IF;
    IF cardinality(intents) > 0 THEN PERFORM change_payment_intents(intents); END IF;
    IF cardinality(attempts) > 0 THEN PERFORM change_payment_attempts(attempts); END IF;
    IF cardinality(changed_charges) > 0 THEN PERFORM change_charges(changed_charges); END IF;
    IF cardinality(lines) > 0 THEN PERFORM change_balance_transactions(lines); END IF;
    IF cardinality(sessions) > 0 THEN PERFORM change_checkout_sessions(sessions); END IF;
    IF cardinality(chain) > 0 THEN PERFORM ledger.post_rows(chain); END IF;
    IF cardinality(told) > 0 THEN PERFORM record_events(told); END IF;
END $$;

GRANT EXECUTE ON FUNCTION commit_unit(jsonb, bytea, events[]) TO maalem_payments;
