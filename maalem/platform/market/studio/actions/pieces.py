"""Putting a piece on the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground.pictures.intake import Picture
from maalem.platform.market.catalog.actions import offer
from maalem.platform.market.catalog.models import Craft, Product
from maalem.platform.market.catalog.states import Supply
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
            Listing.objects.create(artisan=artisan, key=key, product=product, by=by)
    except IntegrityError:
        # The same was sent twice at once: hers is the one that was first.
        first = Listing.objects.filter(artisan=artisan, key=key).select_related("product").first()
        if first is None:
            raise
        return first.product
    return product
