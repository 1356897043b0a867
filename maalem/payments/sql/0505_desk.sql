-- What people do by hand at the bank's side: every deed with its officer and a note, for ever. What
-- moves somebody's money takes a second officer, and nothing happens before she has said yes.

CREATE TABLE desk_deeds (
    id          text COLLATE "C" PRIMARY KEY,
    version     integer NOT NULL CHECK (version > 0),
    kind        text NOT NULL CHECK (kind IN ('take', 'close', 'match', 'suspend', 'give', 'bear',
        'offset', 'accept')),
    -- A finding, a line of the bank or a network's day; and what it is said to be.
    about       text COLLATE "C" NOT NULL,
    target      text COLLATE "C",
    amount      bigint,
    currency    text,
    note        text NOT NULL CHECK (btrim(note) <> ''),
    status      text NOT NULL CHECK (status IN ('proposed', 'done', 'withdrawn')),
    officer     text NOT NULL CHECK (btrim(officer) <> ''),
    -- Whether a second one is needed; and who she was, or who withdrew it.
    by_two      boolean NOT NULL,
    second      text,
    created_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    CONSTRAINT ended_as_the_status_says CHECK ((status = 'proposed') = (ended_at IS NULL)),
    CONSTRAINT two_officers CHECK (NOT by_two OR status <> 'done'
        OR (second IS NOT NULL AND btrim(second) <> '' AND lower(btrim(second)) <> lower(btrim(officer)))),
    CONSTRAINT money_takes_two CHECK (by_two OR kind IN ('take', 'close', 'suspend'))
);
-- One thing is decided at a time.
CREATE UNIQUE INDEX one_proposal_at_a_time ON desk_deeds (about) WHERE status = 'proposed';
CREATE INDEX desk_deeds_about ON desk_deeds (about, created_at);
SELECT make_put('desk_deeds');

-- The same table stands in settlement/bank/states.py; a test compares them pair by pair.
CREATE FUNCTION deed_may_move(now_at text, then_at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT now_at = 'proposed' AND then_at IN ('done', 'withdrawn')
$$;
CREATE FUNCTION hold_deed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        PERFORM refuse_bank('told_is_told', TG_OP);
    ELSIF NOT deed_may_move(OLD.status, NEW.status)
        OR to_jsonb(NEW) - '{version,status,second,ended_at}'::text[]
            <> to_jsonb(OLD) - '{version,status,second,ended_at}'::text[] THEN
        PERFORM refuse_bank('told_is_told', NEW.id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_deed BEFORE UPDATE ON desk_deeds FOR EACH ROW EXECUTE FUNCTION hold_deed();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON desk_deeds
    FOR EACH STATEMENT EXECUTE FUNCTION hold_deed();

-- What a line can be by hand: kept in suspense until somebody knows, given to an owner, borne by us,
-- or undone by another line.
ALTER TABLE bank_lines DROP CONSTRAINT bank_lines_matched_as_check;
ALTER TABLE bank_lines ADD CONSTRAINT bank_lines_matched_as_check CHECK (matched_as IN
    ('payout', 'return', 'network', 'suspense', 'owner', 'house', 'offset', 'offset_by'));
CREATE INDEX bank_lines_suspense ON bank_lines (booked_on) WHERE matched_as = 'suspense';
CREATE FUNCTION keep_match() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.matched_as IS NOT NULL AND OLD.matched_as <> 'suspense' THEN
        PERFORM refuse_bank('told_is_told', NEW.id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_match BEFORE UPDATE ON bank_lines FOR EACH ROW
    WHEN ((OLD.matched_as, OLD.matched_to) IS DISTINCT FROM (NEW.matched_as, NEW.matched_to))
    EXECUTE FUNCTION keep_match();

-- A finding that keeps somebody from being paid is closed by two.
CREATE FUNCTION hold_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.freezes AND NOT EXISTS (SELECT FROM desk_deeds d WHERE d.about = NEW.id
        AND d.kind = 'close' AND d.status = 'done' AND d.by_two) THEN
        PERFORM refuse_bank('thawed_by_two', NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER thawed_by_two AFTER UPDATE ON findings DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.status = 'open' AND NEW.status = 'closed') EXECUTE FUNCTION hold_closing();
