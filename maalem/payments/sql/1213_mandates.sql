-- A mandate: the holder's agreement to payments without her, as a setup brought it.
CREATE TABLE mandates (
    id                text COLLATE "C" PRIMARY KEY,
    version           integer NOT NULL CHECK (version > 0),
    account_id        text COLLATE "C" NOT NULL REFERENCES accounts (id),
    payment_method_id text COLLATE "C" NOT NULL REFERENCES payment_methods (id),
    setup_id          text COLLATE "C" NOT NULL UNIQUE REFERENCES setup_intents (id),
    status            text NOT NULL CHECK (status IN ('active', 'inactive')),
    acceptance        jsonb NOT NULL CHECK (acceptance ->> 'type' IN ('online', 'offline')),
    created_at        timestamptz NOT NULL
);
CREATE INDEX mandates_method ON mandates (payment_method_id) WHERE status = 'active';
SELECT make_put('mandates');

CREATE FUNCTION hold_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'inactive' OR (NEW.payment_method_id, NEW.setup_id, NEW.acceptance)
            IS DISTINCT FROM (OLD.payment_method_id, OLD.setup_id, OLD.acceptance) THEN
        RAISE EXCEPTION USING ERRCODE = 'MA003', MESSAGE = 'status_may_not_move', DETAIL = OLD.id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_mandate BEFORE UPDATE ON mandates FOR EACH ROW EXECUTE FUNCTION hold_mandate();

ALTER TABLE setup_intents ADD COLUMN mandate_id text COLLATE "C";
-- How the holder agreed, as far as it was told; and what the rules made of the attempt.
ALTER TABLE setup_attempts
    ADD COLUMN acceptance jsonb,
    ADD COLUMN risk       jsonb;
SELECT make_put(name) FROM unnest(ARRAY['setup_intents', 'setup_attempts']) AS name;
