-- Secrets that are rotated, what is known of an endpoint, deliveries made again, and an end to
-- what is kept of events.

-- `secret` and `previous_secret` are sealed by the vault's keys; both sign until `previous_until`.
-- The installation's own endpoint is set by its settings, and never disabled by itself.
ALTER TABLE webhook_endpoints
    ADD COLUMN origin text NOT NULL DEFAULT 'account'
        CHECK (origin IN ('account', 'installation')),
    ADD COLUMN previous_secret text,
    ADD COLUMN previous_until timestamptz,
    ADD COLUMN enabled_at timestamptz,
    ADD COLUMN disabled_by text CHECK (disabled_by IN ('owner', 'silence')),
    ADD CONSTRAINT previous_secret_has_an_end
        CHECK ((previous_secret IS NULL) = (previous_until IS NULL));
SELECT make_put('webhook_endpoints');

-- A delivery has a row while it is to be made and when it was given up; of one that was made the
-- log tells. Tries that are asked for anew are counted from `attempts_before` and since `since`.
DELETE FROM event_deliveries WHERE status = 'delivered';
ALTER TABLE event_deliveries
    DROP CONSTRAINT event_deliveries_status_check,
    ADD CHECK (status IN ('pending', 'failed')),
    DROP COLUMN delivered_at,
    ADD COLUMN since timestamptz,
    ADD COLUMN attempts_before integer NOT NULL DEFAULT 0;
GRANT DELETE ON event_deliveries TO maalem_payments;

-- A line is written for a claim, which proved both; it is read by endpoint, newest first, or by event.
ALTER TABLE delivery_log
    DROP CONSTRAINT delivery_log_pkey,
    DROP CONSTRAINT delivery_log_event_id_fkey,
    DROP CONSTRAINT delivery_log_endpoint_id_fkey;
DROP INDEX delivery_log_event, delivery_log_endpoint;
ALTER TABLE delivery_log ADD PRIMARY KEY (endpoint_id, id);
CREATE INDEX delivery_log_event ON delivery_log (event_id);

-- How an endpoint answers: now, and by the hour.
CREATE TABLE endpoint_standing (
    endpoint_id   text COLLATE "C" PRIMARY KEY,
    good_at       timestamptz,
    failures      integer NOT NULL CHECK (failures >= 0),
    failing_since timestamptz,
    last_at       timestamptz NOT NULL,
    last_took_ms  integer NOT NULL,
    last_answered integer,
    last_error    text,
    CHECK ((failures = 0) = (failing_since IS NULL))
);
CREATE INDEX endpoint_standing_failing ON endpoint_standing (failing_since)
    WHERE failing_since IS NOT NULL;
CREATE TABLE endpoint_hours (
    endpoint_id text COLLATE "C" NOT NULL,
    hour        timestamptz NOT NULL,
    delivered   integer NOT NULL,
    failed      integer NOT NULL,
    PRIMARY KEY (endpoint_id, hour)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON endpoint_standing, endpoint_hours TO maalem_payments;

-- Deliveries asked for again, whatever became of them before: due at `at`, and for three days.
CREATE FUNCTION put_replays(doc jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO event_deliveries (event_id, endpoint_id, next_at, since, attempts, attempts_before)
    SELECT e.id, doc ->> 'endpoint_id', (doc ->> 'at')::timestamptz, (doc ->> 'at')::timestamptz,
        tried.many, tried.many
    FROM jsonb_array_elements_text(doc -> 'event_ids') AS wanted (id)
    JOIN events e ON e.id = wanted.id
    CROSS JOIN LATERAL (
        SELECT coalesce(max(l.attempt), 0) AS many FROM delivery_log l
        WHERE l.event_id = e.id AND l.endpoint_id = doc ->> 'endpoint_id'
    ) AS tried
    ORDER BY e.id
    ON CONFLICT (event_id, endpoint_id) DO UPDATE
    SET status = 'pending', next_at = excluded.next_at, since = excluded.since,
        attempts_before = event_deliveries.attempts
$$;
GRANT EXECUTE ON FUNCTION put_replays(jsonb) TO maalem_payments;

-- Events are history, which the service may not rewrite; what is older than 31 days may go, with
-- its lines, unless somebody is still to hear of it. `before_id` bounds what is looked at.
CREATE FUNCTION forget_events(before_id text, most integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH old AS (
        SELECT e.id FROM events e
        WHERE e.id < before_id AND e.created_at < now() - interval '31 days'
          AND NOT EXISTS (SELECT FROM event_deliveries d
                          WHERE d.event_id = e.id AND d.status = 'pending')
        ORDER BY e.id LIMIT least(most, 5000)
    ), given_up AS (
        DELETE FROM event_deliveries d USING old WHERE d.event_id = old.id AND d.status = 'failed'
    ), lines AS (
        DELETE FROM delivery_log l USING old WHERE l.event_id = old.id
    ), gone AS (
        DELETE FROM events e USING old WHERE e.id = old.id RETURNING 1
    )
    SELECT count(*)::integer FROM gone
$$;
REVOKE ALL ON FUNCTION forget_events(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_events(text, integer) TO maalem_payments;
