-- The simulated world outside: one card network with its issuers, one mobile switch.
-- It keeps its own book, as a real one would, so that after a crash on our side it can still say
-- what it did. Nothing of ours reads these tables except rails/simulator, through the port.
CREATE SCHEMA simulator;

-- How the simulator behaves; tests and demonstrations turn these knobs from any process.
CREATE TABLE simulator.conduct (
    only_row     boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    slow_ms      integer NOT NULL DEFAULT 0 CHECK (slow_ms BETWEEN 0 AND 600000),
    lose_replies integer NOT NULL DEFAULT 0 CHECK (lose_replies >= 0),
    down         boolean NOT NULL DEFAULT false
);
INSERT INTO simulator.conduct DEFAULT VALUES;

-- One row per reference: what was asked, what was answered, and what a challenge waits for.
-- No card number: `hint` is its last four digits, or a wallet's masked telephone.
CREATE TABLE simulator.answers (
    reference       text PRIMARY KEY,
    kind            text NOT NULL
        CHECK (kind IN ('card', 'wallet', 'capture', 'release', 'refund', 'closed')),
    original        text REFERENCES simulator.answers (reference),
    amount          bigint NOT NULL CHECK (amount >= 0),
    currency        text NOT NULL,
    merchant        text NOT NULL,
    hint            text NOT NULL,
    answer          jsonb NOT NULL,
    after_challenge jsonb,
    challenge       text UNIQUE,
    challenge_kind  text,
    challenge_state text CHECK (challenge_state IN ('open', 'passed', 'failed', 'abandoned')),
    tries_left      smallint,
    expires_at      timestamptz,
    phone           text,
    asked_at        timestamptz NOT NULL,
    CHECK ((challenge IS NULL) = (challenge_state IS NULL))
);
CREATE INDEX answers_by_original ON simulator.answers (original) WHERE original IS NOT NULL;

-- Mobile wallets: opened at first sight of a telephone, filled up again each day.
CREATE TABLE simulator.wallets (
    phone    text PRIMARY KEY,
    level    smallint NOT NULL CHECK (level BETWEEN 1 AND 3),
    balance  bigint NOT NULL CHECK (balance >= 0),
    filled_on date NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'maalem_payments') THEN
        GRANT USAGE ON SCHEMA simulator TO maalem_payments;
        GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA simulator TO maalem_payments;
    END IF;
END $$;
