-- How a batch's statements are planned (by indexes, whatever the tables' sizes were when they were
-- planned) is said once, for the whole of it, and not by each function that it calls.
ALTER FUNCTION commit_batch(
    idempotency_keys[], idempotency_keys[], payment_methods[], payment_methods[],
    payment_intents[], payment_intents[], payment_attempts[], payment_attempts[],
    charges[], charges[], balance_transactions[], balance_transactions[],
    checkout_sessions[], checkout_sessions[], ledger.transfers[], events[], risk_count[],
    text[], text[])
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off;
ALTER FUNCTION claim_keys(idempotency_keys[], idempotency_keys[]) RESET ALL;

-- As before (0106), without its own settings: change_<table> is called by commit_batch alone.
CREATE OR REPLACE FUNCTION make_change(relation text) RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
    sets text;
BEGIN
    SELECT string_agg(format('%1$I = n.%1$I', attname), ', ' ORDER BY attnum) INTO sets
    FROM pg_attribute
    WHERE attrelid = relation::regclass AND attnum > 0 AND NOT attisdropped
      AND attname NOT IN ('id', 'created_at');
    EXECUTE format($body$
        CREATE OR REPLACE FUNCTION change_%1$s(rows %1$s[]) RETURNS void LANGUAGE plpgsql AS $put$
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
SELECT make_change(name) FROM unnest(ARRAY['payment_methods', 'payment_intents',
    'payment_attempts', 'charges', 'balance_transactions', 'checkout_sessions']) AS name;
