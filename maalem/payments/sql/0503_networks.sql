-- What we say that each network took (positive) and gave back (negative), by the reference that it
-- was asked under, from the records of payments alone. The ledger's rails must say the same.
CREATE VIEW network_movements AS
-- Taken at once.
SELECT a.id AS reference, a.rail AS network, c.amount_captured AS amount, c.currency, c.account_id,
    c.id AS object_id, c.id AS charge_id, c.created_at AS at
FROM charges c JOIN payment_attempts a ON a.id = c.attempt_id
WHERE c.amount_captured > 0
  AND NOT EXISTS (SELECT FROM followups f WHERE f.intent_id = c.intent_id
      AND f.charge_id = c.id AND f.kind = 'capture' AND f.status = 'done')
UNION ALL
-- Held first, taken later, perhaps in parts.
SELECT f.id, a.rail, f.amount, c.currency, c.account_id, f.charge_id, c.id, f.asked_at
FROM followups f JOIN charges c ON c.id = f.charge_id JOIN payment_attempts a ON a.id = c.attempt_id
WHERE f.kind = 'capture' AND f.status = 'done'
UNION ALL
SELECT r.id, a.rail, -r.amount, r.currency, r.account_id, r.id, c.id, r.asked_at
FROM refunds r JOIN charges c ON c.id = r.charge_id JOIN payment_attempts a ON a.id = c.attempt_id
WHERE r.status = 'succeeded'
UNION ALL
-- Taken back by the payer's bank, and given again to a merchant who won.
SELECT d.case_reference, a.rail, -d.amount_withdrawn, d.currency, d.account_id, d.id, c.id,
    d.created_at
FROM disputes d JOIN charges c ON c.id = d.charge_id JOIN payment_attempts a ON a.id = c.attempt_id
WHERE d.amount_withdrawn > 0
UNION ALL
SELECT d.case_reference || '_won', a.rail, d.amount_reinstated, d.currency, d.account_id, d.id,
    c.id, d.closed_at
FROM disputes d JOIN charges c ON c.id = d.charge_id JOIN payment_attempts a ON a.id = c.attempt_id
WHERE d.amount_reinstated > 0;
GRANT SELECT ON network_movements TO maalem_payments;

-- A report's payments in one go: `lines` is an array of [reference, amount].
CREATE FUNCTION put_network_settlement_lines(doc jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO network_settlement_lines (reference, settlement_id, amount)
    SELECT line ->> 0, doc ->> 'id', (line ->> 1)::bigint
    FROM jsonb_array_elements(doc -> 'lines') AS line
$$;
GRANT EXECUTE ON FUNCTION put_network_settlement_lines(jsonb) TO maalem_payments;

-- A report's payments are as they were told.
CREATE FUNCTION refuse_settled_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse_bank('told_is_told', TG_OP);
    RETURN NULL;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON network_settlement_lines
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_settled_rewrite();
