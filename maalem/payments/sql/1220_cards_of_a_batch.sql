-- The cards that a batch's attempts are about to be paid with are opened in the batch's own commit:
-- one round trip and one commit less before a rail is asked. What is opened is logged as ever, and
-- is there if and only if the attempt is.
DROP FUNCTION commit_batch(
    idempotency_keys[], idempotency_keys[], payment_methods[], payment_methods[],
    payment_intents[], payment_intents[], payment_attempts[], payment_attempts[],
    charges[], charges[], balance_transactions[], balance_transactions[],
    checkout_sessions[], checkout_sessions[], ledger.transfers[], events[], risk_count[]);
DROP FUNCTION commit_batch(
    idempotency_keys[], idempotency_keys[], payment_methods[], payment_methods[],
    payment_intents[], payment_intents[], payment_attempts[], payment_attempts[],
    charges[], charges[], balance_transactions[], balance_transactions[],
    checkout_sessions[], checkout_sessions[], ledger.transfers[], events[]);

-- Units at once, if they are of the usual kind and none is refused: anything out of the ordinary
-- raises, nothing is written, and the writer hands the units to commit_unit one by one. Counters
-- come last, since many may wait for their rows. The answer has a row for each card of `tokens`,
-- in their order, empty where there is none; `whys` is what their openings are for.
CREATE FUNCTION commit_batch(
    claimed idempotency_keys[], finished idempotency_keys[],
    new_methods payment_methods[], methods payment_methods[],
    new_intents payment_intents[], intents payment_intents[],
    new_attempts payment_attempts[], attempts payment_attempts[],
    new_charges charges[], changed_charges charges[],
    new_lines balance_transactions[], lines balance_transactions[],
    new_sessions checkout_sessions[], sessions checkout_sessions[],
    chain ledger.transfers[], told events[], counted risk_count[], tokens text[], whys text[]
) RETURNS TABLE (sealed bytea, key_id bigint, exp_month smallint, exp_year smallint)
LANGUAGE plpgsql AS $$
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
    IF cardinality(counted) > 0 THEN PERFORM count_risk(counted); END IF;
    IF cardinality(tokens) > 0 THEN
        RETURN QUERY
            SELECT o.* FROM unnest(tokens, whys) WITH ORDINALITY AS w (token, why, place)
            LEFT JOIN LATERAL vault.open(w.token, w.why) AS o ON true ORDER BY w.place;
    END IF;
END $$;
