-- What an intent was asked about its methods, as it was said, and the review that its payment is put
-- into; and the rail by which a refund goes back, which the charge's method says for those before.
ALTER TABLE payment_intents
    ADD COLUMN automatic_payment_methods jsonb,
    ADD COLUMN review_id text COLLATE "C" CHECK (review_id LIKE 'prv\_%');
SELECT make_put('payment_intents');
SELECT make_change('payment_intents');

ALTER TABLE refunds ADD COLUMN rail text NOT NULL DEFAULT 'card'
    CHECK (rail IN ('card', 'wallet'));
-- Nothing that the triggers hold is changed by this.
ALTER TABLE refunds DISABLE TRIGGER USER;
UPDATE refunds r SET rail = m.type
FROM charges c JOIN payment_methods m ON m.id = c.payment_method_id
WHERE c.id = r.charge_id AND m.type <> 'card';
ALTER TABLE refunds ENABLE TRIGGER USER;
SELECT make_put('refunds');

ALTER TABLE payment_intents DISABLE TRIGGER USER;
UPDATE payment_intents i SET review_id = c.risk ->> 'review'
FROM charges c WHERE c.id = i.latest_charge_id AND c.risk ->> 'review' IS NOT NULL
  AND c.status <> 'failed';
ALTER TABLE payment_intents ENABLE TRIGGER USER;
