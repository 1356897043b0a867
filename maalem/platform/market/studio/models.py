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


class Listing(models.Model):
    """A piece that a workshop put on the shelf, by the key that her page made for it.

    A page on a weak network sends until it is answered: what comes again finds this row.
    """

    artisan = models.ForeignKey("artisans.Artisan", models.CASCADE, related_name="listings")
    key = models.UUIDField()
    product = models.OneToOneField("catalog.Product", models.CASCADE, related_name="listing")
    by = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["artisan", "key"], name="listing_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.artisan_id}: {self.key}"
