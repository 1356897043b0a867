"""What the artisan says of her price."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_changes"), ("commission", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="PriceCard",
            fields=[
                ("product", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="price_card", serialize=False, to="catalog.product")),
                ("materials_minor", models.PositiveBigIntegerField()),
                ("minutes", models.PositiveIntegerField()),
                ("shown", models.CharField(default="nothing", max_length=8)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("minutes__gt", 0)), name="price_card_takes_time"),
                    models.CheckConstraint(
                        condition=models.Q(("shown__in", ["nothing", "shares", "hours"])),
                        name="price_card_shown_known",
                    ),
                ]
            },
        )
    ]
