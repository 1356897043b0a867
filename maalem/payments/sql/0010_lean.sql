-- What a payment need not prove twice. A foreign key stays where a value first enters; a copy of
-- it further on is made by the code from a row that was proved, and no row of these is ever
-- deleted (the service may not). So a payment costs seven look-ups of parents, not nineteen.
ALTER TABLE charges
    DROP CONSTRAINT charges_account_id_fkey,
    DROP CONSTRAINT charges_intent_id_fkey,
    DROP CONSTRAINT charges_payment_method_id_fkey;
ALTER TABLE events DROP CONSTRAINT events_account_id_fkey;
-- Deliveries are written by the statement that writes their event, from the endpoints themselves.
ALTER TABLE event_deliveries
    DROP CONSTRAINT event_deliveries_event_id_fkey,
    DROP CONSTRAINT event_deliveries_endpoint_id_fkey;

-- Indexes that no question needs: deliveries are taken endpoint by endpoint, an attempt is found
-- by its own id, and the auditor reads the ledger whole.
DROP INDEX event_deliveries_due;
DROP INDEX payment_attempts_intent;
DROP INDEX ledger.ledger_transfers_source;
