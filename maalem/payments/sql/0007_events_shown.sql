-- Events as they are read: with the number of deliveries that are still to be made.
CREATE VIEW events_shown AS
    SELECT e.*, 1 AS version, e.connected_account_id IS NOT NULL AS on_behalf,
        (SELECT count(*)::integer FROM event_deliveries d
         WHERE d.event_id = e.id AND d.status = 'pending') AS pending_webhooks
    FROM events e;
GRANT SELECT ON events_shown TO maalem_payments;
