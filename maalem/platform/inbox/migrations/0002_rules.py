"""What was handled stays handled; what came stays as it came."""

from django.db import migrations

DO = """
CREATE FUNCTION inbox_event_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('stored', 'handled'), ('stored', 'ignored'), ('stored', 'parked'),
        ('parked', 'handled'), ('parked', 'ignored')
    ) THEN
        RAISE EXCEPTION 'an event does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inbox_event_status_next';
    END IF;
    IF (NEW.event_id, NEW.type, NEW.payload) IS DISTINCT FROM
       (OLD.event_id, OLD.type, OLD.payload) THEN
        RAISE EXCEPTION 'an event is kept as it came'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inbox_event_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inbox_event_rules BEFORE UPDATE ON inbox_event
    FOR EACH ROW EXECUTE FUNCTION inbox_event_rules();
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_initial")]
    operations = [migrations.RunSQL(DO, "DROP FUNCTION inbox_event_rules CASCADE")]
