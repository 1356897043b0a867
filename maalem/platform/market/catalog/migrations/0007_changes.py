"""What was changed of a product on the shelf, and by whom: kept as the moves of its status are."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

KEPT = """
CREATE TRIGGER catalog_change_is_kept BEFORE UPDATE ON catalog_change
    FOR EACH ROW EXECUTE FUNCTION catalog_history_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_applied_prices")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, auto_created=True, verbose_name="ID")),
                ("what", models.CharField(max_length=80)),
                ("was", models.JSONField(null=True)),
                ("now", models.JSONField(null=True)),
                ("by", models.CharField(max_length=120)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("product", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="catalog.product")),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what", ""), _negated=True) & models.Q(("by", ""), _negated=True),
                        name="change_says_what_and_who",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEPT, "DROP TRIGGER catalog_change_is_kept ON catalog_change"),
    ]
