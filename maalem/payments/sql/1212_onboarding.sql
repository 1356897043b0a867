-- Links by which people tell us themselves what their account needs, and pictures of their papers.
CREATE TABLE account_links (
    id           text COLLATE "C" PRIMARY KEY,
    version      integer NOT NULL CHECK (version > 0),
    account_id   text COLLATE "C" NOT NULL REFERENCES accounts (id),
    platform_id  text COLLATE "C" NOT NULL REFERENCES accounts (id),
    type         text NOT NULL CHECK (type IN ('account_onboarding', 'account_update')),
    collect      text NOT NULL CHECK (collect IN ('currently_due', 'eventually_due')),
    digest       text COLLATE "C" NOT NULL UNIQUE CHECK (digest ~ '^[0-9a-f]{64}$'),
    refresh_url  text NOT NULL,
    return_url   text NOT NULL,
    expires_at   timestamptz NOT NULL,
    visit_digest text CHECK (visit_digest ~ '^[0-9a-f]{64}$'),
    visit_until  timestamptz,
    created_at   timestamptz NOT NULL,
    CHECK ((visit_digest IS NULL) = (visit_until IS NULL))
);
CREATE INDEX account_links_created ON account_links (created_at);
SELECT make_put('account_links');
GRANT DELETE ON account_links TO maalem_payments;

-- A link is opened once, and nothing else about it changes.
CREATE FUNCTION hold_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.visit_digest IS NOT NULL OR (NEW.account_id, NEW.digest, NEW.expires_at)
            IS DISTINCT FROM (OLD.account_id, OLD.digest, OLD.expires_at) THEN
        RAISE EXCEPTION USING ERRCODE = 'MA003', MESSAGE = 'a_link_is_opened_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_link BEFORE UPDATE ON account_links FOR EACH ROW EXECUTE FUNCTION hold_link();

-- A picture of somebody's papers is sealed and lies apart, so that it can be forgotten. It has no
-- digest in the open: who has the picture could tell by it that we have it too.
ALTER TABLE files
    DROP CONSTRAINT files_purpose_check,
    ADD CHECK (purpose IN ('dispute_evidence', 'identity_document')),
    ALTER COLUMN sha256 DROP NOT NULL,
    ADD CONSTRAINT papers_have_no_digest
        CHECK ((purpose = 'identity_document') = (sha256 IS NULL));
SELECT make_put('files');
REVOKE UPDATE ON files FROM maalem_payments;

CREATE TABLE identity_documents (
    file_id    text COLLATE "C" PRIMARY KEY,
    sealed     text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE identity_documents ALTER COLUMN sealed SET STORAGE EXTERNAL;
GRANT SELECT, INSERT, DELETE ON identity_documents TO maalem_payments;
