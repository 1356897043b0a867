-- The simulated bank that keeps the clients' money, and what the simulated networks settle there.
-- Like the rest of this schema it stands outside: ours reach it through the port, by files.

-- A card payment that is only held is told from one that is taken: the network settles the second.
-- `home_…` are cards of the country, whose interchange the country's rules say.
ALTER TABLE simulator.answers DROP CONSTRAINT answers_kind_check;
ALTER TABLE simulator.answers ADD CONSTRAINT answers_kind_check CHECK (kind ~ '^[a-z_]+$');

CREATE TABLE simulator.bank_conduct (
    only_row        boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    lose_replies    integer NOT NULL DEFAULT 0 CHECK (lose_replies >= 0),
    down            boolean NOT NULL DEFAULT false,
    interchange_bps integer NOT NULL DEFAULT 65 CHECK (interchange_bps BETWEEN 0 AND 500),
    closed_until    date
);
INSERT INTO simulator.bank_conduct DEFAULT VALUES;

-- Every file that came in, and every order that was carried out; the second once for ever.
CREATE TABLE simulator.bank_received (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    sha256     text NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX bank_received_name ON simulator.bank_received (name);
CREATE TABLE simulator.bank_orders (
    message_id text PRIMARY KEY,
    sha256     text NOT NULL UNIQUE,
    at         timestamptz NOT NULL
);

-- What was booked on the account: minor units, positive for what came in.
CREATE TABLE simulator.bank_entries (
    number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('payout', 'return', 'network', 'other')),
    amount        bigint NOT NULL CHECK (amount <> 0),
    booked_on     date NOT NULL,
    end_to_end_id text NOT NULL,
    reason        text,
    iban          text NOT NULL,
    counterparty  text NOT NULL,
    remittance    text NOT NULL,
    returns_on    date,
    statement     integer
);
CREATE INDEX bank_entries_unstated ON simulator.bank_entries (booked_on) WHERE statement IS NULL;
CREATE INDEX bank_entries_returns ON simulator.bank_entries (returns_on) WHERE returns_on IS NOT NULL;

CREATE TABLE simulator.bank_statements (
    number  integer PRIMARY KEY,
    day     date NOT NULL,
    opening bigint NOT NULL,
    closing bigint NOT NULL
);

-- Files that lie ready for us.
CREATE TABLE simulator.bank_files (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name     text NOT NULL UNIQUE,
    content  bytea NOT NULL,
    made_at  timestamptz NOT NULL
);

-- The networks' own reports: what was settled on which day, payment by payment.
CREATE TABLE simulator.settlements (
    position    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference   text NOT NULL UNIQUE,
    network     text NOT NULL,
    day         date NOT NULL,
    currency    text NOT NULL,
    gross       bigint NOT NULL,
    interchange bigint NOT NULL
);
CREATE TABLE simulator.settled (
    reference  text PRIMARY KEY,
    settlement text NOT NULL REFERENCES simulator.settlements (reference),
    payment    text NOT NULL,
    amount     bigint NOT NULL
);
CREATE INDEX settled_by ON simulator.settled (settlement);
CREATE INDEX settled_payment ON simulator.settled (payment);

-- What the networks have in their books and did not settle yet: payments, what was given back, and
-- what payers' banks took back or, having lost, gave again.
CREATE VIEW simulator.unsettled AS
SELECT m.* FROM (
    SELECT a.reference, coalesce(a.original, a.reference) AS payment, a.asked_at, a.currency,
        CASE WHEN coalesce(o.kind, a.kind) = 'wallet' THEN 'wallet' ELSE 'card' END AS network,
        CASE WHEN a.kind = 'refund' THEN -a.amount ELSE a.amount END AS amount,
        coalesce(o.kind, a.kind) LIKE 'home%' AS home
    FROM simulator.answers a LEFT JOIN simulator.answers o ON o.reference = a.original
    WHERE (a.kind IN ('card', 'home_card', 'wallet') AND a.answer ->> 'is' = 'Authorised')
       OR (a.kind IN ('capture', 'refund') AND a.answer ->> 'is' = 'Done')
    UNION ALL
    SELECT n.case_reference || CASE n.kind WHEN 'won' THEN '_won' ELSE '' END, n.case_reference,
        n.told_at, n.currency, 'card', CASE n.kind WHEN 'won' THEN n.amount ELSE -n.amount END, false
    FROM simulator.notices n WHERE n.kind IN ('opened', 'escalated', 'won')
) AS m
WHERE NOT EXISTS (SELECT FROM simulator.settled s WHERE s.reference = m.reference);

GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA simulator TO maalem_payments;
