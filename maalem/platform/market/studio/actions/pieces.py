"""Putting a piece on the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from maalem.platform.craft.artisans.models import Artisan, Maker
from maalem.platform.ground.pictures.intake import Picture
from maalem.platform.ground.sounds.intake import Sound
from maalem.platform.market.catalog.actions.edit import made_by, reprice, restock, tell
from maalem.platform.market.catalog.actions.shelf import offer
from maalem.platform.market.catalog.models import Craft, Product
from maalem.platform.market.catalog.states import Supply, Tongue
from maalem.platform.market.studio.models import Listing


@dataclass(frozen=True)
class Piece:
    """What the artisan says of a piece: `on_hand` pieces are there (0 where it is made to order,
    within `making_days` working days); the price in centimes."""

    pictures: Sequence[Picture]
    craft: Craft
    supply: Supply
    on_hand: int
    making_days: int | None
    price_minor: int
    maker: Maker | None = None
    sound: Sound | None = None
    tongue: Tongue = Tongue.DARIJA


def list_piece(artisan: Artisan, *, key: UUID, piece: Piece, by: str) -> Product:
    """Put `piece` on the shelf, or find what was put there under the same key."""
    known = Listing.objects.filter(artisan=artisan, key=key).select_related("product").first()
    if known is not None:
        return known.product
    try:
        with transaction.atomic():
            product = offer(
                artisan=artisan,
                craft=piece.craft,
                pictures=piece.pictures,
                price_minor=piece.price_minor,
                supply=piece.supply,
                on_hand=piece.on_hand,
                making_days=piece.making_days,
                by=by,
            )
            made_by(product.pk, maker=piece.maker, by=by)
            tell(product.pk, sound=piece.sound, tongue=piece.tongue, seen="", by=by)
            Listing.objects.create(artisan=artisan, key=key, product=product, by=by)
    except IntegrityError:
        # The same was sent twice at once: hers is the one that was first.
        first = Listing.objects.filter(artisan=artisan, key=key).select_related("product").first()
        if first is None:
            raise
        return first.product
    return product


@dataclass(frozen=True)
class Offer:
    """What she wants of a variant, beside what her page showed: centimes, pieces (None: not asked).

    The seen ones are None where nobody can say what she saw.
    """

    variant: int
    price_minor: int
    on_hand: int | None
    seen_minor: int | None
    seen_on_hand: int | None


@transaction.atomic
def change_offers(offers: Sequence[Offer], *, by: str) -> None:
    """Change prices and numbers, all of them or none. Raises `Refused`, as the catalogue does."""
    for one in sorted(offers, key=lambda one: one.variant):
        reprice(one.variant, price_minor=one.price_minor, seen_minor=one.seen_minor, by=by)
        if one.on_hand is not None:
            restock(one.variant, on_hand=one.on_hand, seen=one.seen_on_hand, by=by)
