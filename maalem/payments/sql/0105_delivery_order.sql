-- Deliveries are taken endpoint by endpoint, so that one that answers slowly delays no other.
CREATE INDEX event_deliveries_by_endpoint ON event_deliveries (endpoint_id, event_id)
    WHERE status = 'pending';
DROP INDEX event_deliveries_order;
