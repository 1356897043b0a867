from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_price_card")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="deposit_percent",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(condition=models.Q(("deposit_percent__isnull", True), models.Q(("deposit_percent__in", (20, 30, 50)), ("supply", "made_to_order")), _connector="OR"), name="product_deposit_of_what_is_made"),
        ),
    ]
