"""Names are folded by the kit now, as every other search does: write them anew."""

from django.db import migrations

from maalem.platform.ground.places.actions import load


def forwards(apps, schema_editor):
    load(model=lambda name: apps.get_model("places", name))


class Migration(migrations.Migration):
    dependencies = [("places", "0002_load")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
