-- What networks keep for their own work: told with each payment that they clear, held against what
-- its charge froze, and booked as what we owe them until their money comes in.

ALTER TABLE network_settlements ADD COLUMN scheme bigint NOT NULL DEFAULT 0 CHECK (scheme >= 0);
-- What we reckon the day to cost, by the lines that its charges froze.
ALTER TABLE network_settlements ADD COLUMN reckoned bigint NOT NULL DEFAULT 0 CHECK (reckoned >= 0);
-- What of a difference officers took over as a cost (positive) or a gain; nothing until they do.
ALTER TABLE network_settlements ADD COLUMN scheme_accepted bigint NOT NULL DEFAULT 0;
ALTER TABLE network_settlements ADD COLUMN interchange_accepted bigint NOT NULL DEFAULT 0;
ALTER TABLE network_settlements ADD CONSTRAINT differences_are_accepted_whole
    CHECK (scheme_accepted IN (0, scheme - reckoned));
SELECT make_put('network_settlements');
DROP TRIGGER keep ON network_settlements;
CREATE TRIGGER keep BEFORE UPDATE ON network_settlements FOR EACH ROW EXECUTE FUNCTION
    keep_bank_row('version', 'status', 'received_at', 'scheme_accepted', 'interchange_accepted');

ALTER TABLE network_settlement_lines ADD COLUMN scheme bigint NOT NULL DEFAULT 0 CHECK (scheme >= 0);
ALTER TABLE network_settlement_lines ADD COLUMN reckoned bigint NOT NULL DEFAULT 0
    CHECK (reckoned >= 0);
-- `lines` is an array of [reference, amount, scheme, reckoned].
CREATE OR REPLACE FUNCTION put_network_settlement_lines(doc jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO network_settlement_lines (reference, settlement_id, amount, scheme, reckoned)
    SELECT line ->> 0, doc ->> 'id', (line ->> 1)::bigint, coalesce((line ->> 2)::bigint, 0),
        coalesce((line ->> 3)::bigint, 0)
    FROM jsonb_array_elements(doc -> 'lines') AS line
$$;
CREATE OR REPLACE FUNCTION check_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines record;
BEGIN
    SELECT count(*) AS count, coalesce(sum(amount), 0) AS amount, coalesce(sum(scheme), 0) AS scheme,
        coalesce(sum(reckoned), 0) AS reckoned
    INTO lines FROM network_settlement_lines WHERE settlement_id = NEW.id;
    IF (lines.count, lines.amount, lines.scheme, lines.reckoned)
        <> (NEW.count, NEW.gross, NEW.scheme, NEW.reckoned) THEN
        PERFORM refuse_bank('settlement_is_its_payments', NEW.id);
    END IF;
    RETURN NULL;
END $$;

-- The simulated networks: so much of each payment, and so much for each.
ALTER TABLE simulator.bank_conduct
    ADD COLUMN scheme_bps integer NOT NULL DEFAULT 0 CHECK (scheme_bps BETWEEN 0 AND 500);
ALTER TABLE simulator.bank_conduct
    ADD COLUMN scheme_fixed bigint NOT NULL DEFAULT 0 CHECK (scheme_fixed >= 0);
ALTER TABLE simulator.settlements ADD COLUMN scheme bigint NOT NULL DEFAULT 0;
ALTER TABLE simulator.settled ADD COLUMN scheme bigint NOT NULL DEFAULT 0;
