"""The operator's rules of commission."""

from django.db import models
from django.db.models import F, Q


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
