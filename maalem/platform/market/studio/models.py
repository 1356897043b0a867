from django.db import models
from django.db.models.functions import Now


class KnownFigures(models.Model):
    """What the payment institution last said of a workshop's account, for when it is silent."""

    artisan = models.OneToOneField(
        "artisans.Artisan", models.CASCADE, primary_key=True, related_name="known_figures"
    )
    available_minor = models.BigIntegerField()
    pending_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="MAD")
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.artisan_id}: {self.available_minor} at {self.at}"
