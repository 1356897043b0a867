"""The commission a new installation starts with; the operator changes it by adding dated rules."""

from datetime import date

from django.db import migrations

RULES = [
    ("cooperatives", 10, {"kind": ["cooperative"]}, 500),
    ("everyone", 1000, {}, 800),
]


def write(apps, schema_editor):
    rule = apps.get_model("checkout", "CommissionRule")
    for name, position, conditions, rate_bps in RULES:
        rule.objects.create(
            name=name,
            position=position,
            conditions=conditions,
            rate_bps=rate_bps,
            starts_on=date(2026, 1, 1),
        )


class Migration(migrations.Migration):
    dependencies = [("checkout", "0001_initial")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
