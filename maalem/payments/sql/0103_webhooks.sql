-- What each try to deliver an event met with.
CREATE TABLE delivery_log (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id    text COLLATE "C" NOT NULL REFERENCES events (id),
    endpoint_id text COLLATE "C" NOT NULL REFERENCES webhook_endpoints (id),
    attempt     integer NOT NULL CHECK (attempt > 0),
    at          timestamptz NOT NULL,
    took_ms     integer NOT NULL CHECK (took_ms >= 0),
    answered    integer,
    error       text
);
CREATE INDEX delivery_log_event ON delivery_log (event_id, id);
CREATE INDEX delivery_log_endpoint ON delivery_log (endpoint_id, id);
GRANT SELECT, INSERT ON delivery_log TO maalem_payments;

-- A worker that holds a delivery writes until when; if it dies, another takes over after that.
ALTER TABLE event_deliveries ADD COLUMN held_until timestamptz;
-- Oldest first, whatever an endpoint missed.
CREATE INDEX event_deliveries_order ON event_deliveries (event_id) WHERE status = 'pending';

-- Wakes the deliverer in the moment of the commit.
CREATE FUNCTION announce_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('deliveries', '');
    RETURN NULL;
END $$;
CREATE TRIGGER announce_delivery AFTER INSERT ON event_deliveries
    FOR EACH STATEMENT EXECUTE FUNCTION announce_delivery();
