"""What a buyer has told us so far, and the operator's rules of commission."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Draft(models.Model):
    """Name, telephone and address typed for one cart, kept so that nobody types them twice."""

    cart = models.OneToOneField("cart.Cart", models.CASCADE, related_name="draft")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=16)
    email = models.EmailField(blank=True, default="")
    country = models.CharField(max_length=2, default="MA")
    commune = models.ForeignKey("places.Commune", models.PROTECT, null=True, related_name="+")
    quarter = models.CharField(max_length=200, blank=True, default="")
    landmark = models.CharField(max_length=200, blank=True, default="")
    line1 = models.CharField(max_length=200, blank=True, default="")
    line2 = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=120, blank=True, default="")
    postcode = models.CharField(max_length=16, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(country="MA", commune__isnull=False) | (~Q(country="MA") & ~Q(city="")),
                name="draft_says_where",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.country}"


class CommissionRule(models.Model):
    """One line of the operator's list: read from the top, the first that fits decides.

    `conditions` may name `kind`, `craft`, `region` and `artisan`, each a list of codes; all must
    fit. An empty object fits everything. A rule that can't be understood stops the sale loudly:
    ignored, it would silently widen the rule below it.
    """

    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(unique=True)
    conditions = models.JSONField(default=dict, blank=True)
    rate_bps = models.PositiveIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(rate_bps__lte=5000), name="commission_rate_bounded"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="commission_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name
