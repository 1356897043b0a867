-- Checkout sessions: one payment, on our own page, for a basket that a merchant describes.
CREATE TABLE checkout_sessions (
    id             text COLLATE "C" PRIMARY KEY,
    version        integer NOT NULL CHECK (version > 0),
    account_id     text COLLATE "C" NOT NULL REFERENCES accounts (id),
    intent_id      text COLLATE "C" NOT NULL UNIQUE REFERENCES payment_intents (id),
    status         text NOT NULL CHECK (status IN ('open', 'complete', 'expired')),
    payment_status text NOT NULL CHECK (payment_status IN ('unpaid', 'paid')),
    amount_total   bigint NOT NULL CHECK (amount_total > 0),
    currency       text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    line_items     jsonb NOT NULL,
    payment_method_types jsonb NOT NULL,
    success_url    text NOT NULL,
    cancel_url     text,
    client_reference_id text,
    customer_id    text COLLATE "C" REFERENCES customers (id),
    customer_email text,
    locale         text,
    metadata       jsonb NOT NULL,
    expires_at     timestamptz NOT NULL,
    completed_at   timestamptz,
    created_at     timestamptz NOT NULL,
    CHECK (status = 'complete' OR payment_status = 'unpaid'),
    CHECK ((status = 'complete') = (completed_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX checkout_sessions_account ON checkout_sessions (account_id, id);
CREATE INDEX checkout_sessions_due ON checkout_sessions (expires_at) WHERE status = 'open';
SELECT make_put('checkout_sessions');

-- The same table stands in acquiring/sessions.py; a test compares them.
CREATE FUNCTION hold_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'open' OR NEW.status NOT IN ('complete', 'expired') THEN
        RAISE EXCEPTION USING ERRCODE = 'MA003', MESSAGE = 'status_may_not_move',
            DETAIL = format('%s: %s to %s', NEW.id, OLD.status, NEW.status);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_session BEFORE UPDATE ON checkout_sessions FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION hold_session();

-- Each time that a payer presses the button. A form is good for one press.
CREATE TABLE checkout_tries (
    session_id text COLLATE "C" NOT NULL REFERENCES checkout_sessions (id),
    form       text COLLATE "C" NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (session_id, form)
);
GRANT SELECT, INSERT ON checkout_tries TO maalem_payments;
