"""A claim: something is wrong with a parcel that arrived, or that never did.

Its money is the same two rows as a return's. `ClaimEvent` is append-only; triggers hold the rest
(migration 0004).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from maalem.platform.market.returns.models.back import MOST_WORDS
from maalem.platform.market.returns.states import CLAIM_OVER, ClaimStatus, Kind

MOST_PHOTOS, MOST_CLAIMS = 4, 10
SETTLED = Q(status__in=["granted", "decided"])


class Claim(models.Model):
    """What a buyer says is wrong with one parcel. `photos` are [path, width, height, tone]."""

    number = models.CharField(max_length=28, unique=True)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="claims")
    artisan = models.ForeignKey("artisans.Artisan", models.PROTECT, related_name="claims")
    status = models.CharField(max_length=11, default=ClaimStatus.MADE.value)
    kind = models.CharField(max_length=16)
    words = models.CharField(max_length=MOST_WORDS)
    photos = models.JSONField(default=list)
    # From the day after on, the buyer may ask an officer without an answer.
    answer_by = models.DateField()
    made_at = models.DateTimeField(db_default=Now())
    answer = models.CharField(max_length=MOST_WORDS, blank=True, default="")
    offer_minor = models.BigIntegerField(null=True)
    tracking = models.CharField(max_length=60, blank=True, default="")
    verdict = models.CharField(max_length=MOST_WORDS, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    amount_minor = models.BigIntegerField(null=True)
    share_minor = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)
    given = models.OneToOneField("orders.Goodwill", models.PROTECT, null=True, related_name="claim")
    reversal = models.OneToOneField(
        "orders.Reversal", models.PROTECT, null=True, related_name="claim"
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["artisan", "-id"], name="claim_by_artisan")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in ClaimStatus]), name="claim_status_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in Kind]) & ~Q(words=""),
                name="claim_says_what_is_wrong",
            ),
            # Two at once would be answered with two sums.
            models.UniqueConstraint(
                fields=["order"],
                condition=~Q(status__in=[s.value for s in CLAIM_OVER]),
                name="claim_one_open_of_a_parcel",
            ),
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(offer_minor__gt=0), name="claim_offer_of_money"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["offered", "wanted_back", "denied"]) | ~Q(answer=""),
                name="claim_answered_with_words",
            ),
            models.CheckConstraint(
                condition=(
                    SETTLED
                    & Q(amount_minor__gte=0, share_minor__gte=0)
                    & Q(amount_minor__isnull=False, share_minor__isnull=False)
                    & Q(settled_at__isnull=False)
                    & (Q(amount_minor=0) | Q(given__isnull=False))
                    & (Q(share_minor=0) | Q(reversal__isnull=False))
                )
                | (~SETTLED & Q(amount_minor__isnull=True, share_minor__isnull=True)),
                name="claim_settled_with_its_money",
            ),
            models.CheckConstraint(
                condition=~Q(status="decided") | (Q(decided_by__isnull=False) & ~Q(verdict="")),
                name="claim_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ClaimEvent(models.Model):
    """What happened to a claim, when, and by whom. Append-only."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="events")
    at = models.DateTimeField(db_default=Now())
    event = models.CharField(max_length=20)
    was = models.CharField(max_length=11, blank=True, default="")
    now = models.CharField(max_length=11, blank=True, default="")
    by = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["id"]
