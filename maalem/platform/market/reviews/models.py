"""A review of one bought line, all its versions, and what officers and people did about it.

`Review` is what stands now; `Version`, `Event` and `Ruling` are append-only. Triggers keep the
catalogue's figures (`catalog.Rating`, `catalog.Standing`) equal to the published reviews.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from maalem.platform.market.reviews.states import AppealStatus, Reason, ReviewStatus, Side

MOST_WORDS, MOST_ANSWER, MOST_PHOTOS = 2_000, 1_000, 4
STARS = (1, 5)


class Review(models.Model):
    """What a buyer says of one bought line. `photos` are [path, width, height, tone]."""

    line = models.OneToOneField("orders.OrderLine", models.PROTECT, related_name="review")
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="reviews")
    artisan = models.ForeignKey("artisans.Artisan", models.PROTECT, related_name="reviews")
    product = models.ForeignKey(
        "catalog.Product", models.SET_NULL, null=True, related_name="reviews", db_index=False
    )
    status = models.CharField(max_length=10)
    stars = models.PositiveSmallIntegerField()
    service_stars = models.PositiveSmallIntegerField(null=True)
    words = models.CharField(max_length=MOST_WORDS, blank=True)
    # As it was written: fr, ar, en, zgh, or empty where that can't be told.
    language = models.CharField(max_length=5, blank=True)
    photos = models.JSONField(default=list)
    held_for = models.JSONField(default=list)
    version = models.PositiveSmallIntegerField(default=1)
    # What is shown of the buyer: her first name, and the day on which she bought.
    name = models.CharField(max_length=60)
    bought_on = models.DateField()
    written_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    answer = models.CharField(max_length=MOST_ANSWER, blank=True, default="")
    answer_language = models.CharField(max_length=5, blank=True, default="")
    answer_version = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    # An officer hid the answer alone; the review stands.
    answer_hidden = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        permissions = [("moderate_reviews", "Can hide reviews and decide about appeals")]
        indexes = [
            models.Index(
                fields=["product", "-id"], condition=Q(status="published"), name="review_shown"
            ),
            models.Index(
                fields=["id"], condition=Q(status=ReviewStatus.HELD.value), name="review_held"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in ReviewStatus]), name="review_status_known"
            ),
            models.CheckConstraint(
                condition=Q(stars__range=STARS)
                & (Q(service_stars__isnull=True) | Q(service_stars__range=STARS)),
                name="review_stars_one_to_five",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answer_version=0, answered_at__isnull=True)
                | (~Q(answer="") & Q(answer_version__gte=1, answered_at__isnull=False)),
                name="review_answer_whole",
            ),
            models.CheckConstraint(
                condition=Q(answer_hidden=False) | ~Q(answer=""), name="review_hidden_answer_is_one"
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.pk} of line {self.line_id}"


class Version(models.Model):
    """A review or its answer as it was once said. Append-only; the last one is what stands."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="versions")
    side = models.CharField(max_length=8)
    number = models.PositiveSmallIntegerField()
    stars = models.PositiveSmallIntegerField(null=True)
    service_stars = models.PositiveSmallIntegerField(null=True)
    words = models.CharField(max_length=MOST_WORDS, blank=True)
    language = models.CharField(max_length=5, blank=True)
    photos = models.JSONField(default=list)
    by = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "side", "number"], name="review_version_once"
            ),
            models.CheckConstraint(
                condition=Q(side__in=[s.value for s in Side]), name="review_version_side_known"
            ),
        ]


class Event(models.Model):
    """What happened to a review, when, and by whom. Append-only."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="events")
    at = models.DateTimeField(db_default=Now())
    event = models.CharField(max_length=20)
    was = models.CharField(max_length=10, blank=True, default="")
    now = models.CharField(max_length=10, blank=True, default="")
    by = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["id"]


class Ruling(models.Model):
    """An officer hid a review, or (`about` the artisan's side) its answer alone. Append-only.

    `version` is the one that she read.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="rulings")
    about = models.CharField(max_length=8, default=Side.BUYER.value)
    version = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=12)
    note = models.CharField(max_length=300, blank=True, default="")  # for officers only
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=[r.value for r in Reason]), name="ruling_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(about__in=[s.value for s in Side]), name="ruling_about_known"
            ),
        ]


class Appeal(models.Model):
    """Somebody concerned asks for a second officer: once for each ruling and side."""

    ruling = models.ForeignKey(Ruling, models.PROTECT, related_name="appeals")
    side = models.CharField(max_length=8)
    words = models.CharField(max_length=MOST_ANSWER)
    by = models.CharField(max_length=120)
    status = models.CharField(max_length=8, default=AppealStatus.OPEN.value)
    made_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["ruling", "side"], name="appeal_once_for_each_side"),
            models.CheckConstraint(
                condition=Q(side__in=[s.value for s in Side]), name="appeal_side_known"
            ),
            models.CheckConstraint(
                condition=Q(status="open", decided_by__isnull=True, decided_at__isnull=True)
                | Q(
                    status__in=["upheld", "granted"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="appeal_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(status="open"), name="appeal_open"),
        ]


class Report(models.Model):
    """Somebody asks an officer to look at a review. `reporter` is a keyed digest, nobody's name."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="reports")
    reason = models.CharField(max_length=12)
    reporter = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "reporter"], name="report_once"),
            models.CheckConstraint(
                condition=Q(reason__in=[r.value for r in Reason]), name="report_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(settled_at__gte=F("at")),
                name="report_settled_after",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review"], condition=Q(settled_at__isnull=True), name="report_open"
            ),
        ]


class Asked(models.Model):
    """The buyer of this parcel was asked what she thinks of it: once."""

    order = models.OneToOneField(
        "orders.Order", models.PROTECT, primary_key=True, related_name="asked_for_review"
    )
    at = models.DateTimeField(db_default=Now())
