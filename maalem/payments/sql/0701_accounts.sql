-- What an account may do follows from what is known of it (accounts/levels.py). The accounts there
-- are were opened by the platform, which answers for them: `vouched`.
ALTER TABLE accounts
    ADD COLUMN vouched      boolean NOT NULL DEFAULT true,
    ADD COLUMN level        integer NOT NULL DEFAULT 2 CHECK (level BETWEEN 0 AND 3),
    ADD COLUMN capabilities jsonb NOT NULL DEFAULT
        '{"transfers": "active", "card_payments": "active", "wallet_payments": "active"}',
    ADD COLUMN requirements jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN company      jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN tos          jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN rejected     text CHECK (rejected IN ('fraud', 'terms_of_service', 'other')),
    ADD COLUMN deleted      boolean NOT NULL DEFAULT false;
SELECT make_put('accounts');

CREATE TABLE persons (
    id             text COLLATE "C" PRIMARY KEY,
    version        integer NOT NULL CHECK (version > 0),
    account_id     text COLLATE "C" NOT NULL REFERENCES accounts (id),
    first_name     text,
    last_name      text,
    sealed         jsonb NOT NULL,
    address_lines  jsonb NOT NULL,
    id_number_hash text,
    relationship   jsonb NOT NULL,
    document_front text,
    identity       text NOT NULL CHECK (identity IN ('unverified', 'pending', 'verified', 'failed')),
    identity_code  text,
    document       text NOT NULL CHECK (document IN ('unverified', 'pending', 'verified', 'failed')),
    document_code  text,
    submitted_at   timestamptz,
    deleted        boolean NOT NULL,
    metadata       jsonb NOT NULL,
    created_at     timestamptz NOT NULL,
    -- Only texts that were sealed: base 64 of a nonce, the text and its tag.
    CHECK (NOT jsonb_path_exists(sealed, '$.* ? (!(@ like_regex "^[A-Za-z0-9+/]{38,}=*$"))'))
);
CREATE INDEX persons_account ON persons (account_id, id);
-- One answers for an account, whoever else is known of it.
CREATE UNIQUE INDEX persons_representative ON persons (account_id)
    WHERE NOT deleted AND (relationship ->> 'representative')::boolean;
CREATE INDEX persons_pending ON persons (id)
    WHERE NOT deleted AND (identity = 'pending' OR document = 'pending');
SELECT make_put('persons');
