-- An event's body is written and sent as the text that it was made as: `json`, not `jsonb`, so
-- nobody takes it apart in between. It comes beside the unit's document and not inside it.
DROP VIEW events_shown;
ALTER TABLE events ALTER COLUMN data TYPE json USING data::text::json;
CREATE VIEW events_shown AS
    SELECT e.*, 1 AS version, e.connected_account_id IS NOT NULL AS on_behalf,
        (SELECT count(*)::integer FROM event_deliveries d
         WHERE d.event_id = e.id AND d.status = 'pending') AS pending_webhooks
    FROM events e;
GRANT SELECT ON events_shown TO maalem_payments;

-- Write events (their columns as JSON; `bodies` by position) and what has to be delivered. An
-- endpoint with `connect` hears of the connected accounts' events, the others of the account's own.
DROP FUNCTION record_events(jsonb);
DROP FUNCTION record_event(jsonb);
CREATE FUNCTION record_events(docs jsonb, bodies text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH recorded AS (
        INSERT INTO events (id, account_id, connected_account_id, type, object_id, api_version,
            request_id, idempotency_key, created_at, data)
        SELECT * FROM ROWS FROM (
            jsonb_to_recordset(docs) AS (id text, account_id text, connected_account_id text,
                type text, object_id text, api_version text, request_id text,
                idempotency_key text, created_at timestamptz),
            unnest(bodies::json[]))
        RETURNING id, account_id, connected_account_id, type, created_at
    )
    INSERT INTO event_deliveries (event_id, endpoint_id, next_at)
    SELECT e.id, w.id, e.created_at
    FROM recorded e JOIN webhook_endpoints w ON w.account_id = e.account_id
    WHERE w.status = 'enabled' AND NOT w.deleted
      AND w.connect = (e.connected_account_id IS NOT NULL)
      AND (w.enabled_events @> '["*"]' OR w.enabled_events @> jsonb_build_array(e.type));
END $$;

-- Claims as rows, each with its answer.
DROP FUNCTION claim_keys(jsonb, bytea[]);
CREATE FUNCTION claim_keys(claims jsonb, answers bytea[]) RETURNS void LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    finished integer;
    made     integer;
BEGIN
    UPDATE idempotency_keys k SET done = true, status = c.status, body = c.answer
    FROM ROWS FROM (
        jsonb_to_recordset(claims) AS (use text, account_id text, key text, status integer),
        unnest(answers)
    ) AS c (use, account_id, key, status, answer)
    WHERE c.use = 'finish' AND NOT k.done AND k.account_id = c.account_id AND k.key = c.key;
    GET DIAGNOSTICS finished = ROW_COUNT;
    IF finished = jsonb_array_length(claims) THEN
        RETURN;
    END IF;
    INSERT INTO idempotency_keys
        (account_id, key, fingerprint, done, holder, object_id, status, body, request_id)
    SELECT c.account_id, c.key, c.fingerprint, c.use = 'whole', c.holder, c.object_id, c.status,
        CASE WHEN c.use = 'whole' THEN c.answer END, c.request_id
    FROM ROWS FROM (
        jsonb_to_recordset(claims) AS (use text, account_id text, key text, fingerprint text,
            holder integer, object_id text, status integer, request_id text),
        unnest(answers)
    ) AS c (use, account_id, key, fingerprint, holder, object_id, status, request_id, answer)
    WHERE c.use <> 'finish'
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS made = ROW_COUNT;
    IF made <> (SELECT count(*) FROM jsonb_array_elements(claims) c WHERE c ->> 'use' <> 'finish') THEN
        RAISE EXCEPTION USING ERRCODE = 'MA004', MESSAGE = 'key_taken';
    END IF;
END $$;

-- As before (0005, 0008), with the events' bodies beside the document.
DROP FUNCTION commit_unit(jsonb, bytea);
CREATE FUNCTION commit_unit(doc jsonb, answer bytea, bodies text[]) RETURNS text LANGUAGE plpgsql AS $$
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
        CASE put ->> 0
            WHEN 'payment_intents' THEN PERFORM put_payment_intents(put -> 1);
            WHEN 'payment_attempts' THEN PERFORM put_payment_attempts(put -> 1);
            WHEN 'charges' THEN PERFORM put_charges(put -> 1);
            WHEN 'balance_transactions' THEN PERFORM put_balance_transactions(put -> 1);
            WHEN 'payment_methods' THEN PERFORM put_payment_methods(put -> 1);
            ELSE EXECUTE format('SELECT %I($1)', 'put_' || (put ->> 0)) USING put -> 1;
        END CASE;
    END LOOP;
    IF doc -> 'open' <> '[]' THEN
        PERFORM ledger.open(doc -> 'open');
    END IF;
    IF doc -> 'chain' <> '[]' THEN
        PERFORM ledger.post(doc -> 'chain');
    END IF;
    IF doc -> 'events' <> '[]' THEN
        PERFORM record_events(doc -> 'events', bodies);
    END IF;
    RETURN 'done';
EXCEPTION
    WHEN integrity_constraint_violation OR SQLSTATE 'MA001' OR SQLSTATE 'MA002' OR SQLSTATE 'MA003' THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, word = MESSAGE_TEXT,
            broken = CONSTRAINT_NAME;
        RETURN state || ' ' || coalesce(nullif(broken, ''), word);
END $$;

DROP FUNCTION commit_batch(jsonb, bytea[]);
CREATE FUNCTION commit_batch(doc jsonb, answers bytea[], bodies text[]) RETURNS void LANGUAGE plpgsql AS $$
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
        PERFORM record_events(doc -> 'events', bodies);
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION commit_unit(jsonb, bytea, text[]), commit_batch(jsonb, bytea[], text[]),
    claim_keys(jsonb, bytea[]), record_events(jsonb, text[]) TO maalem_payments;
