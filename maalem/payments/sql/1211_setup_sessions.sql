-- A session may set a card up instead of taking a payment: then it has a setup and no amount.
ALTER TABLE checkout_sessions
    ALTER COLUMN intent_id DROP NOT NULL,
    ALTER COLUMN amount_total DROP NOT NULL,
    ALTER COLUMN currency DROP NOT NULL,
    ADD COLUMN setup_id text COLLATE "C" REFERENCES setup_intents (id),
    DROP CONSTRAINT checkout_sessions_payment_status_check,
    DROP CONSTRAINT checkout_sessions_check,
    ADD CHECK (payment_status IN ('unpaid', 'paid', 'no_payment_required')),
    ADD CONSTRAINT a_payment_or_a_setup CHECK (num_nonnulls(intent_id, setup_id) = 1),
    ADD CHECK ((intent_id IS NULL) = (amount_total IS NULL)),
    ADD CHECK (intent_id IS NULL OR currency IS NOT NULL),
    ADD CHECK ((payment_status = 'no_payment_required') = (setup_id IS NOT NULL)),
    ADD CHECK (status = 'complete' OR payment_status <> 'paid');
CREATE UNIQUE INDEX checkout_sessions_setup ON checkout_sessions (setup_id)
    WHERE setup_id IS NOT NULL;
SELECT make_put('checkout_sessions');
SELECT make_change('checkout_sessions');
