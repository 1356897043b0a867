-- What the charge was paid with, as it was then: a card may be replaced or forgotten later.
ALTER TABLE charges ADD COLUMN payment_method_details jsonb;
SELECT make_put('charges');
