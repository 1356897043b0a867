"""The steps of a workshop's beginning, each one a fact that some row proves."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from maalem.platform.craft.artisans.models import Artisan, Kind, Maker, Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.catalog.states import Status

PAGE = 20
GUIDE = "onboarding.guide_workshops"


class Step(StrEnum):
    """What a workshop has once it is ready, in the order in which it is asked for."""

    TELEPHONE = "telephone"
    ACCOUNT = "account"
    PORTRAIT = "portrait"
    PLACE = "place"
    STORY = "story"
    PIECE = "piece"
    WEIGHT = "weight"
    MAKERS = "makers"


@dataclass(frozen=True)
class Found:
    """One step of one workshop."""

    step: Step
    is_done: bool


@dataclass(frozen=True)
class Beginning:
    """A workshop with all its steps."""

    artisan: Artisan
    steps: list[Found]

    @property
    def done(self) -> int:
        """How many it has."""
        return sum(one.is_done for one in self.steps)

    @property
    def is_ready(self) -> bool:
        """Nothing is lacking."""
        return self.done == len(self.steps)

    @property
    def lacking(self) -> list[Step]:
        """What it still lacks."""
        return [one.step for one in self.steps if not one.is_done]


def of(artisan_id: int) -> Beginning:
    """The steps of one workshop, by one question."""
    return _beginning(_asked().get(pk=artisan_id))


def by_slug(slug: str) -> Beginning | None:
    """The same, by its address; None where there is no such workshop."""
    found = _asked().filter(slug=slug).first()
    return _beginning(found) if found else None


def unready(*, before: int = 0) -> tuple[list[Beginning], int]:
    """Workshops that lack something, the newest first, and where the next page begins, or 0."""
    lacks = Q()
    for step in Step:
        lacks |= Q(**{f"has_{step}": False})
    found = _asked().filter(lacks).order_by("-pk")
    if before:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    older = page[PAGE - 1].pk if len(page) > PAGE else 0
    return [_beginning(one) for one in page[:PAGE]], older


def is_guide(person: Person) -> bool:
    """Staff who hold the right by name."""
    return bool(person.is_active and person.is_staff and person.has_perm(GUIDE))


def _asked() -> QuerySet[Artisan]:
    there = {"artisan": OuterRef("pk")}
    shelf = Product.objects.filter(**there, status=Status.PUBLISHED)
    named = Maker.objects.filter(**there, is_active=True)
    proved = Membership.objects.filter(**there, person__phone_verified=True)
    return Artisan.objects.select_related("commune").annotate(
        has_telephone=Exists(proved),
        has_account=_is(Q(payments_account__isnull=False)),
        has_portrait=_is(~Q(portrait="")),
        has_place=_is(_says("workshop")),
        has_story=_is(_says("story")),
        has_piece=Exists(shelf),
        # Without a weight nobody can say what its parcel costs.
        has_weight=Exists(shelf.filter(weight_g__isnull=False)),
        # Who works alone has nobody to name.
        has_makers=_is(~Q(kind=Kind.COOPERATIVE) | Exists(named)),
    )


def _is(what: Q) -> ExpressionWrapper:
    return ExpressionWrapper(what, output_field=BooleanField())


def _says(field: str) -> Q:
    """Text by language is empty, or an empty table of languages, where nothing was said."""
    return ~Q(**{field: ""}) & ~Q(**{field: "{}"})


def _beginning(row: Artisan) -> Beginning:
    asked = [one for one in Step if one != Step.MAKERS or row.kind == Kind.COOPERATIVE]
    return Beginning(row, [Found(one, bool(getattr(row, f"has_{one}"))) for one in asked])
