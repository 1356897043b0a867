"""What a cart holds, grouped by seller, with what is wrong with each line. Nothing here writes."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from i18nfield.strings import LazyI18nString

from maalem.kit.money import share
from maalem.platform.market.cart.decide import STOPS, Facts, Trouble, most, trouble
from maalem.platform.market.cart.models import Cart
from maalem.platform.market.catalog.states import Status, Supply
from maalem.platform.rows import row, rows


class Seller(NamedTuple):
    """A workshop as a cart and an order name it. `region` is a code."""

    pk: int
    slug: str
    name: LazyI18nString
    kind: str
    place: LazyI18nString
    region: str


class Photo(NamedTuple):
    """A picture of the piece, the first one."""

    path: str
    width: int
    height: int
    tone: str


class Piece(NamedTuple):
    """A variant with what a cart, a review and an order's frozen rows say of its product."""

    variant: int
    sku: str
    label: LazyI18nString
    price_minor: int
    currency: str
    product: int
    slug: str
    title: LazyI18nString
    supply: str
    weight_g: int | None
    making_days: int | None
    deposit_percent: int | None
    materials: LazyI18nString
    hs_code: str
    craft: str
    maker: LazyI18nString
    maker_id: int | None


@dataclass(frozen=True)
class Line:
    """One line as a page shows it. `free` is None where the thing is made to order."""

    piece: Piece
    seller: Seller
    photo: Photo | None
    quantity: int
    price_seen_minor: int
    free: int | None
    trouble: Trouble | None

    @property
    def price_minor(self) -> int:
        return self.piece.price_minor

    @property
    def total_minor(self) -> int:
        return self.piece.price_minor * self.quantity

    @property
    def balance_minor(self) -> int:
        """What of it is paid later, when what is made to order is ready: centimes."""
        percent = self.piece.deposit_percent
        return self.total_minor - share(self.total_minor, bps=percent * 100) if percent else 0

    @property
    def due_now_minor(self) -> int:
        return self.total_minor - self.balance_minor

    @property
    def stops(self) -> bool:
        """Whether the cart can't be bought while this line is as it is."""
        return self.trouble in STOPS

    @property
    def quantities(self) -> range:
        """What a list of quantities offers: never less than what is asked for now."""
        return range(1, max(most(self.free), 1) + 1)


@dataclass(frozen=True)
class Parcel:
    """What one seller would send."""

    seller: Seller
    lines: tuple[Line, ...]

    @property
    def goods_minor(self) -> int:
        return sum(line.total_minor for line in self.lines if not line.stops)


@dataclass(frozen=True)
class Contents:
    """A whole cart as a page shows it; parcels in the order in which sellers came in."""

    parcels: tuple[Parcel, ...]
    currency: str = "MAD"

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for parcel in self.parcels for line in parcel.lines)

    @property
    def goods_minor(self) -> int:
        """What the lines that can be bought cost, without shipping."""
        return sum(parcel.goods_minor for parcel in self.parcels)

    @property
    def balance_minor(self) -> int:
        """What of it is paid when what is made to order is ready."""
        return sum(line.balance_minor for line in self.lines if not line.stops)

    @property
    def pieces(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def stops(self) -> bool:
        return any(line.stops for line in self.lines)


EMPTY = Contents(parcels=())


class Offer(NamedTuple):
    """A variant as a cart may have it now: `there` already, among `lines`, `held` for it."""

    title: LazyI18nString
    price_minor: int
    supply: str
    status: str
    open: bool
    unreserved: int
    held: int
    there: int
    lines: int

    @property
    def free(self) -> int | None:
        """Pieces this cart may have: the free ones and those already held for it. None: all."""
        return None if self.supply == Supply.MADE_TO_ORDER else self.unreserved + self.held


_FIND = "SELECT id, key, person_id FROM cart_cart WHERE key = %s"

_COUNT = """
SELECT coalesce(sum(l.quantity), 0) FROM cart_cartline l JOIN cart_cart c ON c.id = l.cart_id
 WHERE c.key = %s
"""

_OFFER = """
SELECT p.title, v.price_minor, p.supply, p.status, coalesce(a.payments_account, '') <> '',
       v.on_hand - v.reserved,
       coalesce((SELECT sum(h.quantity) FROM cart_hold h
                  WHERE h.variant_id = v.id AND h.status = 'held' AND h.cart_id = %(cart)s), 0),
       coalesce((SELECT l.quantity FROM cart_cartline l
                  WHERE l.cart_id = %(cart)s AND l.variant_id = v.id), 0),
       (SELECT count(*) FROM cart_cartline l WHERE l.cart_id = %(cart)s)
  FROM catalog_variant v
  JOIN catalog_product p ON p.id = v.product_id
  JOIN artisans_artisan a ON a.id = p.artisan_id
 WHERE v.id = %(variant)s
"""

_CONTENTS = """
SELECT v.id, v.sku, v.label, v.price_minor, v.currency, p.id, p.slug, p.title, p.supply,
       p.weight_g, p.making_days, p.deposit_percent, p.materials, p.hs_code, k.code, m.name, m.id,
       a.id, a.slug, a.name, a.kind, c.name, d.region_id,
       f.path, f.width, f.height, f.tone,
       l.quantity, l.price_seen_minor, p.status, coalesce(a.payments_account, '') <> '',
       v.on_hand - v.reserved + CASE v.reserved WHEN 0 THEN 0 ELSE
         coalesce((SELECT sum(h.quantity) FROM cart_hold h
                    WHERE h.variant_id = v.id AND h.status = 'held' AND h.cart_id = l.cart_id), 0)
       END
  FROM cart_cartline l
  JOIN catalog_variant v ON v.id = l.variant_id
  JOIN catalog_product p ON p.id = v.product_id
  JOIN catalog_craft k ON k.id = p.craft_id
  JOIN artisans_artisan a ON a.id = p.artisan_id
  JOIN places_commune c ON c.code = a.commune_id
  JOIN places_province d ON d.code = c.province_id
  LEFT JOIN artisans_maker m ON m.id = p.maker_id
  LEFT JOIN LATERAL (SELECT path, width, height, tone FROM catalog_photo
                      WHERE product_id = p.id ORDER BY position LIMIT 1) f ON true
 WHERE l.cart_id = %s
 ORDER BY l.added_at, l.id
"""
_FIELDS = ("id", "key", "person_id")
# Where the columns of a piece, its seller, its photo and the line itself begin.
_SELLER, _PHOTO, _LINE = 17, 23, 27


def find(key: str) -> Cart | None:
    """The cart of a key, or None. Of its other fields nothing was read."""
    found = row(_FIND, [key])
    return Cart.from_db("default", _FIELDS, found) if found else None


def count(key: str) -> int:
    """How many pieces the cart of `key` holds: the figure beside the basket on every page."""
    found = row(_COUNT, [key])
    return int(found[0]) if found else 0


def offer(cart: Cart, *, variant_id: int) -> Offer | None:
    """What the shop offers this cart of a variant, or None for a variant that is not there."""
    found = row(_OFFER, {"cart": cart.pk, "variant": variant_id})
    return Offer(LazyI18nString(found[0]), *found[1:]) if found else None


def contents(cart: Cart | None) -> Contents:
    """Everything in a cart, in one statement, however much is in it."""
    if cart is None:
        return EMPTY
    parcels: dict[int, list[Line]] = {}
    for found in rows(_CONTENTS, [cart.pk]):
        line = _line(found)
        parcels.setdefault(line.seller.pk, []).append(line)
    return Contents(
        parcels=tuple(Parcel(lines[0].seller, tuple(lines)) for lines in parcels.values())
    )


def _line(found: tuple[Any, ...]) -> Line:
    piece = Piece._make(found[:_SELLER])
    pk, slug, name, kind, place, region = found[_SELLER:_PHOTO]
    photo = found[_PHOTO:_LINE]
    quantity, price_seen_minor, status, is_open, unreserved = found[_LINE:]
    free = None if piece.supply == Supply.MADE_TO_ORDER else int(unreserved)
    facts = Facts(
        quantity=quantity,
        price_seen_minor=price_seen_minor,
        price_minor=piece.price_minor,
        published=status == Status.PUBLISHED,
        seller_open=is_open,
        free=free,
    )
    return Line(
        piece=piece._replace(
            label=LazyI18nString(piece.label or ""),
            title=LazyI18nString(piece.title),
            materials=LazyI18nString(piece.materials or ""),
            maker=LazyI18nString(piece.maker or ""),
        ),
        seller=Seller(pk, slug, LazyI18nString(name), kind, LazyI18nString(place), region),
        photo=Photo._make(photo) if photo[0] is not None else None,
        quantity=quantity,
        price_seen_minor=price_seen_minor,
        free=free,
        trouble=trouble(facts),
    )
