"""One thing that was said about a parcel. Append-only: what was said stays said."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from maalem.platform.market.conversations.states import Side, Stage

MOST_WORDS, MOST_PHOTOS, MOST_ENTRIES = 1000, 4, 300


class Entry(models.Model):
    """`side` says it; `photos` are [path, width, height, tone]; `stage` is the workshop's alone.

    `key` is chosen by whoever writes: what is sent twice is one. `liked_at` is when the buyer
    said with one touch that she likes it.
    """

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="entries")
    side = models.CharField(max_length=8)
    key = models.UUIDField()
    stage = models.CharField(max_length=9, blank=True, default="")
    words = models.CharField(max_length=MOST_WORDS, blank=True, default="")
    photos = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    liked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["order_id", "id"]
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["order", "key"], name="entry_said_once"),
            models.CheckConstraint(
                condition=Q(side__in=[side.value for side in Side]), name="entry_side_known"
            ),
            models.CheckConstraint(
                condition=Q(stage="")
                | Q(side=Side.WORKSHOP.value, stage__in=[stage.value for stage in Stage]),
                name="entry_stage_is_the_workshops",
            ),
            models.CheckConstraint(
                condition=~Q(words="") | ~Q(photos=[]) | ~Q(stage=""), name="entry_says_something"
            ),
            models.CheckConstraint(
                condition=Q(side=Side.BUYER.value) | Q(by__isnull=False),
                name="entry_of_a_workshop_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(side=Side.WORKSHOP.value) | Q(liked_at__isnull=True),
                name="entry_liked_is_the_workshops",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.side}, {self.at}"
