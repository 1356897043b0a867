"""The rules of commission live in a room of their own now; their table went with them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("checkout", "0002_commission"), ("commission", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="CommissionRule")]
        )
    ]
