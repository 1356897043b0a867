"""Who is taxed and how (`Identity`), and what was issued (`Invoice`). Both are append-only."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from maalem.platform.market.invoices.states import Cause, Kind, Regime

MOST_WORDS = 200


class Identity(models.Model):
    """What a workshop writes on its invoices about itself. The last row of a workshop counts."""

    artisan = models.ForeignKey("artisans.Artisan", models.PROTECT, related_name="identities")
    regime = models.CharField(max_length=5)
    name = models.CharField(max_length=MOST_WORDS, blank=True, default="")
    address = models.CharField(max_length=MOST_WORDS, blank=True, default="")
    ice = models.CharField(max_length=15, blank=True, default="")
    tax_id = models.CharField(max_length=8, blank=True, default="")
    business_tax = models.CharField(max_length=12, blank=True, default="")
    register = models.CharField(max_length=12, blank=True, default="")
    by = models.CharField(max_length=120)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["artisan", "-id"], name="identity_last")]
        constraints = [
            models.CheckConstraint(
                condition=Q(regime__in=[r.value for r in Regime]), name="identity_regime_known"
            ),
            # Who owes VAT has the numbers that an invoice with VAT must bear (CGI art. 145-III).
            models.CheckConstraint(
                condition=~Q(regime="vat") | (~Q(ice="") & ~Q(tax_id="")),
                name="identity_vat_has_numbers",
            ),
            models.CheckConstraint(
                condition=Q(ice="") | Q(ice__regex=r"^[0-9]{15}$"), name="identity_ice_is_digits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artisan_id}: {self.regime}"


class Series(models.Model):
    """The last number and day that a workshop gave in a year: whoever takes the next waits here."""

    artisan = models.ForeignKey("artisans.Artisan", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()
    last_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["artisan", "kind", "year"], name="series_once")
        ]


class Invoice(models.Model):
    """An invoice, or a credit note that takes back a part of one (`credits`).

    `content` is everything that is printed, in three languages (contents.py); `source` is what it
    was issued for, so that nothing is issued twice. Amounts are centimes, tax included.
    """

    artisan = models.ForeignKey("artisans.Artisan", models.PROTECT, related_name="invoices")
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=7)
    year = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=16)
    on = models.DateField()
    credits = models.ForeignKey("self", models.PROTECT, null=True, related_name="credit_notes")
    cause = models.CharField(max_length=9, blank=True, default="")
    source = models.CharField(max_length=48, unique=True)
    total_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    content = models.JSONField()
    issued_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["artisan", "-on", "-id"], name="invoice_by_artisan")]
        constraints = [
            models.UniqueConstraint(
                fields=["artisan", "kind", "year", "position"], name="invoice_number_once"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(kind="invoice"), name="invoice_one_of_an_order"
            ),
            models.CheckConstraint(
                condition=Q(total_minor__gt=0, vat_minor__gte=0, vat_minor__lte=F("total_minor")),
                name="invoice_of_something",
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", credits__isnull=True, cause="")
                | Q(kind="credit", credits__isnull=False, cause__in=[one.value for one in Cause]),
                name="invoice_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.artisan_id}"

    @property
    def is_credit(self) -> bool:
        return self.kind == Kind.CREDIT
