"""Rates by day, and the files that they came from. Both are append-only: a trigger holds it."""

from django.db import models
from django.db.models import Q

# What a price can be shown in beside dirhams.
CURRENCIES = ("EUR", "USD")
# A rate outside of this is a mistake of units: dirhams for one euro or dollar, in millionths.
LEAST_MILLIONTHS, MOST_MILLIONTHS = 1_000_000, 100_000_000


class Import(models.Model):
    """One file of rates that was taken in, by whom. `digest` is SHA-256 of its bytes, in hex.

    `source` is who published the rates, as pages name it. `examples` marks invented ones: pages
    say so.
    """

    digest = models.CharField(max_length=64, unique=True)
    file = models.CharField(max_length=200)
    source = models.CharField(max_length=120)
    examples = models.BooleanField(default=False)
    by = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="import_digest_is_sha256"
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(by="") & ~Q(file=""), name="import_says_from_whom"
            ),
        ]


class Rate(models.Model):
    """Dirhams for one unit of `currency` from the day `valid_from` on, in millionths.

    It holds until the next one, and at most for the days that the setting RATE_DAYS allows.
    """

    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    mad_millionths = models.BigIntegerField()
    taken_from = models.ForeignKey(Import, models.PROTECT, related_name="rates")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "valid_from"], name="rate_once_a_day"),
            models.CheckConstraint(
                condition=Q(currency__in=CURRENCIES), name="rate_currency_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    mad_millionths__gte=LEAST_MILLIONTHS, mad_millionths__lte=MOST_MILLIONTHS
                ),
                name="rate_is_plausible",
            ),
        ]
