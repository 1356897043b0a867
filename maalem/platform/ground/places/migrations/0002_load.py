"""Fill the map; the tables come with the package, so no network and no waiting."""

from django.db import migrations

from maalem.platform.ground.places.actions import load


def forwards(apps, schema_editor):
    load(model=lambda name: apps.get_model("places", name))


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
