-- Who calls, who owns, and what was asked before. Every record has a `version`: 1 inserts it,
-- a higher one replaces exactly the version before (compare-and-set), anything else is a conflict.

-- Write put_<table>(jsonb), which stores one whole record of that table. Call it again after
-- the table has changed. The table needs `id` and `version`.
CREATE FUNCTION make_put(relation text) RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
    sets text;
BEGIN
    SELECT string_agg(format('%1$I = n.%1$I', attname), ', ' ORDER BY attnum) INTO sets
    FROM pg_attribute
    WHERE attrelid = relation::regclass AND attnum > 0 AND NOT attisdropped
      AND attname NOT IN ('id', 'created_at');
    EXECUTE format($body$
        CREATE OR REPLACE FUNCTION put_%1$s(doc jsonb) RETURNS void LANGUAGE plpgsql AS $put$
        BEGIN
            IF (doc ->> 'version')::integer = 1 THEN
                INSERT INTO %1$s SELECT * FROM jsonb_populate_record(NULL::%1$s, doc);
            ELSE
                UPDATE %1$s t SET %2$s FROM jsonb_populate_record(NULL::%1$s, doc) n
                WHERE t.id = n.id AND t.version = n.version - 1;
                IF NOT FOUND THEN
                    RAISE EXCEPTION USING ERRCODE = 'MA002', MESSAGE = 'changed_meanwhile',
                        DETAIL = '%1$s ' || (doc ->> 'id');
                END IF;
            END IF;
        END $put$
    $body$, relation, sets);
    EXECUTE format('GRANT EXECUTE ON FUNCTION put_%s(jsonb) TO maalem_payments', relation);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %s TO maalem_payments', relation);
END $make$;

CREATE TABLE accounts (
    id                text COLLATE "C" PRIMARY KEY,
    version           integer NOT NULL CHECK (version > 0),
    kind              text NOT NULL CHECK (kind IN ('platform', 'connected')),
    parent_id         text COLLATE "C" REFERENCES accounts (id),
    country           text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    default_currency  text NOT NULL CHECK (default_currency ~ '^[a-z]{3}$'),
    email             text,
    business_type     text,
    business_name     text,
    business_url      text,
    business_mcc      text,
    product_description text,
    support_phone     text,
    support_email     text,
    charges_enabled   boolean NOT NULL,
    payouts_enabled   boolean NOT NULL,
    details_submitted boolean NOT NULL,
    metadata          jsonb NOT NULL,
    created_at        timestamptz NOT NULL,
    CHECK ((kind = 'connected') = (parent_id IS NOT NULL))
);
CREATE INDEX accounts_parent ON accounts (parent_id, id);
SELECT make_put('accounts');

CREATE TABLE api_keys (
    hash       bytea PRIMARY KEY,
    account_id text COLLATE "C" NOT NULL REFERENCES accounts (id),
    hint       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);
GRANT SELECT, INSERT, UPDATE ON api_keys TO maalem_payments;

CREATE TABLE customers (
    id          text COLLATE "C" PRIMARY KEY,
    version     integer NOT NULL CHECK (version > 0),
    account_id  text COLLATE "C" NOT NULL REFERENCES accounts (id),
    name        text,
    email       text,
    phone       text,
    description text,
    address     jsonb,
    shipping    jsonb,
    preferred_locales jsonb NOT NULL,
    default_payment_method text COLLATE "C",
    deleted     boolean NOT NULL,
    metadata    jsonb NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX customers_account ON customers (account_id, id);
SELECT make_put('customers');

CREATE TABLE payment_methods (
    id           text COLLATE "C" PRIMARY KEY,
    version      integer NOT NULL CHECK (version > 0),
    account_id   text COLLATE "C" NOT NULL REFERENCES accounts (id),
    customer_id  text COLLATE "C" REFERENCES customers (id),
    type         text NOT NULL CHECK (type IN ('card', 'wallet')),
    vault_token  text COLLATE "C",
    brand        text,
    last4        text CHECK (last4 ~ '^[0-9]{4}$'),
    exp_month    integer CHECK (exp_month BETWEEN 1 AND 12),
    exp_year     integer,
    funding      text,
    country      text,
    fingerprint  text,
    cvc_check    text,
    wallet_phone text CHECK (wallet_phone ~ '^\+[1-9][0-9]{6,14}$'),
    billing_name text,
    billing_email text,
    billing_phone text,
    billing_address jsonb,
    allow_redisplay text NOT NULL,
    metadata     jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    CHECK ((type = 'card') = (vault_token IS NOT NULL)),
    CHECK ((type = 'wallet') = (wallet_phone IS NOT NULL))
);
CREATE INDEX payment_methods_customer ON payment_methods (customer_id, id);
CREATE INDEX payment_methods_account ON payment_methods (account_id, id);
SELECT make_put('payment_methods');

-- A token is a payment method that may be used once.
CREATE TABLE tokens (
    id           text COLLATE "C" PRIMARY KEY,
    version      integer NOT NULL CHECK (version BETWEEN 1 AND 2),
    account_id   text COLLATE "C" NOT NULL REFERENCES accounts (id),
    payment_method_id text COLLATE "C" NOT NULL REFERENCES payment_methods (id),
    used         boolean NOT NULL,
    created_at   timestamptz NOT NULL
);
SELECT make_put('tokens');

-- What was answered to a key. A row that is not `done` belongs to a payment whose rail was asked
-- and whose answer is not recorded yet: the next request with the key takes it over, unless the
-- process that holds it lives (it keeps an advisory lock on its number for as long).
CREATE TABLE idempotency_keys (
    account_id  text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint text NOT NULL,
    done        boolean NOT NULL,
    holder      integer NOT NULL,
    object_id   text COLLATE "C",
    status      integer,
    body        bytea,
    request_id  text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, key),
    CHECK (done = (status IS NOT NULL AND body IS NOT NULL)),
    CHECK (done OR object_id IS NOT NULL)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys USING brin (created_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO maalem_payments;

CREATE SEQUENCE process_numbers AS integer CYCLE;
GRANT USAGE ON SEQUENCE process_numbers TO maalem_payments;
