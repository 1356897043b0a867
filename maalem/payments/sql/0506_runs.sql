-- Which code ran when: each process of the service writes down what it is as it starts, so that a
-- payment's story tells by which version it was decided.
CREATE TABLE runs (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    role       text NOT NULL CHECK (role IN ('service', 'worker', 'desk')),
    version    text NOT NULL CHECK (version <> ''),
    started_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX runs_started ON runs (role, started_at);
GRANT SELECT, INSERT ON runs TO maalem_payments;
CREATE FUNCTION keep_runs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse_bank('told_is_told', TG_OP);
    RETURN NULL;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON runs
    FOR EACH STATEMENT EXECUTE FUNCTION keep_runs();
