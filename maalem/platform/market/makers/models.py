"""The co-operative's internal book: its rules, whose each centime is, what was handed over.

All rows stay: rules and entries never change, what was handed over changes its state alone.
Amounts are centimes. The money itself is on the co-operative's one account.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from maalem.kit.money import BASIS
from maalem.platform.market.makers.states import HandedStatus


class Rule(models.Model):
    """How a co-operative divides what it sells from `begins_on`. The later published counts."""

    artisan = models.ForeignKey("artisans.Artisan", models.PROTECT, related_name="makers_rules")
    begins_on = models.DateField()
    maker_bps = models.PositiveSmallIntegerField()
    fund_bps = models.PositiveSmallIntegerField()
    equal_bps = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(maker_bps=BASIS - F("fund_bps") - F("equal_bps")),
                name="makers_rule_makes_a_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.maker_bps}/{self.fund_bps}/{self.equal_bps} from {self.begins_on}"


class Entry(models.Model):
    """One owner's part of one release, or (negative) of one reversal of it.

    `maker` is None for the common fund. All entries of a release and one `reversal` are one
    division, and add up to it.
    """

    artisan = models.ForeignKey("artisans.Artisan", models.PROTECT, related_name="entries")
    release = models.ForeignKey("orders.Release", models.PROTECT, related_name="entries")
    reversal = models.ForeignKey(
        "orders.Reversal", models.PROTECT, null=True, related_name="entries"
    )
    maker = models.ForeignKey("artisans.Maker", models.PROTECT, null=True, related_name="entries")
    rule = models.ForeignKey(Rule, models.PROTECT, null=True, related_name="+")
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(
                fields=["release", "reversal", "maker"],
                name="makers_entry_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(reversal__isnull=True, amount_minor__gte=0)
                | Q(reversal__isnull=False, amount_minor__lt=0),
                name="makers_entry_sign",
            ),
        ]
        indexes = [models.Index(fields=["artisan", "maker", "at"], name="makers_entry_of_maker")]

    def __str__(self) -> str:
        return f"{self.release_id}: {self.amount_minor}"


class Handed(models.Model):
    """The head says: I gave this maker so much by hand on that day. The maker says whether."""

    maker = models.ForeignKey("artisans.Maker", models.PROTECT, related_name="handed")
    key = models.UUIDField(unique=True)
    amount_minor = models.BigIntegerField()
    on_day = models.DateField()
    status = models.CharField(max_length=9, default=HandedStatus.SAID.value)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(db_default=Now())
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "handed"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[one.value for one in HandedStatus]),
                name="makers_handed_status_known",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="makers_handed_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(status="said")
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="makers_handed_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.maker_id}: {self.amount_minor} on {self.on_day}"
