-- Bank account numbers are sealed like cards: by a data key of the vault, in a table of its role.
-- Each opening leaves a line in the access log.
DO $$
BEGIN
    IF (SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'vault') = 'maalem_vault' THEN
        SET LOCAL ROLE maalem_vault;
    END IF;
END $$;

CREATE TABLE vault.bank_numbers (
    token       text PRIMARY KEY,
    sealed      bytea CHECK (octet_length(sealed) = 52),
    key_id      bigint NOT NULL REFERENCES vault.data_keys (id),
    fingerprint text NOT NULL,
    last4       text NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
    created_at  timestamptz NOT NULL DEFAULT now(),
    forgotten_at timestamptz,
    CHECK ((sealed IS NULL) = (forgotten_at IS NOT NULL))
);

CREATE FUNCTION vault.put_bank_number(
    token text, sealed bytea, key_id bigint, fingerprint text, last4 text
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = vault, pg_temp
AS $$
    INSERT INTO vault.bank_numbers (token, sealed, key_id, fingerprint, last4)
    VALUES (token, sealed, key_id, fingerprint, last4)
$$;

CREATE FUNCTION vault.open_bank_number(wanted text, reason text)
RETURNS TABLE (sealed bytea, key_id bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = vault, pg_temp
AS $$
    INSERT INTO vault.access_log (token, verb, why) VALUES (wanted, 'open', reason);
    SELECT b.sealed, b.key_id FROM vault.bank_numbers b
    WHERE b.token = wanted AND b.sealed IS NOT NULL;
$$;

CREATE FUNCTION vault.forget_bank_number(wanted text, reason text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = vault, pg_temp
AS $$
    INSERT INTO vault.access_log (token, verb, why) VALUES (wanted, 'forget', reason);
    UPDATE vault.bank_numbers SET sealed = NULL, forgotten_at = clock_timestamp()
    WHERE token = wanted AND sealed IS NOT NULL;
$$;

REVOKE ALL ON FUNCTION vault.put_bank_number(text, bytea, bigint, text, text),
    vault.open_bank_number(text, text), vault.forget_bank_number(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault.put_bank_number(text, bytea, bigint, text, text),
    vault.open_bank_number(text, text), vault.forget_bank_number(text, text) TO maalem_payments;
RESET ROLE;
