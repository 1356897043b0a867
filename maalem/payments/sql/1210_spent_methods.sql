-- A payment method that paid without being a customer's, or that was taken from one, is used up.
ALTER TABLE payment_methods ADD COLUMN spent boolean NOT NULL DEFAULT false;
ALTER TABLE payment_methods ADD CONSTRAINT spent_is_nobodys
    CHECK (NOT (spent AND customer_id IS NOT NULL));
SELECT make_put('payment_methods');
SELECT make_change('payment_methods');
