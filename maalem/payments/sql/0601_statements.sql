-- Statements that were made. A statement is made once for an account and a period that is over, and
-- can be made again to the byte for ever: what it said is kept here as its figures and the digest of
-- its lines, and lines that no longer give that digest are refused.
CREATE TABLE statements (
    id           text COLLATE "C" PRIMARY KEY,
    version      integer NOT NULL CHECK (version = 1),
    account_id   text COLLATE "C" NOT NULL REFERENCES accounts (id),
    currency     text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    period_start date NOT NULL,
    period_end   date NOT NULL,
    opening      bigint NOT NULL,
    closing      bigint NOT NULL,
    line_count   integer NOT NULL CHECK (line_count >= 0),
    digest       text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    holder       jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT period_runs_forward CHECK (period_end >= period_start),
    CONSTRAINT one_statement_for_a_period UNIQUE (account_id, currency, period_start, period_end)
);
CREATE INDEX statements_account ON statements (account_id, id);
SELECT make_put('statements');

CREATE FUNCTION keep_statements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'statements_are_not_rewritten',
        MESSAGE = 'statements_are_not_rewritten';
END $$;
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON statements
    FOR EACH STATEMENT EXECUTE FUNCTION keep_statements();
CREATE INDEX balance_transactions_made ON balance_transactions USING brin (created_at);
