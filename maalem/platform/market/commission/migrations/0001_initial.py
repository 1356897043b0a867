"""The rules of commission move here from the checkout, with their rows: others ask for them too."""

from django.db import migrations, models

MOVE = "ALTER TABLE checkout_commissionrule RENAME TO commission_commissionrule"
BACK = "ALTER TABLE commission_commissionrule RENAME TO checkout_commissionrule"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("checkout", "0002_commission")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MOVE, BACK)],
            state_operations=[
                migrations.CreateModel(
                    name="CommissionRule",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=60, unique=True)),
                        ("position", models.PositiveSmallIntegerField(unique=True)),
                        ("conditions", models.JSONField(blank=True, default=dict)),
                        ("rate_bps", models.PositiveIntegerField()),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("rate_bps__lte", 5000)), name="commission_rate_bounded"),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                                name="commission_dates_in_order",
                            ),
                        ],
                    },
                )
            ],
        )
    ]
