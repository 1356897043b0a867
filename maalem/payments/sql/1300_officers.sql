-- Officers: the people whose yes counts, each known by a key of her own and by nothing else. See
-- docs/decisions/0010-officers.md. The running service can read them and make none: whoever may
-- not write here makes no key of an officer's either, and gives none a new life.

CREATE TABLE officers (
    id         text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL CHECK (version = 1),
    account_id text COLLATE "C" NOT NULL REFERENCES accounts (id),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 100 AND name = btrim(name)),
    -- The name without its accents and capitals: one person is one officer.
    folded     text NOT NULL UNIQUE CHECK (folded <> ''),
    created_at timestamptz NOT NULL
);
GRANT SELECT ON officers TO maalem_payments;

ALTER TABLE api_keys
    ADD COLUMN officer_id text COLLATE "C" REFERENCES officers (id),
    ADD CONSTRAINT key_of_officer UNIQUE (id, officer_id),
    -- It lasts until it is ended, and is a key that opens no more than its permissions.
    ADD CONSTRAINT officers_keys_are_restricted CHECK (
        officer_id IS NULL OR (kind = 'restricted' AND expires_at IS NULL AND rolled_from IS NULL));
CREATE UNIQUE INDEX one_key_an_officer ON api_keys (officer_id) WHERE revoked_at IS NULL;

CREATE FUNCTION hold_officers_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF has_table_privilege('officers', 'INSERT') THEN
        RETURN NEW;
    END IF;
    -- When it was last used is noted by the service.
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'last_used_at' = to_jsonb(OLD) - 'last_used_at' THEN
        RETURN NEW;
    END IF;
    PERFORM refuse_settlement('officers_are_made_by_operators', NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER hold_officers_key BEFORE INSERT ON api_keys FOR EACH ROW
    WHEN (NEW.officer_id IS NOT NULL) EXECUTE FUNCTION hold_officers_key();
CREATE TRIGGER hold_officers_key_again BEFORE UPDATE ON api_keys FOR EACH ROW
    WHEN (NEW.officer_id IS NOT NULL OR OLD.officer_id IS NOT NULL)
    EXECUTE FUNCTION hold_officers_key();

-- Raises unless the key is that officer's and stands at this moment, whatever a process believes;
-- it can't be ended before this transaction is over.
CREATE FUNCTION officer_stands(officer text, key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM api_keys WHERE id = key AND officer_id = officer AND revoked_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        PERFORM refuse_settlement('officer_stands', coalesce(officer, 'nobody'));
    END IF;
END $$;

-- A yes to a payout is an officer's, by her own key, and counts once. One that an ended key said, or
-- that only a name was told for, is set aside while the payout has not left.
ALTER TABLE payout_approvals
    ADD COLUMN officer_id text COLLATE "C" REFERENCES officers (id),
    ADD COLUMN set_aside  boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT approved_by_her_key FOREIGN KEY (key_id, officer_id)
        REFERENCES api_keys (id, officer_id),
    DROP CONSTRAINT payout_approvals_version_check,
    ADD CONSTRAINT payout_approvals_version_check CHECK (version = 1 OR (version = 2 AND set_aside));
DROP INDEX approved_once;
CREATE UNIQUE INDEX approved_once ON payout_approvals (payout_id, officer_id) WHERE NOT set_aside;
SELECT make_put('payout_approvals');

CREATE FUNCTION hold_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM officer_stands(NEW.officer_id, NEW.key_id);
    RETURN NEW;
END $$;
CREATE TRIGGER officer_stands BEFORE INSERT ON payout_approvals FOR EACH ROW
    EXECUTE FUNCTION hold_approval();

CREATE OR REPLACE FUNCTION check_approvals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM payout_approvals WHERE payout_id = NEW.payout_id AND NOT set_aside)
       <> (SELECT approvals FROM payouts WHERE id = NEW.payout_id) THEN
        PERFORM refuse_settlement('approvals_add_up', NEW.payout_id);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION check_own_approvals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM payout_approvals WHERE payout_id = NEW.id AND NOT set_aside)
       <> (SELECT approvals FROM payouts WHERE id = NEW.id) THEN
        PERFORM refuse_settlement('approvals_add_up', NEW.id);
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER append_only ON payout_approvals;
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON payout_approvals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_approval_rewrite();
CREATE FUNCTION hold_set_aside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT has_table_privilege('officers', 'INSERT') OR OLD.set_aside OR NOT NEW.set_aside
       OR to_jsonb(NEW) - '{version,set_aside}'::text[]
            <> to_jsonb(OLD) - '{version,set_aside}'::text[]
       OR NOT EXISTS (SELECT FROM payouts WHERE id = NEW.payout_id AND status = 'pending') THEN
        PERFORM refuse_settlement('approvals_are_append_only', NEW.id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_set_aside BEFORE UPDATE ON payout_approvals FOR EACH ROW
    EXECUTE FUNCTION hold_set_aside();

-- A deed is an officer's by her own key, and her second is another officer with hers.
ALTER TABLE desk_deeds
    ADD COLUMN officer_id  text COLLATE "C" REFERENCES officers (id),
    ADD COLUMN officer_key text COLLATE "C",
    ADD COLUMN second_id   text COLLATE "C" REFERENCES officers (id),
    ADD COLUMN second_key  text COLLATE "C",
    ADD CONSTRAINT proposed_by_her_key FOREIGN KEY (officer_key, officer_id)
        REFERENCES api_keys (id, officer_id),
    ADD CONSTRAINT seconded_by_her_key FOREIGN KEY (second_key, second_id)
        REFERENCES api_keys (id, officer_id);
-- What was done before officers had keys stays as it is told; nothing more is done like that.
ALTER TABLE desk_deeds ADD CONSTRAINT two_known_officers CHECK (
    NOT by_two OR status <> 'done' OR (officer_id IS NOT NULL AND officer_key IS NOT NULL
        AND second_id IS NOT NULL AND second_key IS NOT NULL AND officer_id <> second_id)) NOT VALID;
SELECT make_put('desk_deeds');

CREATE OR REPLACE FUNCTION hold_deed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ends text[] := '{version,status,second,second_id,second_key,ended_at}';
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        PERFORM refuse_bank('told_is_told', TG_OP);
    ELSIF NOT deed_may_move(OLD.status, NEW.status)
        OR to_jsonb(NEW) - ends <> to_jsonb(OLD) - ends THEN
        PERFORM refuse_bank('told_is_told', NEW.id);
    END IF;
    PERFORM officer_stands(NEW.second_id, NEW.second_key);
    -- What a key proposed falls with the key.
    IF NEW.status = 'done' THEN
        PERFORM officer_stands(NEW.officer_id, NEW.officer_key);
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION hold_new_deed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM officer_stands(NEW.officer_id, NEW.officer_key);
    IF NEW.second_id IS NOT NULL THEN
        PERFORM officer_stands(NEW.second_id, NEW.second_key);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER officer_stands BEFORE INSERT ON desk_deeds FOR EACH ROW
    EXECUTE FUNCTION hold_new_deed();

-- What has not left yet is approved anew, by keys.
DO $$
DECLARE
    waiting text[] := ARRAY(SELECT id FROM payouts WHERE status = 'pending' AND approvals > 0);
BEGIN
    UPDATE payout_approvals SET set_aside = true, version = 2 WHERE payout_id = ANY(waiting);
    UPDATE payouts SET approvals = 0, version = version + 1 WHERE id = ANY(waiting);
END $$;
