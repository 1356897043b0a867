-- A confirmation token: what a payer said on a page (the method, where she wants to come back to and
-- the parcel to go to), used by one confirmation. Once it names what it was used for, it stays so.
CREATE TABLE confirmation_tokens (
    id                 text COLLATE "C" PRIMARY KEY,
    version            integer NOT NULL CHECK (version BETWEEN 1 AND 2),
    account_id         text COLLATE "C" NOT NULL REFERENCES accounts (id),
    payment_method_id  text COLLATE "C" NOT NULL REFERENCES payment_methods (id),
    return_url         text,
    setup_future_usage text CHECK (setup_future_usage IN ('on_session', 'off_session')),
    shipping           jsonb,
    payment_intent_id  text COLLATE "C",
    setup_intent_id    text COLLATE "C",
    expires_at         timestamptz NOT NULL,
    created_at         timestamptz NOT NULL,
    CHECK (expires_at > created_at),
    CONSTRAINT used_for_one CHECK (
        (version = 2) = ((payment_intent_id IS NULL) <> (setup_intent_id IS NULL)))
);
SELECT make_put('confirmation_tokens');
