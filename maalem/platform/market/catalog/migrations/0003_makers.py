"""A piece's page names its maker: another name is another version."""

from django.db import migrations

MAKERS = """
CREATE FUNCTION catalog_maker_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_product SET version = version + 1 WHERE maker_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_maker_renamed AFTER UPDATE OF name ON artisans_maker
    FOR EACH ROW WHEN (NEW.name IS DISTINCT FROM OLD.name)
    EXECUTE FUNCTION catalog_maker_renamed();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_rules"), ("artisans", "0001_initial")]
    operations = [
        migrations.RunSQL(MAKERS, "DROP FUNCTION catalog_maker_renamed CASCADE"),
    ]
