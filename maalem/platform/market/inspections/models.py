"""One look at one parcel, at one hub. What happened when is the order's own history."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from maalem.platform.market.inspections.states import OPEN, VERDICTS, InspectionStatus

MOST_WORDS, MOST_PHOTOS, MOST_ROUNDS = 1000, 4, 10


class Inspection(models.Model):
    """Round `round` of a parcel. `hub` is its code, `hub_name` its name as it was in three
    languages; `photos` are [path, width, height, tone]."""

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="inspections")
    round = models.PositiveSmallIntegerField()
    hub = models.CharField(max_length=40)
    hub_name = models.JSONField()
    status = models.CharField(max_length=9, default=InspectionStatus.ANNOUNCED.value)
    words = models.CharField(max_length=MOST_WORDS, blank=True, default="")
    photos = models.JSONField(default=list)
    announced_at = models.DateTimeField(db_default=Now())
    received_at = models.DateTimeField(null=True)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["order_id", "round"]
        permissions = [("inspect_pieces", "Can take in and judge pieces at a hub")]
        indexes = [
            models.Index(
                fields=["hub", "id"],
                condition=Q(status__in=[s.value for s in OPEN]),
                name="inspection_waits_at_hub",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "round"], name="inspection_round_once"),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status__in=[s.value for s in OPEN]),
                name="inspection_one_open_of_a_parcel",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in InspectionStatus]),
                name="inspection_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[s.value for s in VERDICTS])
                | Q(judged_at__isnull=False, judged_by__isnull=False, received_at__isnull=False),
                name="inspection_judged_by_somebody",
            ),
            # Whoever says no shows why.
            models.CheckConstraint(
                condition=~Q(status__in=["to_repair", "refused"]) | (~Q(words="") & ~Q(photos=[])),
                name="inspection_no_has_words_and_a_photo",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.round}: {self.status}"
