-- The outbox. An event is written in the transaction of the change that it tells of, with one
-- delivery for each endpoint that wants it at that moment.

CREATE TABLE webhook_endpoints (
    id             text COLLATE "C" PRIMARY KEY,
    version        integer NOT NULL CHECK (version > 0),
    account_id     text COLLATE "C" NOT NULL REFERENCES accounts (id),
    url            text NOT NULL CHECK (url ~ '^https?://'),
    secret         text NOT NULL,
    enabled_events jsonb NOT NULL,
    status         text NOT NULL CHECK (status IN ('enabled', 'disabled')),
    connect        boolean NOT NULL,
    api_version    text,
    description    text,
    deleted        boolean NOT NULL,
    metadata       jsonb NOT NULL,
    created_at     timestamptz NOT NULL
);
CREATE INDEX webhook_endpoints_account ON webhook_endpoints (account_id, id);
SELECT make_put('webhook_endpoints');

CREATE TABLE events (
    id          text COLLATE "C" PRIMARY KEY,
    account_id  text COLLATE "C" NOT NULL REFERENCES accounts (id),
    connected_account_id text COLLATE "C" REFERENCES accounts (id),
    type        text NOT NULL CHECK (type ~ '^[a-z_]+(\.[a-z_]+)+$'),
    object_id   text COLLATE "C" NOT NULL,
    data        jsonb NOT NULL,
    api_version text NOT NULL,
    request_id  text,
    idempotency_key text,
    created_at  timestamptz NOT NULL
);
CREATE INDEX events_account ON events (account_id, id);
CREATE INDEX events_object ON events (object_id);
GRANT SELECT, INSERT ON events TO maalem_payments;

CREATE TABLE event_deliveries (
    event_id    text COLLATE "C" NOT NULL REFERENCES events (id),
    endpoint_id text COLLATE "C" NOT NULL REFERENCES webhook_endpoints (id),
    status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts    integer NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,
    answered    integer,
    error       text,
    delivered_at timestamptz,
    PRIMARY KEY (event_id, endpoint_id)
);
CREATE INDEX event_deliveries_due ON event_deliveries (next_at) WHERE status = 'pending';
GRANT SELECT, INSERT, UPDATE ON event_deliveries TO maalem_payments;

-- Write one event (its columns as JSON) and what has to be delivered. An endpoint with `connect`
-- hears of the connected accounts' events, the others of the account's own.
CREATE FUNCTION record_event(doc jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO events SELECT * FROM jsonb_populate_record(NULL::events, doc);
    INSERT INTO event_deliveries (event_id, endpoint_id, next_at)
    SELECT doc ->> 'id', w.id, (doc ->> 'created_at')::timestamptz
    FROM webhook_endpoints w
    WHERE w.account_id = doc ->> 'account_id' AND w.status = 'enabled' AND NOT w.deleted
      AND w.connect = (doc ->> 'connected_account_id' IS NOT NULL)
      AND (w.enabled_events @> '["*"]' OR w.enabled_events @> jsonb_build_array(doc ->> 'type'));
END $$;
GRANT EXECUTE ON FUNCTION record_event(jsonb) TO maalem_payments;
