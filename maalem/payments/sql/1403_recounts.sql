-- The nights on which the books were counted again. A row is written before the count begins, so
-- that one worker does it; `found` is null until it has come to its end.
CREATE TABLE recounts (
    day      date PRIMARY KEY,
    begun_at timestamptz NOT NULL,
    found    integer CHECK (found >= 0)
);
GRANT SELECT, INSERT, UPDATE ON recounts TO maalem_payments;
-- What the count reads beyond what its own work needs.
GRANT SELECT ON migrations TO maalem_payments;
