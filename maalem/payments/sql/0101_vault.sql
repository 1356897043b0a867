-- The vault: card numbers sealed by a data key that only the master key can open.
-- Its tables belong to a role that nobody logs in as. The service may call its four functions and
-- nothing more, so a query gone astray elsewhere reads no sealed card, and each opening of a
-- card leaves a line in the access log that the service can't take back.
CREATE SCHEMA vault;

CREATE TABLE vault.data_keys (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    wrapped    bytea NOT NULL CHECK (octet_length(wrapped) = 60),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE vault.cards (
    token       text PRIMARY KEY,
    sealed      bytea CHECK (octet_length(sealed) BETWEEN 40 AND 60),
    key_id      bigint NOT NULL REFERENCES vault.data_keys (id),
    fingerprint text NOT NULL,
    brand       text NOT NULL,
    bin         text NOT NULL CHECK (bin ~ '^[0-9]{6}$'),
    last4       text NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
    funding     text NOT NULL,
    country     text,
    exp_month   smallint NOT NULL CHECK (exp_month BETWEEN 1 AND 12),
    exp_year    smallint NOT NULL CHECK (exp_year BETWEEN 2000 AND 2100),
    cvc_check   text NOT NULL CHECK (cvc_check IN ('pass', 'fail', 'unavailable', 'unchecked')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    forgotten_at timestamptz,
    CHECK ((sealed IS NULL) = (forgotten_at IS NOT NULL))
);
CREATE INDEX cards_by_fingerprint ON vault.cards (fingerprint);

CREATE TABLE vault.access_log (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token text NOT NULL,
    verb  text NOT NULL CHECK (verb IN ('open', 'forget')),
    why   text NOT NULL,
    at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION vault.keys() RETURNS SETOF vault.data_keys
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = vault, pg_temp
AS $$ SELECT * FROM vault.data_keys ORDER BY id $$;

CREATE FUNCTION vault.add_key(wrapped bytea) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = vault, pg_temp
AS $$ INSERT INTO vault.data_keys (wrapped) VALUES (wrapped) RETURNING id $$;

CREATE FUNCTION vault.put(
    token text, sealed bytea, key_id bigint, fingerprint text, brand text, bin text, last4 text,
    funding text, country text, exp_month smallint, exp_year smallint, cvc_check text
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = vault, pg_temp
AS $$
    INSERT INTO vault.cards (token, sealed, key_id, fingerprint, brand, bin, last4, funding,
                             country, exp_month, exp_year, cvc_check)
    VALUES (token, sealed, key_id, fingerprint, brand, bin, last4, funding,
            country, exp_month, exp_year, cvc_check)
$$;

CREATE FUNCTION vault.open(wanted text, reason text)
RETURNS TABLE (sealed bytea, key_id bigint, exp_month smallint, exp_year smallint)
LANGUAGE sql SECURITY DEFINER SET search_path = vault, pg_temp
AS $$
    INSERT INTO vault.access_log (token, verb, why) VALUES (wanted, 'open', reason);
    SELECT c.sealed, c.key_id, c.exp_month, c.exp_year
    FROM vault.cards c WHERE c.token = wanted AND c.sealed IS NOT NULL;
$$;

CREATE FUNCTION vault.forget(wanted text, reason text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = vault, pg_temp
AS $$
    INSERT INTO vault.access_log (token, verb, why) VALUES (wanted, 'forget', reason);
    UPDATE vault.cards SET sealed = NULL, forgotten_at = clock_timestamp()
    WHERE token = wanted AND sealed IS NOT NULL;
$$;

-- What may be shown: never more than the first six and the last four digits.
CREATE VIEW vault.shown AS
    SELECT token, fingerprint, brand, bin, last4, funding, country, exp_month, exp_year,
           cvc_check, created_at, forgotten_at
    FROM vault.cards;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC;
DO $$
DECLARE
    thing record;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'maalem_vault')
       AND pg_has_role(current_user, 'maalem_vault', 'SET') THEN
        GRANT CREATE ON SCHEMA vault TO maalem_vault;
        FOR thing IN SELECT c.oid::regclass AS name FROM pg_class c
                     WHERE c.relnamespace = 'vault'::regnamespace AND c.relkind IN ('r', 'v') LOOP
            EXECUTE format('ALTER TABLE %s OWNER TO maalem_vault', thing.name);
        END LOOP;
        FOR thing IN SELECT p.oid::regprocedure AS name FROM pg_proc p
                     WHERE p.pronamespace = 'vault'::regnamespace LOOP
            EXECUTE format('ALTER FUNCTION %s OWNER TO maalem_vault', thing.name);
        END LOOP;
        ALTER SCHEMA vault OWNER TO maalem_vault;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'maalem_payments') THEN
        GRANT USAGE ON SCHEMA vault TO maalem_payments;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA vault TO maalem_payments;
        GRANT SELECT ON vault.shown TO maalem_payments;
    END IF;
END $$;
