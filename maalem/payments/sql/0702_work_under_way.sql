-- What a request began and the outside has not answered yet, by the id that its idempotency key
-- holds. Such a key is kept however old it is: a retry must go on with the work, not begin another.
CREATE VIEW work_under_way AS
    SELECT id FROM payment_intents WHERE status = 'processing'
    UNION ALL SELECT id FROM setup_intents WHERE status = 'processing'
    UNION ALL SELECT id FROM refunds WHERE status = 'pending'
    UNION ALL SELECT id FROM followups WHERE status IN ('sent', 'unknown')
    UNION ALL SELECT id FROM dispute_answers WHERE status IN ('sent', 'unknown');
GRANT SELECT ON work_under_way TO maalem_payments;
