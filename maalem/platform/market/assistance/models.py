"""Who was let to act for whom, for what and how long; what was done; and what she says of it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from maalem.platform.market.assistance.states import (
    MOST_MINUTES,
    ONCE,
    OPEN,
    TRIES,
    Act,
    ConsentStatus,
    EndedBy,
    Scope,
)

_PERSON = settings.AUTH_USER_MODEL


def _known(field: str, names: type[ConsentStatus] | type[EndedBy] | type[Act]) -> Q:
    return Q(**{f"{field}__in": [one.value for one in names]})


class Limit(models.Model):
    """How many minutes a consent lasts at most, from `begins_at` on. Append-only."""

    minutes = models.PositiveSmallIntegerField()
    begins_at = models.DateTimeField(unique=True)

    class Meta:
        ordering = ["begins_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__range=(1, MOST_MINUTES)), name="assistance_limit_in_bounds"
            )
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min from {self.begins_at}"


class Consent(models.Model):
    """`agent` may do `scopes` for `artisan`, once `person` of it has told her code.

    `code_hash` is the SHA-256 of `proof`, and `proof` is made of the code with the service's key
    (`secret.proof_of`): who reads this row can't give a consent, and the row shows that it was.
    """

    agent = models.ForeignKey(_PERSON, models.PROTECT, related_name="consents_asked")
    artisan = models.ForeignKey("artisans.Artisan", models.PROTECT, related_name="consents")
    person = models.ForeignKey(_PERSON, models.PROTECT, related_name="consents_given")
    scopes = ArrayField(models.CharField(max_length=10))
    # What her message said; a longer rule that begins meanwhile does not make it longer.
    minutes = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=6, default=ConsentStatus.ASKED.value)
    salt = models.CharField(max_length=32)
    code_hash = models.CharField(max_length=64)
    proof = models.CharField(max_length=64, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(db_default=Now())
    given_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=7, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("act_for_artisans", "Can act for artisans who consent by a code"),
            ("watch_assistance", "Can read what artisans say was not right"),
        ]
        indexes = [models.Index(fields=["artisan", "-id"], name="consent_by_artisan")]
        constraints = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=Q(status__in=[s.value for s in OPEN]),
                name="consent_one_open_of_an_agent",
            ),
            models.CheckConstraint(
                condition=_known("status", ConsentStatus), name="consent_status_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_by="") | _known("ended_by", EndedBy), name="consent_end_known"
            ),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=[s.value for s in Scope], scopes__len__gte=1),
                name="consent_scopes_known",
            ),
            models.CheckConstraint(
                condition=~Q(agent=models.F("person")), name="consent_never_to_herself"
            ),
            models.CheckConstraint(condition=Q(tries__lte=TRIES), name="consent_tries_counted"),
            models.CheckConstraint(
                condition=Q(status__in=["given", "ended"], given_at__isnull=False)
                & Q(ends_at__gt=models.F("given_at")) & ~Q(proof="")
                | Q(status__in=["asked", "lapsed"], given_at=None, ends_at=None, proof=""),
                name="consent_given_with_a_proof",
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False) & ~Q(ended_by="")
                | ~Q(status="ended") & Q(ended_at=None, ended_by=""),
                name="consent_ended_by_somebody",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.agent_id} for {self.artisan_id}: {self.status}"


class Deed(models.Model):
    """One thing an agent did. Append-only.

    `changes` and `moves` are the catalogue's own rows about it (`Change`, `StatusChange`), from
    which it can be undone; `reference` is the order's number or the review's, where it is of one.
    """

    consent = models.ForeignKey(Consent, models.PROTECT, related_name="deeds")
    act = models.CharField(max_length=16)
    product = models.ForeignKey("catalog.Product", models.PROTECT, null=True, related_name="+")
    reference = models.CharField(max_length=40, blank=True, default="")
    changes = ArrayField(models.BigIntegerField(), default=list)
    moves = ArrayField(models.BigIntegerField(), default=list)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=_known("act", Act), name="deed_act_known"),
            models.UniqueConstraint(
                fields=["consent", "act", "reference"],
                condition=Q(act__in=[one.value for one in ONCE]),
                name="deed_once_of_a_parcel",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consent_id}: {self.act}"


class Undone(models.Model):
    """She has undone it. Append-only, once."""

    deed = models.OneToOneField(Deed, models.PROTECT, primary_key=True, related_name="undone")
    by = models.ForeignKey(_PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.deed_id} by {self.by_id}"


class Objection(models.Model):
    """This was not right, she says: of one deed, or of the whole consent. An officer reads it."""

    consent = models.ForeignKey(Consent, models.PROTECT, related_name="objections")
    deed = models.ForeignKey(Deed, models.PROTECT, null=True, related_name="objections")
    by = models.ForeignKey(_PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    looked_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(_PERSON, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(looked_at__isnull=True), name="objection_waits")
        ]
        constraints = [
            models.UniqueConstraint(fields=["deed"], name="objection_once_of_a_deed"),
            models.UniqueConstraint(
                fields=["consent"], condition=Q(deed=None), name="objection_once_of_a_consent"
            ),
            models.CheckConstraint(
                condition=Q(looked_at=None, looked_by=None)
                | Q(looked_at__isnull=False, looked_by__isnull=False),
                name="objection_looked_at_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consent_id}/{self.deed_id or ''}"
