-- One payment, several accounts: what of it is passed on, to whom, and what the platform earns.

-- As it was asked for. `fee_account_id` is the platform that the application fee goes to.
ALTER TABLE payment_intents
    ADD COLUMN application_fee_amount bigint CHECK (application_fee_amount >= 0),
    ADD COLUMN fee_account_id text COLLATE "C" REFERENCES accounts (id),
    ADD COLUMN transfer_destination text COLLATE "C" REFERENCES accounts (id),
    ADD COLUMN transfer_amount bigint CHECK (transfer_amount > 0),
    ADD COLUMN on_behalf_of text COLLATE "C" REFERENCES accounts (id),
    ADD CONSTRAINT fee_within_amount CHECK (application_fee_amount <= amount),
    ADD CONSTRAINT transfer_within_amount CHECK (transfer_amount <= amount),
    ADD CONSTRAINT fee_or_transfer_amount
        CHECK (application_fee_amount IS NULL OR transfer_amount IS NULL),
    ADD CONSTRAINT fee_has_its_account
        CHECK ((application_fee_amount IS NULL) = (fee_account_id IS NULL)),
    ADD CONSTRAINT transfer_has_its_destination
        CHECK (transfer_amount IS NULL OR transfer_destination IS NOT NULL),
    -- Whose payment it is neither earns a fee on it nor passes it on to herself.
    ADD CONSTRAINT shares_are_others CHECK (transfer_destination <> account_id
        AND (transfer_destination IS NOT NULL OR fee_account_id <> account_id));

-- As it happened: copied from the intent by the unit that takes the money.
ALTER TABLE charges
    ADD COLUMN application_fee_amount bigint,
    ADD COLUMN application_fee_id text COLLATE "C",
    ADD COLUMN transfer_destination text COLLATE "C",
    ADD COLUMN transfer_amount bigint,
    ADD COLUMN transfer_id text COLLATE "C",
    ADD COLUMN on_behalf_of text COLLATE "C",
    ADD CONSTRAINT shares_when_captured
        CHECK (amount_captured > 0 OR (application_fee_id IS NULL AND transfer_id IS NULL));

-- A capture may say it anew; kept with it, so that whoever finishes it says the same.
ALTER TABLE followups
    ADD COLUMN application_fee_amount bigint CHECK (application_fee_amount >= 0),
    ADD COLUMN fee_account_id text COLLATE "C" REFERENCES accounts (id),
    ADD COLUMN transfer_amount bigint CHECK (transfer_amount > 0);

-- `amount_reserved` is about to come back with a refund that waits for the rail.
ALTER TABLE transfers
    ADD COLUMN amount_reserved bigint NOT NULL DEFAULT 0 CHECK (amount_reserved >= 0);
ALTER TABLE transfers DROP CONSTRAINT reversed_within_amount;
ALTER TABLE transfers ADD CONSTRAINT reversed_within_amount
    CHECK (amount_reversed + amount_reserved <= amount);

-- What a transfer is for the account that gets it: to her, a charge.
CREATE TABLE destination_payments (
    id          text COLLATE "C" PRIMARY KEY CHECK (id LIKE 'py\_%'),
    version     integer NOT NULL CHECK (version > 0),
    account_id  text COLLATE "C" NOT NULL REFERENCES accounts (id),
    transfer_id text COLLATE "C" NOT NULL UNIQUE REFERENCES transfers (id),
    amount      bigint NOT NULL CHECK (amount > 0),
    amount_refunded bigint NOT NULL CHECK (amount_refunded >= 0),
    currency    text NOT NULL,
    application_fee_id text COLLATE "C",
    application_fee_amount bigint,
    balance_transaction_id text COLLATE "C" NOT NULL,
    transfer_group text,
    description text,
    metadata    jsonb NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT payment_refunded_within_amount CHECK (amount_refunded <= amount)
) WITH (fillfactor = 80);
CREATE INDEX destination_payments_account ON destination_payments (account_id, id);

INSERT INTO destination_payments
SELECT destination_payment_id, 1, destination_id, id, amount, amount_reversed, currency, NULL, NULL,
    destination_transaction_id, transfer_group, NULL, '{}', created_at
FROM transfers;

-- A reversal as that account sees it: her payment was refunded.
ALTER TABLE transfer_reversals
    ADD COLUMN payment_refund_id text COLLATE "C",
    ADD COLUMN source_refund_id text COLLATE "C" REFERENCES refunds (id);
UPDATE transfer_reversals SET payment_refund_id = 'pyr_' || split_part(id, '_', 2);
ALTER TABLE transfer_reversals ALTER COLUMN payment_refund_id SET NOT NULL;
CREATE TABLE payment_refunds (
    id          text COLLATE "C" PRIMARY KEY CHECK (id LIKE 'pyr\_%'),
    version     integer NOT NULL CHECK (version > 0),
    account_id  text COLLATE "C" NOT NULL REFERENCES accounts (id),
    payment_id  text COLLATE "C" NOT NULL REFERENCES destination_payments (id),
    reversal_id text COLLATE "C" NOT NULL UNIQUE REFERENCES transfer_reversals (id),
    amount      bigint NOT NULL CHECK (amount > 0),
    currency    text NOT NULL,
    reason      text CHECK (reason IN ('duplicate', 'fraudulent', 'requested_by_customer')),
    balance_transaction_id text COLLATE "C" NOT NULL,
    metadata    jsonb NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX payment_refunds_account ON payment_refunds (account_id, id);
CREATE INDEX payment_refunds_payment ON payment_refunds (payment_id, id);
INSERT INTO payment_refunds
SELECT r.payment_refund_id, 1, t.destination_id, t.destination_payment_id, r.id, r.amount,
    r.currency, NULL, r.destination_transaction_id, '{}', r.created_at
FROM transfer_reversals r JOIN transfers t ON t.id = r.transfer_id;
UPDATE balance_transactions x SET source_id = r.payment_refund_id
FROM transfer_reversals r WHERE x.id = r.destination_transaction_id;

-- What the platform earned on a connected account's payment. `charge_id` is the charge of that
-- account that it left (a direct charge, or the destination's payment), `originating_charge_id`
-- the platform's own where there is one.
CREATE TABLE application_fees (
    id          text COLLATE "C" PRIMARY KEY CHECK (id LIKE 'fee\_%'),
    version     integer NOT NULL CHECK (version > 0),
    account_id  text COLLATE "C" NOT NULL REFERENCES accounts (id),
    payer_account_id text COLLATE "C" NOT NULL REFERENCES accounts (id),
    charge_id   text COLLATE "C" NOT NULL UNIQUE,
    originating_charge_id text COLLATE "C" REFERENCES charges (id),
    amount      bigint NOT NULL CHECK (amount > 0),
    amount_refunded bigint NOT NULL CHECK (amount_refunded >= 0),
    amount_reserved bigint NOT NULL CHECK (amount_reserved >= 0),
    currency    text NOT NULL,
    balance_transaction_id text COLLATE "C" NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT fee_refunded_within_amount CHECK (amount_refunded + amount_reserved <= amount),
    CHECK (account_id <> payer_account_id)
) WITH (fillfactor = 80);
CREATE INDEX application_fees_account ON application_fees (account_id, id);

CREATE TABLE application_fee_refunds (
    id          text COLLATE "C" PRIMARY KEY CHECK (id LIKE 'fr\_%'),
    version     integer NOT NULL CHECK (version > 0),
    account_id  text COLLATE "C" NOT NULL REFERENCES accounts (id),
    fee_id      text COLLATE "C" NOT NULL REFERENCES application_fees (id),
    amount      bigint NOT NULL CHECK (amount > 0),
    currency    text NOT NULL,
    balance_transaction_id text COLLATE "C" NOT NULL,
    payer_transaction_id text COLLATE "C" NOT NULL,
    source_refund_id text COLLATE "C" REFERENCES refunds (id),
    metadata    jsonb NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX application_fee_refunds_fee ON application_fee_refunds (fee_id, id);

-- What a refund takes back from the others: `transfer_part` from the account that was paid,
-- `fee_part` for it from the platform's fee. `shared_bucket` is where the connected account's
-- money is moved.
ALTER TABLE refunds
    ADD COLUMN reverse_transfer boolean NOT NULL DEFAULT false,
    ADD COLUMN refund_application_fee boolean NOT NULL DEFAULT false,
    ADD COLUMN transfer_part bigint NOT NULL DEFAULT 0 CHECK (transfer_part >= 0),
    ADD COLUMN fee_part bigint NOT NULL DEFAULT 0 CHECK (fee_part >= 0),
    ADD COLUMN shared_bucket text CHECK (shared_bucket IN ('pending', 'available')),
    ADD COLUMN transfer_reversal_id text COLLATE "C",
    ADD CONSTRAINT parts_were_asked_for CHECK ((reverse_transfer OR transfer_part = 0)
        AND (refund_application_fee OR fee_part = 0)),
    ADD CONSTRAINT parts_have_a_bucket
        CHECK ((transfer_part + fee_part > 0) = (shared_bucket IS NOT NULL));

SELECT make_put(name) FROM unnest(ARRAY['payment_intents', 'charges', 'followups', 'transfers',
    'transfer_reversals', 'refunds', 'destination_payments', 'payment_refunds',
    'application_fees', 'application_fee_refunds']) AS name;
SELECT make_change(name) FROM unnest(ARRAY['payment_intents', 'charges']) AS name;

-- Amounts on a parent are what its children add up to, at every commit (see 0004).
CREATE FUNCTION check_payment_refunded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount) FROM payment_refunds WHERE payment_id = NEW.payment_id)
       IS DISTINCT FROM (SELECT amount_refunded FROM destination_payments WHERE id = NEW.payment_id) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'payment_refunds_add_up',
            MESSAGE = 'payment_refunds_add_up', DETAIL = NEW.payment_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_refunds_add_up AFTER INSERT ON payment_refunds
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_payment_refunded();

CREATE FUNCTION check_fee_refunded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount) FROM application_fee_refunds WHERE fee_id = NEW.fee_id)
       IS DISTINCT FROM (SELECT amount_refunded FROM application_fees WHERE id = NEW.fee_id) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'fee_refunds_add_up',
            MESSAGE = 'fee_refunds_add_up', DETAIL = NEW.fee_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER fee_refunds_add_up AFTER INSERT ON application_fee_refunds
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_fee_refunded();

CREATE FUNCTION check_refund_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted record;
BEGIN
    SELECT coalesce(sum(r.transfer_part), 0) AS transfer, coalesce(sum(r.fee_part), 0) AS fee
    INTO wanted FROM refunds r WHERE r.charge_id = NEW.charge_id AND r.status = 'pending';
    IF EXISTS (SELECT FROM charges c LEFT JOIN transfers t ON t.id = c.transfer_id
               LEFT JOIN application_fees f ON f.id = c.application_fee_id
               WHERE c.id = NEW.charge_id AND (coalesce(t.amount_reserved, 0) <> wanted.transfer
                   OR coalesce(f.amount_reserved, 0) <> wanted.fee)) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'refund_parts_are_reserved',
            MESSAGE = 'refund_parts_are_reserved', DETAIL = NEW.charge_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refund_parts_are_reserved AFTER INSERT OR UPDATE ON refunds
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_refund_parts();
