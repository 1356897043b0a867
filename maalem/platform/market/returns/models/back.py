"""A return: which pieces go back, what the workshop found, and what was decided about the money.

The money itself is rows of the orders' room, one for the buyer and one for the seller, each asked
and answered on its own. `Event` is append-only; triggers hold the rest (migration 0002).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from maalem.platform.market.returns.states import OPEN, Reason, ReturnStatus

MOST_WORDS = 1_000
# Announced and kept again and again, each would be a message to the workshop.
MOST_RETURNS = 20
SETTLED = Q(status__in=["accepted", "decided"])


class Return(models.Model):
    """Some pieces of one delivered parcel go back. `number` is written on the parcel.

    With `instead` it is an exchange: that piece is put aside, and no money moves if it is sent.
    `photo` is what the workshop shows of what came back: [path, width, height, tone] or nothing.
    """

    number = models.CharField(max_length=28, unique=True)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="returns")
    artisan = models.ForeignKey("artisans.Artisan", models.PROTECT, related_name="returns")
    status = models.CharField(max_length=10, default=ReturnStatus.ANNOUNCED.value)
    reason = models.CharField(max_length=14)
    words = models.CharField(max_length=MOST_WORDS, blank=True, default="")
    carrier = models.CharField(max_length=60, blank=True, default="")
    tracking = models.CharField(max_length=60, blank=True, default="")
    refund_by = models.DateField()
    made_at = models.DateTimeField(db_default=Now())
    found = models.CharField(max_length=MOST_WORDS, blank=True, default="")
    photo = models.JSONField(default=list)
    is_on_shelf = models.BooleanField(default=False)
    received_at = models.DateTimeField(null=True)
    # Decided: what the buyer gets, what of it the seller gives, and the officer's sentence.
    amount_minor = models.BigIntegerField(null=True)
    share_minor = models.BigIntegerField(null=True)
    verdict = models.CharField(max_length=MOST_WORDS, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    # An exchange: what she wants instead of her money, in words of the day, and when it left.
    instead = models.ForeignKey(
        "catalog.Variant", models.PROTECT, null=True, related_name="wanted_instead"
    )
    instead_label = models.JSONField(default=dict)
    replace_by = models.DateField(null=True)
    replaced_at = models.DateTimeField(null=True)
    replaced_carrier = models.CharField(max_length=60, blank=True, default="")
    replaced_tracking = models.CharField(max_length=60, blank=True, default="")
    given = models.OneToOneField("orders.Goodwill", models.PROTECT, null=True, related_name="back")
    reversal = models.OneToOneField(
        "orders.Reversal", models.PROTECT, null=True, related_name="back"
    )

    class Meta:
        ordering = ["-id"]
        permissions = [("decide_returns", "Can decide what is given back of a return")]
        indexes = [
            models.Index(fields=["artisan", "-id"], name="return_by_artisan"),
            models.Index(
                fields=["refund_by"],
                condition=Q(status__in=[s.value for s in OPEN]),
                name="return_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in ReturnStatus]), name="return_status_known"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=[r.value for r in Reason]), name="return_reason_known"
            ),
            models.CheckConstraint(
                condition=(
                    SETTLED
                    & Q(amount_minor__gte=0, share_minor__gte=0)
                    & Q(amount_minor__isnull=False, share_minor__isnull=False)
                    & Q(settled_at__isnull=False)
                )
                | (~SETTLED & Q(amount_minor__isnull=True, share_minor__isnull=True)),
                name="return_settled_with_amounts",
            ),
            # Money that was decided is written down with the decision.
            models.CheckConstraint(
                condition=~SETTLED
                | (
                    (Q(amount_minor=0) | Q(given__isnull=False))
                    & (Q(share_minor=0) | Q(reversal__isnull=False))
                ),
                name="return_money_has_its_rows",
            ),
            models.CheckConstraint(
                condition=~Q(status="decided") | (Q(decided_by__isnull=False) & ~Q(verdict="")),
                name="return_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="contested") | ~Q(found=""), name="return_contested_with_words"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["exchanging", "exchanged"])
                | Q(instead__isnull=False, replace_by__isnull=False, received_at__isnull=False),
                name="return_exchanged_for_something",
            ),
            models.CheckConstraint(
                condition=~Q(status="exchanged") | Q(replaced_at__isnull=False),
                name="return_exchanged_has_left",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReturnLine(models.Model):
    """So many pieces of one bought line."""

    back = models.ForeignKey(Return, models.PROTECT, related_name="lines")
    line = models.ForeignKey("orders.OrderLine", models.PROTECT, related_name="returned")
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["back", "line"], name="return_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="return_line_of_a_piece"),
        ]


class Event(models.Model):
    """What happened to a return, when, and by whom. Append-only."""

    back = models.ForeignKey(Return, models.PROTECT, related_name="events")
    at = models.DateTimeField(db_default=Now())
    event = models.CharField(max_length=20)
    was = models.CharField(max_length=10, blank=True, default="")
    now = models.CharField(max_length=10, blank=True, default="")
    by = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["id"]
