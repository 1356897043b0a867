"""Who said which customs code of a thing, and when."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

CODE = r"^[0-9]{6,10}$"


class Classification(models.Model):
    """A person declared this code for a product: `was` before it, `suggested` by us. Append-only.

    The code in force is the product's own; this says that somebody looked at it.
    """

    product = models.ForeignKey("catalog.Product", models.CASCADE, related_name="classifications")
    code = models.CharField(max_length=10)
    was = models.CharField(max_length=12, blank=True, default="")
    suggested = models.CharField(max_length=10, blank=True, default="")
    by = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="classification_is_a_code"),
            models.CheckConstraint(
                condition=Q(suggested="") | Q(suggested__regex=CODE),
                name="classification_suggested_is_a_code",
            ),
            models.CheckConstraint(condition=~Q(by=""), name="classification_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.code} for {self.product_id}"
