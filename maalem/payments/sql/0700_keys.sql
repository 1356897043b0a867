-- API keys with a kind, a name and an end. What is kept of a key is still only its keyed hash.
ALTER TABLE api_keys
    ADD COLUMN id           text COLLATE "C" NOT NULL UNIQUE
                            DEFAULT 'key_' || replace(gen_random_uuid()::text, '-', ''),
    ADD COLUMN version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
    ADD COLUMN kind         text NOT NULL DEFAULT 'secret'
                            CHECK (kind IN ('secret', 'publishable', 'restricted')),
    ADD COLUMN origin       text NOT NULL DEFAULT 'account'
                            CHECK (origin IN ('account', 'installation')),
    ADD COLUMN name         text,
    ADD COLUMN permissions  jsonb NOT NULL DEFAULT '{}'
                            CHECK (kind = 'restricted' OR permissions = '{}'),
    ADD COLUMN rolled_from  text COLLATE "C" REFERENCES api_keys (id),
    ADD COLUMN expires_at   timestamptz,
    ADD COLUMN last_used_at timestamptz;
CREATE INDEX api_keys_account ON api_keys (account_id, id);
-- Until now the installation was the only one who made keys.
UPDATE api_keys SET origin = 'installation';

-- Not made by make_put: a hash is written once, and when a key was last used
-- is noted beside the versions.
CREATE FUNCTION put_api_keys(doc jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF (doc ->> 'version')::integer = 1 THEN
        INSERT INTO api_keys (hash, account_id, hint, created_at, id, version, kind, origin, name,
            permissions, rolled_from)
        VALUES ((doc ->> 'hash')::bytea, doc ->> 'account_id', doc ->> 'hint',
            (doc ->> 'created_at')::timestamptz, doc ->> 'id', 1, doc ->> 'kind',
            doc ->> 'origin', doc ->> 'name', doc -> 'permissions', doc ->> 'rolled_from');
    ELSE
        UPDATE api_keys SET version = (doc ->> 'version')::integer, name = doc ->> 'name',
            permissions = doc -> 'permissions', expires_at = (doc ->> 'expires_at')::timestamptz,
            revoked_at = (doc ->> 'revoked_at')::timestamptz
        WHERE id = doc ->> 'id' AND version = (doc ->> 'version')::integer - 1;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'MA002', MESSAGE = 'changed_meanwhile',
                DETAIL = 'api_keys ' || (doc ->> 'id');
        END IF;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION put_api_keys(jsonb) TO maalem_payments;
