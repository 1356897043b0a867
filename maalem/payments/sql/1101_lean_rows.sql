-- What a card payment leaves on the disk, without what is there twice.

-- An attempt's reference at the rail is its id.
ALTER TABLE payment_attempts DROP COLUMN reference;
SELECT make_put('payment_attempts');
SELECT make_change('payment_attempts');

-- How a charge was paid is shown, never asked for: packed like events.
ALTER TABLE charges ALTER COLUMN payment_method_details TYPE bytea
    USING '\x00'::bytea || convert_to(payment_method_details::text, 'UTF8');

-- One index says which charges an intent has, and that one of them at most is no refusal.
DROP INDEX charges_intent;
DROP INDEX one_charge_per_intent;
CREATE UNIQUE INDEX one_charge_per_intent ON charges
    (intent_id, (CASE WHEN status = 'failed' THEN id ELSE '' END));
