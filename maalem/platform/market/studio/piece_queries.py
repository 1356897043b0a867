"""A workshop's pieces, for those who belong to it. Nothing of anybody else's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from maalem.platform.craft.artisans.models import Artisan, Maker
from maalem.platform.market.catalog import fair
from maalem.platform.market.catalog.models import Craft, Photo, PriceCard, Product
from maalem.platform.market.catalog.states import Status, Supply

PAGE = 20


@dataclass(frozen=True)
class Shelved:
    """One of a workshop's pieces as her own pages show it; the price in centimes."""

    pk: int
    slug: str
    title: str
    status: str
    supply: str
    on_hand: int
    price_minor: int
    currency: str
    photo: Photo | None

    @property
    def is_gone(self) -> bool:
        """On the shelf, and nothing left to sell."""
        return self.supply != Supply.MADE_TO_ORDER.value and self.on_hand == 0


@dataclass(frozen=True)
class Pieces:
    """A page of a workshop's pieces; `older` is where the next one goes on, or 0."""

    rows: list[Shelved]
    older: int


@dataclass(frozen=True)
class Kinds:
    """The kinds of piece to choose from: those of her own trade first."""

    hers: list[Craft]
    others: list[Craft]


def pieces(artisan: Artisan, *, before: int = 0) -> Pieces:
    """A workshop's pieces, the newest first, older than product id `before`."""
    found = _pieces(artisan)
    if before:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    older = page[PAGE - 1].pk if len(page) > PAGE else 0
    return Pieces(rows=[_shelved(row) for row in page[:PAGE]], older=older)


def piece(artisan: Artisan, slug: str) -> Shelved | None:
    """One of the workshop's pieces; None where it is nobody's or somebody else's."""
    found = _pieces(artisan).filter(slug=slug).first()
    return _shelved(found) if found else None


def shelf_of(maker: Maker) -> list[Shelved]:
    """What one maker of a workshop has on the shelf, the newest first."""
    rows = _pieces(maker.artisan).filter(maker=maker, status=Status.PUBLISHED)
    return [one for one in map(_shelved, rows[:PAGE]) if not one.is_gone]


def kinds() -> QuerySet[Craft]:
    """Every kind that a piece may be: the crafts that have no branches."""
    return Craft.objects.filter(kinds__isnull=True).order_by("position", "pk")


def kinds_for(artisan: Artisan, every: Iterable[Craft]) -> Kinds:
    """`every` kind, with those of the trade that the workshop is known for set apart."""
    trade = Craft.objects.filter(code=artisan.trade).values_list("pk", "parent_id").first()
    family = {pk for pk in trade or () if pk}
    hers, others = [], []
    for kind in every:
        (hers if kind.pk in family or kind.parent_id in family else others).append(kind)
    return Kinds(hers=hers, others=others)


def _pieces(artisan: Artisan) -> QuerySet[Product]:
    left = Coalesce(Sum("variants__on_hand"), 0)
    rows = Product.objects.filter(artisan_id=artisan.pk).annotate(left=left)
    photos = Prefetch("photos", Photo.objects.filter(position=0), to_attr="first_photo")
    return rows.prefetch_related(photos).order_by("-pk")


def _shelved(row: Any) -> Shelved:
    return Shelved(
        pk=row.pk,
        slug=row.slug,
        title=str(row.title),
        status=row.status,
        supply=row.supply,
        on_hand=row.left,
        price_minor=row.price_from_minor or 0,
        currency=row.currency,
        photo=row.first_photo[0] if row.first_photo else None,
    )


def price_card(product: Product) -> tuple[int, int, str] | None:
    """Materials, minutes, and how much buyers see; None where she has said nothing yet."""
    fields = ("materials_minor", "minutes", "shown")
    return PriceCard.objects.filter(product=product).values_list(*fields).first()


def told_card(
    artisan: Artisan, product: Product, *, card: tuple[int, int, str] | None
) -> fair.Card | None:
    """The card as it stands today; None without one, or while no rule of commission fits."""
    if card is None or product.price_from_minor is None:
        return None
    facts = {
        "kind": artisan.kind,
        "artisan": artisan.slug,
        "craft": product.craft.code,
        "region": artisan.commune.province.region_id,
    }
    return fair.card_today(
        product.price_from_minor,
        materials_minor=card[0],
        minutes=card[1],
        facts=facts,
        on=timezone.localdate(),
    )
