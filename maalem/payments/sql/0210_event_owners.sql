-- An event belongs to the account that owns the object it tells of. Its own endpoints hear of it,
-- and those of its platform that were opened with `connect`; no other column says who acted.
UPDATE events SET account_id = connected_account_id WHERE connected_account_id IS NOT NULL;
DROP VIEW events_shown;
ALTER TABLE events DROP COLUMN connected_account_id;
CREATE VIEW events_shown AS
    SELECT e.*, 1 AS version,
        (SELECT count(*)::integer FROM event_deliveries d
         WHERE d.event_id = e.id AND d.status = 'pending') AS pending_webhooks
    FROM events e;
GRANT SELECT ON events_shown TO maalem_payments;

CREATE OR REPLACE FUNCTION record_events(told events[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO events SELECT * FROM unnest(told);
    INSERT INTO event_deliveries (event_id, endpoint_id, next_at)
    SELECT e.id, w.id, e.created_at
    FROM unnest(told) e JOIN accounts a ON a.id = e.account_id
    JOIN webhook_endpoints w ON w.account_id = ANY (ARRAY[a.id, a.parent_id])
    WHERE w.connect = (w.account_id <> a.id) AND w.status = 'enabled' AND NOT w.deleted
      AND (w.enabled_events @> '["*"]' OR w.enabled_events @> jsonb_build_array(e.type));
END $$;
