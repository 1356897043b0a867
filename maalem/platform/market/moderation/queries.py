"""What pages ask about rulings. Nothing here writes."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language
from i18nfield.strings import LazyI18nString

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.models import Change, Product
from maalem.platform.market.moderation.models import Appeal, Look, Ruling, Waiting
from maalem.platform.market.moderation.states import Because, Kind
from maalem.platform.market.moderation.words import CHANGED, ENDED

PAGE = 20
MOST_CHANGES = 100
# What waits for nobody's look, as the trigger says it (migration 0002), beside numbers of pieces.
QUIET = ("maker", "deposit", "price card")
MODERATE = "moderation.moderate_listings"


def is_moderator(person: Person) -> bool:
    """Staff who hold the permission by name, as for reviews."""
    return bool(person.is_active and person.is_staff and person.has_perm(MODERATE))


@dataclass(frozen=True)
class Shown:
    """A change as a moderator reads it: what, and what was there before and after it."""

    change: Change

    @property
    def what(self) -> str:
        """What was changed."""
        return str(CHANGED["price" if self.is_price else self.change.what])

    @property
    def is_price(self) -> bool:
        """An amount in centimes on both sides."""
        return self.change.what.startswith("price ")

    @property
    def is_photo(self) -> bool:
        """The path of a picture on both sides, where there is one."""
        return self.change.what in ("photos", "first photo")

    @property
    def is_words(self) -> bool:
        """Words by language, or sizes by name, on both sides: `lines` has them."""
        return isinstance(self.change.was, dict) or isinstance(self.change.now, dict)

    @cached_property
    def lines(self) -> list[tuple[str, Any, Any]]:
        """Of words and sizes only what is another now: its language or name, before, after."""
        was, now = self.change.was or {}, self.change.now or {}
        other = [key for key in {**was, **now} if was.get(key) != now.get(key)]
        return [(str(CHANGED.get(key, key)), was.get(key), now.get(key)) for key in other]


@dataclass(frozen=True)
class Ruled:
    """A ruling in the language of the page, with what became of it."""

    ruling: Ruling

    @property
    def reason(self) -> str:
        """Its reason as it was said on its day."""
        said = self.ruling.said
        return str(said.get(get_language() or "fr", said["fr"]))

    @property
    def is_off(self) -> bool:
        """It took the piece off the shelf; else it asks for a change."""
        return self.ruling.kind == Kind.TAKEN_OFF

    @property
    def appeal(self) -> Appeal | None:
        """What the workshop answered."""
        return getattr(self.ruling, "appeal", None)

    @property
    def is_open(self) -> bool:
        """An answer waits for another moderator."""
        return self.is_in_force and self.appeal is not None and not self.is_upheld

    @property
    def is_upheld(self) -> bool:
        """Another moderator has looked and left it."""
        verdict = getattr(self.appeal, "verdict", None)
        return verdict is not None and not verdict.is_granted

    @property
    def is_in_force(self) -> bool:
        """Nobody has ended it."""
        return getattr(self.ruling, "lift", None) is None

    @property
    def ended(self) -> str:
        """Why and when it ended."""
        lift = self.ruling.lift
        return f"{ENDED[Because(lift.because)]} ({date_format(lift.at, 'j F Y')})"


@dataclass(frozen=True)
class Case:
    """A piece as a moderator's page shows it."""

    product: Product
    changes: list[Shown]
    newest: int
    rulings: list[Ruled]
    is_new: bool
    is_waiting: bool
    is_own: bool

    @property
    def now(self) -> Ruled | None:
        """The ruling in force."""
        return next((one for one in self.rulings if one.is_in_force), None)

    @property
    def words(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Everything that is said of it, in each language that it is said in."""
        found = [(str(CHANGED[n]), _by_language(getattr(self.product, n)))
                 for n in ("title", "materials", "description")]  # fmt: skip
        return [(name, said) for name, said in found if said]


def waiting(*, before: int = 0) -> tuple[list[Waiting], int]:
    """Pieces listed or changed since a moderator last looked, the newest first.

    `before` skips so many of them; the second is where the next page begins, or 0.
    """
    found = list(
        Waiting.objects.annotate(was_seen=Exists(Look.objects.filter(product=OuterRef("pk"))))
        .select_related("product__artisan")
        .order_by("-changed_at", "-pk")[before : before + PAGE + 1]
    )
    return found[:PAGE], before + PAGE if len(found) > PAGE else 0


def appeals() -> list[Appeal]:
    """Answers of workshops that wait for another moderator, the oldest first."""
    return list(
        Appeal.objects.filter(verdict__isnull=True, ruling__lift__isnull=True)
        .select_related("ruling__product__artisan")
        .order_by("pk")
    )


def case(product_id: int, *, reader: Person) -> Case | None:
    """A piece with its changes since the last look, and everything that was ruled about it."""
    product = (
        Product.objects.filter(pk=product_id)
        .select_related("artisan", "craft")
        .prefetch_related("photos", "variants")
        .first()
    )
    if product is None:
        return None
    last = Look.objects.filter(product=product).order_by("-pk").first()
    told = list(told_changes(product.pk).order_by("-pk")[:MOST_CHANGES])
    since = last.change if last else 0
    return Case(
        product=product,
        changes=[Shown(one) for one in told if one.pk > since],
        newest=told[0].pk if told else 0,
        rulings=rulings(product.pk),
        is_new=last is None,
        is_waiting=Waiting.objects.filter(pk=product.pk).exists(),
        is_own=Membership.objects.filter(person=reader, artisan_id=product.artisan_id).exists(),
    )


def told_changes(product_id: int) -> QuerySet[Change]:
    """What its workshop changed of a piece that is a moderator's matter."""
    changes = Change.objects.filter(product_id=product_id)
    return changes.exclude(what__startswith="on hand ").exclude(what__in=QUIET)


def rulings(product_id: int) -> list[Ruled]:
    """Everything that was ruled about a piece, the newest first."""
    found = Ruling.objects.filter(product_id=product_id).select_related("lift", "appeal__verdict")
    return [Ruled(one) for one in found.order_by("-pk")]


def in_force(product_id: int) -> Ruled | None:
    """What its workshop is to read about a piece: the ruling in force, or None."""
    found = Ruling.objects.filter(product_id=product_id, lift__isnull=True)
    one = found.select_related("appeal__verdict").first()
    return Ruled(one) if one else None


def _by_language(text: LazyI18nString | str) -> list[tuple[str, str]]:
    data = getattr(text, "data", text)
    said = data if isinstance(data, dict) else {"": str(data or "")}
    return [(language, words) for language, words in said.items() if words]
