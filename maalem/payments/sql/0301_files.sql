-- Documents that a merchant uploads. The bytes lie apart, under what they are, so that the same
-- document sent twice is kept once and a list of documents reads no bytes.
CREATE TABLE file_contents (
    account_id text COLLATE "C" NOT NULL REFERENCES accounts (id),
    sha256     text COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content    bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, sha256),
    CHECK (octet_length(content) BETWEEN 1 AND 5242880),
    CONSTRAINT content_is_what_it_says CHECK (encode(sha256(content), 'hex') = sha256)
);
-- They are compressed already.
ALTER TABLE file_contents ALTER COLUMN content SET STORAGE EXTERNAL;
GRANT SELECT, INSERT ON file_contents TO maalem_payments;

CREATE TABLE files (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version = 1),
    account_id text COLLATE "C" NOT NULL,
    purpose    text NOT NULL CHECK (purpose IN ('dispute_evidence')),
    filename   text NOT NULL CHECK (length(filename) BETWEEN 1 AND 255),
    type       text NOT NULL CHECK (type IN ('jpg', 'png', 'pdf')),
    size       bigint NOT NULL CHECK (size > 0),
    sha256     text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    FOREIGN KEY (account_id, sha256) REFERENCES file_contents (account_id, sha256)
);
CREATE INDEX files_account ON files (account_id, id);
SELECT make_put('files');
REVOKE UPDATE ON files FROM maalem_payments;
