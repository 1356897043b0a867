-- An attempt that the rail answers at once is kept by its charge: the row that it left before the
-- rail was asked goes in the commit that writes the charge. What stays in payment_attempts is what
-- is open, what a payer was asked about, and what came to nothing. A charge's id is that of its
-- attempt with another prefix, so that the network's reference leads to it.
ALTER TABLE charges
    ADD COLUMN network_reference text,
    DROP CONSTRAINT charges_attempt_id_fkey,
    ADD CONSTRAINT charges_intent_id_fkey FOREIGN KEY (intent_id) REFERENCES payment_intents (id);
SELECT make_put('charges');
SELECT make_change('charges');

-- Write charges, and let the attempts among theirs that `ended` names go: the service can't delete
-- an attempt otherwise, nor one without a charge. Raises changed_meanwhile where one is not as it was
-- sent any more.
CREATE FUNCTION charge_at_once(ended text[], new_charges charges[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone integer;
BEGIN
    IF cardinality(ended) <> (SELECT count(*) FROM unnest(new_charges) c
            WHERE c.attempt_id = ANY (ended) AND c.id = charge_of_attempt(c.attempt_id)) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'attempts_end_in_charges',
            MESSAGE = 'attempts_end_in_charges';
    END IF;
    -- In its first version an attempt is sent. Its status is not named, or the index of those that
    -- are open would be read, which is full of those that are gone.
    DELETE FROM payment_attempts a USING unnest(ended) AS e (id)
    WHERE a.id = e.id AND a.version = 1;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone <> cardinality(ended) THEN
        RAISE EXCEPTION USING ERRCODE = 'MA002', MESSAGE = 'changed_meanwhile',
            DETAIL = 'payment_attempts';
    END IF;
    INSERT INTO charges SELECT * FROM unnest(new_charges);
END $$;
CREATE FUNCTION charge_of_attempt(reference text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT 'ch_' || substr(reference, 5) $$;
REVOKE EXECUTE ON FUNCTION charge_at_once(text[], charges[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION charge_at_once(text[], charges[]) TO maalem_payments;

-- As before (0900), with attempts that end.
CREATE OR REPLACE FUNCTION commit_unit(
    doc jsonb, answer bytea, told events[], counted risk_count[]
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    put    jsonb;
    ended  text[] := ARRAY(SELECT jsonb_array_elements_text(doc -> 'ended'));
    gone   boolean := cardinality(ended) = 0;
    state  text;
    word   text;
    broken text;
BEGIN
    IF jsonb_typeof(doc -> 'claim') = 'object' AND NOT claim_key(doc -> 'claim', answer) THEN
        RETURN 'key_taken';
    END IF;
    FOR put IN SELECT * FROM jsonb_array_elements(doc -> 'puts') LOOP
        IF put ->> 0 = 'charges' AND put -> 1 ->> 'attempt_id' = ANY (ended) THEN
            PERFORM charge_at_once(ended, ARRAY[jsonb_populate_record(NULL::charges, put -> 1)]);
            gone := true;
        ELSE
            EXECUTE format('SELECT %I($1)', 'put_' || (put ->> 0)) USING put -> 1;
        END IF;
    END LOOP;
    IF NOT gone THEN
        PERFORM charge_at_once(ended, '{}');
    END IF;
    IF doc -> 'open' <> '[]' THEN
        PERFORM ledger.open(doc -> 'open');
    END IF;
    IF doc -> 'chain' <> '[]' THEN
        PERFORM ledger.post(doc -> 'chain');
    END IF;
    IF cardinality(counted) > 0 THEN
        PERFORM count_risk(counted);
    END IF;
    IF cardinality(told) > 0 THEN
        PERFORM record_events(told);
    END IF;
    RETURN 'done';
EXCEPTION
    WHEN integrity_constraint_violation OR SQLSTATE 'MA001' OR SQLSTATE 'MA002' OR SQLSTATE 'MA003'
        OR SQLSTATE 'MA005' THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, word = MESSAGE_TEXT,
            broken = CONSTRAINT_NAME;
        RETURN state || ' ' || coalesce(nullif(broken, ''), word);
END $$;

-- As before (1220, 1222), with attempts that end.
DROP FUNCTION commit_batch(
    idempotency_keys[], idempotency_keys[], payment_methods[], payment_methods[],
    payment_intents[], payment_intents[], payment_attempts[], payment_attempts[],
    charges[], charges[], balance_transactions[], balance_transactions[],
    checkout_sessions[], checkout_sessions[], ledger.transfers[], events[], risk_count[],
    text[], text[]);
CREATE FUNCTION commit_batch(
    claimed idempotency_keys[], finished idempotency_keys[],
    new_methods payment_methods[], methods payment_methods[],
    new_intents payment_intents[], intents payment_intents[],
    new_attempts payment_attempts[], attempts payment_attempts[],
    new_charges charges[], changed_charges charges[],
    new_lines balance_transactions[], lines balance_transactions[],
    new_sessions checkout_sessions[], sessions checkout_sessions[],
    ended text[], chain ledger.transfers[], told events[], counted risk_count[],
    tokens text[], whys text[]
) RETURNS TABLE (sealed bytea, key_id bigint, exp_month smallint, exp_year smallint)
LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
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
    IF cardinality(ended) > 0 THEN
        PERFORM charge_at_once(ended, new_charges);
    ELSIF cardinality(new_charges) > 0 THEN
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
    IF cardinality(counted) > 0 THEN PERFORM count_risk(counted); END IF;
    IF cardinality(tokens) > 0 THEN
        RETURN QUERY
            SELECT o.* FROM unnest(tokens, whys) WITH ORDINALITY AS w (token, why, place)
            LEFT JOIN LATERAL vault.open(w.token, w.why) AS o ON true ORDER BY w.place;
    END IF;
END $$;

-- As before (0503): the network is the kind of method that was charged.
CREATE OR REPLACE VIEW network_movements AS
-- Taken at once.
SELECT c.attempt_id AS reference, m.type AS network, c.amount_captured AS amount, c.currency,
    c.account_id, c.id AS object_id, c.id AS charge_id, c.created_at AS at
FROM charges c JOIN payment_methods m ON m.id = c.payment_method_id
WHERE c.amount_captured > 0
  AND NOT EXISTS (SELECT FROM followups f WHERE f.intent_id = c.intent_id
      AND f.charge_id = c.id AND f.kind = 'capture' AND f.status = 'done')
UNION ALL
-- Held first, taken later, perhaps in parts.
SELECT f.id, m.type, f.amount, c.currency, c.account_id, f.charge_id, c.id, f.asked_at
FROM followups f JOIN charges c ON c.id = f.charge_id
    JOIN payment_methods m ON m.id = c.payment_method_id
WHERE f.kind = 'capture' AND f.status = 'done'
UNION ALL
SELECT r.id, m.type, -r.amount, r.currency, r.account_id, r.id, c.id, r.asked_at
FROM refunds r JOIN charges c ON c.id = r.charge_id
    JOIN payment_methods m ON m.id = c.payment_method_id
WHERE r.status = 'succeeded'
UNION ALL
-- Taken back by the payer's bank, and given again to a merchant who won.
SELECT d.case_reference, m.type, -d.amount_withdrawn, d.currency, d.account_id, d.id, c.id,
    d.created_at
FROM disputes d JOIN charges c ON c.id = d.charge_id
    JOIN payment_methods m ON m.id = c.payment_method_id
WHERE d.amount_withdrawn > 0
UNION ALL
SELECT d.case_reference || '_won', m.type, d.amount_reinstated, d.currency, d.account_id, d.id,
    c.id, d.closed_at
FROM disputes d JOIN charges c ON c.id = d.charge_id
    JOIN payment_methods m ON m.id = c.payment_method_id
WHERE d.amount_reinstated > 0;
