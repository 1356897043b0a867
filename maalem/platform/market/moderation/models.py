"""What moderators decided about pieces, and what the workshops said to it. All append-only.

`Waiting` alone comes and goes: triggers on the catalogue's own history put a piece there when its
workshop lists or changes it, and a moderator who has looked takes it out.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from maalem.platform.market.moderation.states import Because, Kind

MOST_NOTE, MOST_APPEAL = 600, 1_000
_PERSON = settings.AUTH_USER_MODEL


class Ruling(models.Model):
    """A moderator took a piece off the shelf, or asked for a change of it.

    `version` is the product's that she read and `shown` what it said then. `said` is the reason as
    it stood in the file on that day, by language, so that a later file rewrites nothing.
    """

    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="rulings")
    kind = models.CharField(max_length=12)
    reason = models.CharField(max_length=20)
    said = models.JSONField()
    basis = models.CharField(max_length=200, blank=True, default="")
    # To the workshop, in the moderator's own words.
    note = models.CharField(max_length=MOST_NOTE, blank=True, default="")
    version = models.PositiveIntegerField()
    shown = models.JSONField()
    by = models.ForeignKey(_PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        permissions = [("moderate_listings", "Can take pieces off the shelf and decide on appeals")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in Kind]), name="moderation_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & Q(said__has_keys=["fr", "ar", "en"]),
                name="moderation_reason_in_three_languages",
            ),
            models.CheckConstraint(
                condition=~Q(kind="change_asked") | ~Q(note=""),
                name="moderation_says_what_to_change",
            ),
        ]


class Lift(models.Model):
    """A ruling ended."""

    ruling = models.OneToOneField(Ruling, models.PROTECT, primary_key=True, related_name="lift")
    because = models.CharField(max_length=10)
    by = models.ForeignKey(_PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(because__in=[one.value for one in Because]),
                name="moderation_lift_says_why",
            )
        ]


class Appeal(models.Model):
    """The workshop's one answer to a ruling: it asks another moderator to look."""

    ruling = models.OneToOneField(Ruling, models.PROTECT, related_name="appeal")
    words = models.CharField(max_length=MOST_APPEAL)
    by = models.ForeignKey(_PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="moderation_appeal_says_something")
        ]


class Verdict(models.Model):
    """How another moderator than the first decided about an appeal."""

    appeal = models.OneToOneField(Appeal, models.PROTECT, primary_key=True, related_name="verdict")
    is_granted = models.BooleanField()
    by = models.ForeignKey(_PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())


class Look(models.Model):
    """A moderator has read a piece as it was in this version, and its changes up to `change`."""

    product = models.ForeignKey("catalog.Product", models.CASCADE, related_name="looks")
    version = models.PositiveIntegerField()
    change = models.BigIntegerField(default=0)
    by = models.ForeignKey(_PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]


class Waiting(models.Model):
    """Listed or changed by its workshop since a moderator last looked. A trigger writes it."""

    product = models.OneToOneField(
        "catalog.Product", models.CASCADE, primary_key=True, related_name="waits_for_a_look"
    )
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-changed_at", "-product"], name="moderation_newest")]
