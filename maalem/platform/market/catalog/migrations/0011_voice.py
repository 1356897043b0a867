"""The story of a piece, told aloud."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0010_by_key")]

    operations = [
        migrations.CreateModel(
            name="Voice",
            fields=[
                ("product", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="voice", serialize=False, to="catalog.product")),
                ("path", models.CharField(max_length=200)),
                ("seconds", models.PositiveSmallIntegerField(null=True)),
                ("tongue", models.CharField(max_length=3)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("path", ""), _negated=True), name="voice_has_a_path"),
                    models.CheckConstraint(condition=models.Q(("tongue__in", ["ary", "zgh", "ar", "fr"])), name="voice_tongue_known"),
                    models.CheckConstraint(
                        condition=models.Q(("seconds__isnull", True), models.Q(("seconds__gte", 1), ("seconds__lte", 63)), _connector="OR"),
                        name="voice_within_a_minute",
                    ),
                ]
            },
        )
    ]
