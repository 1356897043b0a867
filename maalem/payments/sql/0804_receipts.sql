-- A short number for each payment that succeeded, for people. A process takes ten thousand at a time
-- from the sequence, so numbering costs a payment no round trip of its own.
ALTER TABLE charges ADD COLUMN receipt_number text COLLATE "C"
    CHECK (receipt_number ~ '^[2-9CFGHJKMPQRVWX]{4}-[2-9CFGHJKMPQRVWX]{4}$');
CREATE UNIQUE INDEX one_receipt_number ON charges (receipt_number)
    WHERE receipt_number IS NOT NULL;
SELECT make_put('charges');
SELECT make_change('charges');

CREATE SEQUENCE receipt_blocks;
GRANT USAGE ON SEQUENCE receipt_blocks TO maalem_payments;
