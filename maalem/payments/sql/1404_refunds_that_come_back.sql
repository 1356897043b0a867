-- A refund that was carried out comes back: the payer's card or wallet was closed meanwhile.

CREATE OR REPLACE FUNCTION refund_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE now_at
        WHEN 'pending' THEN then_at IN ('succeeded', 'failed', 'canceled')
        WHEN 'succeeded' THEN then_at = 'failed'
        ELSE false END
$$;

-- The line that brought the money back, and when. One that failed without having been carried out
-- has neither: it moved nothing.
ALTER TABLE refunds
    ADD COLUMN failure_balance_transaction_id text COLLATE "C",
    ADD COLUMN returned_at timestamptz,
    ADD CONSTRAINT what_came_back_had_gone CHECK (
        (failure_balance_transaction_id IS NOT NULL)
            = (status = 'failed' AND balance_transaction_id IS NOT NULL)
        AND (returned_at IS NOT NULL) = (failure_balance_transaction_id IS NOT NULL)
        AND (returned_at IS NULL OR failure_reason IS NOT NULL));
SELECT make_put('refunds');

ALTER TABLE dispute_notices DROP CONSTRAINT dispute_notices_kind_check;
ALTER TABLE dispute_notices ADD CONSTRAINT dispute_notices_kind_check CHECK (kind IN
    ('opened', 'inquiry', 'escalated', 'won', 'lost', 'closed', 'fraud_report', 'refund_returned'));

-- As before (1400), and a refund that came back: it went out under its own reference, and came in
-- under that of its return.
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
WHERE r.status = 'succeeded' OR r.returned_at IS NOT NULL
UNION ALL
SELECT r.id || '_back', m.type, r.amount, r.currency, r.account_id, r.id, c.id, r.returned_at
FROM refunds r JOIN charges c ON c.id = r.charge_id
    JOIN payment_methods m ON m.id = c.payment_method_id
WHERE r.returned_at IS NOT NULL
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

-- The simulated network's side: a refund that it will give back is a case of its file.
ALTER TABLE simulator.cases DROP CONSTRAINT cases_stage_check;
ALTER TABLE simulator.cases ADD CONSTRAINT cases_stage_check CHECK (stage IN
    ('planned', 'dropped', 'inquiry', 'chargeback', 'won', 'lost', 'closed', 'reported',
     'returned'));
ALTER TABLE simulator.cases DROP CONSTRAINT cases_begins_check;
ALTER TABLE simulator.cases ADD CONSTRAINT cases_begins_check CHECK (begins IN
    ('inquiry', 'chargeback', 'fraud_report', 'refund_returned'));

CREATE OR REPLACE VIEW simulator.unsettled AS
SELECT m.* FROM (
    SELECT a.reference, coalesce(a.original, a.reference) AS payment, a.asked_at, a.currency,
        CASE WHEN coalesce(o.kind, a.kind) = 'wallet' THEN 'wallet' ELSE 'card' END AS network,
        CASE WHEN a.kind = 'refund' THEN -a.amount ELSE a.amount END AS amount,
        coalesce(o.kind, a.kind) LIKE 'home%' AS home
    FROM simulator.answers a LEFT JOIN simulator.answers o ON o.reference = a.original
    WHERE (a.kind IN ('card', 'home_card', 'wallet') AND a.answer ->> 'is' = 'Authorised')
       OR (a.kind IN ('capture', 'refund') AND a.answer ->> 'is' = 'Done')
    UNION ALL
    SELECT n.case_reference || CASE n.kind WHEN 'won' THEN '_won' ELSE '' END, n.case_reference,
        n.told_at, n.currency, 'card', CASE n.kind WHEN 'won' THEN n.amount ELSE -n.amount END, false
    FROM simulator.notices n WHERE n.kind IN ('opened', 'escalated', 'won')
    UNION ALL
    -- A refund's return brings back what it took, the interchange of the same payment included.
    SELECT n.case_reference, r.original, n.told_at, n.currency, 'card', n.amount,
        o.kind LIKE 'home%'
    FROM simulator.notices n JOIN simulator.answers r ON r.reference = n.original
        JOIN simulator.answers o ON o.reference = r.original
    WHERE n.kind = 'refund_returned'
) AS m
WHERE NOT EXISTS (SELECT FROM simulator.settled s WHERE s.reference = m.reference);
