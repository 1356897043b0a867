-- Work that a worker does by itself and that failed: how often, why, and when it is tried again.
-- Where `parked_at` stands it was set aside: an operator is shown it and has it tried again.
CREATE TABLE failing_work (
    work      text NOT NULL CHECK (work ~ '^[a-z ]+$'),
    item      text COLLATE "C" NOT NULL CHECK (item <> ''),
    tries     integer NOT NULL CHECK (tries >= 0),
    reason    text NOT NULL CHECK (length(reason) <= 500),
    first_at  timestamptz NOT NULL,
    last_at   timestamptz NOT NULL,
    next_at   timestamptz NOT NULL,
    parked_at timestamptz,
    PRIMARY KEY (work, item),
    CHECK (parked_at IS NULL OR tries > 0)
);
CREATE INDEX failing_work_parked ON failing_work (parked_at) WHERE parked_at IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON failing_work TO maalem_payments;
