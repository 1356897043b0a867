"""Who may act for whom now, and what was done. Nothing here writes."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Now
from django.utils import timezone

from maalem.platform.craft.artisans.models import Membership, Role
from maalem.platform.ground.people.models import Person
from maalem.platform.market.assistance.decide import can_be_undone
from maalem.platform.market.assistance.models import Consent, Deed, Limit, Objection
from maalem.platform.market.assistance.states import CODE_FOR, OPEN, Act, ConsentStatus
from maalem.platform.market.catalog.models import Change, Photo

ACT = "assistance.act_for_artisans"
WATCH = "assistance.watch_assistance"
PAGE, MOST = 20, 200


def is_agent(person: Person) -> bool:
    """Who holds the permission by name. She is of a chamber, and need not be staff here."""
    return bool(person.is_active and person.has_perm(ACT))


def may_watch(person: Person) -> bool:
    """Staff who hold the permission by name, as at the till."""
    return bool(person.is_active and person.is_staff and person.has_perm(WATCH))


def minutes() -> int:
    """How long a consent that is given now lasts."""
    rule = Limit.objects.filter(begins_at__lte=Now()).order_by("-begins_at").first()
    assert rule is not None, "the first one came with the table"
    return rule.minutes


def limits() -> list[Limit]:
    """Every rule of how long, the newest first."""
    return list(Limit.objects.order_by("-begins_at")[:PAGE])


def owned_by(phone: str) -> list[Membership]:
    """The workshops whose owner is reached by this number, in the order in which she joined."""
    rows = Membership.objects.filter(
        person__phone=phone, person__is_active=True, role=Role.OWNER
    ).select_related("artisan", "person")
    return list(rows.order_by("pk")) if phone else []


def open_of(agent: Person) -> Consent | None:
    """What an agent waits for or works under. One that has run out is not it."""
    found = Consent.objects.filter(agent=agent, status__in=OPEN).select_related("artisan", "person")
    one = found.first()
    if one is None:
        return None
    over = one.ends_at or one.asked_at + CODE_FOR
    return one if over > timezone.now() else None


def running(pk: int, *, agent: Person) -> Consent | None:
    """The consent that this agent works under now."""
    rows = Consent.objects.filter(pk=pk, agent=agent, status=ConsentStatus.GIVEN, ends_at__gt=Now())
    return rows.select_related("artisan__commune", "person").first()


def over() -> list[int]:
    """What has run out and is not closed yet, the oldest first."""
    rows = Consent.objects.filter(
        Q(status=ConsentStatus.GIVEN, ends_at__lte=Now())
        | Q(status=ConsentStatus.ASKED, asked_at__lte=Now() - CODE_FOR)
    )
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])


def figures(consent: Consent) -> list[tuple[Act, int]]:
    """How often each thing was done, and not undone, in the order of `Act`."""
    rows = Deed.objects.filter(consent=consent, undone=None).values_list("act")
    found = dict(rows.annotate(count=Count("pk")).order_by())
    return [(one, found[one]) for one in Act if one in found]


def asked_by(agent: Person) -> list[Consent]:
    """An agent's last consents, with how much was done under each (`count`)."""
    rows = Consent.objects.filter(agent=agent).exclude(status__in=OPEN)
    return list(rows.select_related("artisan").annotate(count=Count("deeds"))[:PAGE])


@dataclass(frozen=True)
class Shown:
    """A deed as its artisan reads it, with the catalogue's rows about it and its first photo."""

    deed: Deed
    changes: list[Change]
    photo: Photo | None

    @property
    def is_undone(self) -> bool:
        return hasattr(self.deed, "undone")

    @property
    def is_objected(self) -> bool:
        return bool(self.deed.objections.all())

    @property
    def can_be_undone(self) -> bool:
        told = [(one.what, one.was) for one in self.changes]
        return not self.is_undone and can_be_undone(self.deed.act, told)


@dataclass(frozen=True)
class Help:
    """One consent with what was done under it, the newest first."""

    consent: Consent
    deeds: list[Shown]

    @property
    def is_running(self) -> bool:
        ends = self.consent.ends_at
        return (
            self.consent.status == ConsentStatus.GIVEN
            and ends is not None
            and ends > timezone.now()
        )

    @property
    def is_objected(self) -> bool:
        return any(one.deed_id is None for one in self.consent.objections.all())


def given_by(artisans: list[int], *, before: int = 0) -> tuple[list[Help], int]:
    """What was done for these workshops, the newest consents first; where the next page goes on.

    As many queries for many as for one.
    """
    deeds = Deed.objects.select_related("product", "undone").prefetch_related(
        "objections", Prefetch("product__photos", Photo.objects.order_by("position"))
    )
    rows = (
        Consent.objects.filter(artisan_id__in=artisans)
        .filter(status__in=[ConsentStatus.GIVEN, ConsentStatus.ENDED])
        .select_related("agent", "artisan")
        .prefetch_related(Prefetch("deeds", deeds.order_by("-pk")), "objections")
        .order_by("-pk")
    )
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    older = found[PAGE - 1].pk if len(found) > PAGE else 0
    wanted = {pk for one in found for deed in one.deeds.all() for pk in deed.changes}
    said = Change.objects.in_bulk(wanted)
    return [Help(one, [_shown(deed, said) for deed in one.deeds.all()]) for one in found[:PAGE]], (
        older
    )


def _shown(deed: Deed, said: dict[int, Change]) -> Shown:
    photos = list(deed.product.photos.all()) if deed.product else []
    changes = [said[pk] for pk in deed.changes if pk in said]
    return Shown(deed, changes, photos[0] if photos else None)


def deed_of(artisans: list[int], pk: int) -> Deed | None:
    """A deed that was done for one of these workshops."""
    if pk >= 2**63:
        return None
    rows = Deed.objects.filter(pk=pk, consent__artisan_id__in=artisans)
    return rows.select_related("consent").first()


def consent_of(artisans: list[int], pk: int) -> Consent | None:
    """A consent that one of these workshops gave."""
    rows = Consent.objects.filter(pk=pk, artisan_id__in=artisans, given_at__isnull=False)
    return rows.first() if pk < 2**63 else None


def objections() -> list[Objection]:
    """What artisans say was not right: what nobody has looked at first, then the newest."""
    rows = Objection.objects.select_related(
        "consent__agent", "consent__artisan", "deed__product", "by", "looked_by"
    )
    waiting = list(rows.filter(looked_at=None).order_by("pk")[:MOST])
    seen = list(rows.exclude(looked_at=None).order_by("-pk")[:PAGE])
    return waiting + seen


def by_agent(found: list[Objection]) -> Counter[int]:
    """How many of these are about each agent."""
    return Counter(one.consent.agent_id for one in found)
