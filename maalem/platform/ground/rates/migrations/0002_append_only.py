"""Rates that were shown to buyers stay as they were: nothing is changed, taken out or emptied."""

from django.db import migrations

KEEP = """
CREATE FUNCTION rates_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rates are append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'rates_append_only';
END $$;
CREATE TRIGGER rates_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON rates_rate
    FOR EACH STATEMENT EXECUTE FUNCTION rates_are_kept();
CREATE TRIGGER rates_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON rates_import
    FOR EACH STATEMENT EXECUTE FUNCTION rates_are_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("rates", "0001_initial")]
    operations = [migrations.RunSQL(KEEP, "DROP FUNCTION rates_are_kept CASCADE")]
