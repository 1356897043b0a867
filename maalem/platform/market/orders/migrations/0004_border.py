from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_goodwill")]

    operations = [
        # The trigger `orders_frozen` holds it from the start: it names what may change.
        migrations.AddField(
            model_name="order", name="border", field=models.JSONField(null=True)
        ),
    ]
