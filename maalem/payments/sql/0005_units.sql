-- One unit of work, committed as a whole: records, ledger chain, events and the answer to an
-- idempotency key. It returns 'done', 'key_taken' when the key has been claimed before, or
-- '<SQLSTATE> <what was refused>' with none of the unit written; its neighbours in the same
-- transaction are not touched.
--
-- doc: {"claim": {...}|null, "puts": [[table, record], …], "open": [...], "chain": [...],
--       "events": [...]}
CREATE FUNCTION commit_unit(doc jsonb, answer bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    put    jsonb;
    event  jsonb;
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
    FOR event IN SELECT * FROM jsonb_array_elements(doc -> 'events') LOOP
        PERFORM record_event(event);
    END LOOP;
    RETURN 'done';
EXCEPTION
    WHEN integrity_constraint_violation OR SQLSTATE 'MA001' OR SQLSTATE 'MA002' OR SQLSTATE 'MA003' THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, word = MESSAGE_TEXT,
            broken = CONSTRAINT_NAME;
        RETURN state || ' ' || coalesce(nullif(broken, ''), word);
END $$;

-- Three uses: `hold` claims a key for a payment that is about to be asked of the rail, `finish`
-- writes its answer, `whole` does both at once. False: the key was claimed before.
CREATE FUNCTION claim_key(claim jsonb, answer bytea) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF claim ->> 'use' = 'finish' THEN
        UPDATE idempotency_keys k
        SET done = true, status = (claim ->> 'status')::integer, body = answer
        WHERE k.account_id = claim ->> 'account_id' AND k.key = claim ->> 'key' AND NOT done;
        RETURN true;
    END IF;
    INSERT INTO idempotency_keys
        (account_id, key, fingerprint, done, holder, object_id, status, body, request_id)
    VALUES (claim ->> 'account_id', claim ->> 'key', claim ->> 'fingerprint',
        claim ->> 'use' = 'whole', (claim ->> 'holder')::integer, claim ->> 'object_id',
        (claim ->> 'status')::integer,
        CASE WHEN claim ->> 'use' = 'whole' THEN answer END, claim ->> 'request_id')
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION commit_unit(jsonb, bytea), claim_key(jsonb, bytea) TO maalem_payments;
