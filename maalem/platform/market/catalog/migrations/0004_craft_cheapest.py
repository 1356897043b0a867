"""A branch of a craft by price, out of an index: it was sorted anew for each page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_makers")]
    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                fields=["craft", "price_minor", "product"],
                name="entry_craft_cheapest",
                condition=models.Q(in_stock=True),
            ),
        ),
    ]
