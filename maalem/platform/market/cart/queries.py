"""What a cart holds, grouped by seller, with what is wrong with each line. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, Sum

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.cart.decide import STOPS, Facts, Trouble, most, trouble
from maalem.platform.market.cart.models import Cart, CartLine, Hold
from maalem.platform.market.catalog.models import Photo, Product, Variant
from maalem.platform.market.catalog.states import Status, Supply


@dataclass(frozen=True)
class Line:
    """One line as a page shows it. `free` is None where the thing is made to order."""

    variant: Variant
    quantity: int
    price_seen_minor: int
    free: int | None
    trouble: Trouble | None

    @property
    def product(self) -> Product:
        return self.variant.product

    @property
    def price_minor(self) -> int:
        return self.variant.price_minor

    @property
    def total_minor(self) -> int:
        return self.price_minor * self.quantity

    @property
    def stops(self) -> bool:
        """Whether the cart can't be bought while this line is as it is."""
        return self.trouble in STOPS

    @property
    def quantities(self) -> range:
        """What a list of quantities offers: never less than what is asked for now."""
        return range(1, max(most(self.free), 1) + 1)

    @cached_property
    def photo(self) -> Photo | None:
        return next(iter(self.product.photos.all()), None)


@dataclass(frozen=True)
class Parcel:
    """What one seller would send."""

    artisan: Artisan
    lines: tuple[Line, ...]

    @property
    def goods_minor(self) -> int:
        return sum(line.total_minor for line in self.lines if not line.stops)

    @property
    def weight_g(self) -> int:
        return sum((line.product.weight_g or 0) * line.quantity for line in self.lines)


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
    def pieces(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def stops(self) -> bool:
        return any(line.stops for line in self.lines)

    @property
    def price_changed(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.trouble == Trouble.PRICE_CHANGED)


EMPTY = Contents(parcels=())


def find(key: str) -> Cart | None:
    """The cart of a key, or None."""
    return Cart.objects.filter(key=key).first()


def count(key: str) -> int:
    """How many pieces the cart of `key` holds: the figure beside the basket on every page."""
    found = CartLine.objects.filter(cart__key=key).aggregate(pieces=Sum("quantity"))
    return found["pieces"] or 0


def variant(pk: int) -> Variant | None:
    """A variant with its product and seller, or None."""
    fields = (
        *("price_minor", "currency", "on_hand", "reserved"),
        *(
            f"product__{name}"
            for name in ("title", "supply", "status", "artisan__payments_account")
        ),
    )
    return Variant.objects.select_related("product__artisan").only(*fields).filter(pk=pk).first()


def is_published(variant: Variant) -> bool:
    """Whether anybody may buy it now."""
    return variant.product.status == Status.PUBLISHED


def is_open(artisan: Artisan) -> bool:
    """Whether the workshop can be paid, and so can sell."""
    return bool(artisan.payments_account)


def free_for(cart: Cart, *, variant: Variant) -> int | None:
    """Pieces this cart may have: the free ones and those already held for it. None: no limit."""
    if variant.product.supply == Supply.MADE_TO_ORDER:
        return None
    return variant.free + _held(cart, variants=[variant]).get(variant.pk, 0)


def contents(cart: Cart | None, *, pictured: bool = True) -> Contents:
    """Everything in a cart, in three queries at most, however much is in it."""
    if cart is None:
        return EMPTY
    rows = _rows(cart, pictured=pictured)
    held = _held(cart, variants=[row.variant for row in rows])
    parcels: dict[int, list[Line]] = {}
    for row in rows:
        line = _line(row, held=held)
        parcels.setdefault(line.product.artisan_id, []).append(line)
    return Contents(
        parcels=tuple(Parcel(lines[0].product.artisan, tuple(lines)) for lines in parcels.values())
    )


# What a cart, a review and an order's frozen rows say of a line: stories and care stay unread.
_SHOWN = (
    *("sku", "label", "price_minor", "currency", "on_hand", "reserved"),
    *("product__slug", "product__title", "product__status", "product__supply"),
    *("product__weight_g", "product__making_days", "product__materials", "product__hs_code"),
    *("product__craft__code", "product__maker__name"),
    *("product__artisan__slug", "product__artisan__name", "product__artisan__kind"),
    *("product__artisan__payments_account", "product__artisan__commune__name"),
    "product__artisan__commune__province__region_id",
)


def _rows(cart: Cart, *, pictured: bool) -> list[CartLine]:
    rows = (
        cart.lines.select_related(
            "variant__product__artisan__commune__province",
            "variant__product__craft",
            "variant__product__maker",
        )
        .only("cart_id", "quantity", "price_seen_minor", *(f"variant__{name}" for name in _SHOWN))
        .order_by("added_at", "pk")
    )
    if pictured:
        first = Photo.objects.order_by("product_id", "position").distinct("product_id")
        rows = rows.prefetch_related(Prefetch("variant__product__photos", queryset=first))
    return list(rows)


def _held(cart: Cart, *, variants: Iterable[Variant]) -> dict[int, int]:
    if not any(variant.reserved for variant in variants):
        return {}
    rows = Hold.objects.filter(cart=cart, status=Hold.HELD).values_list("variant_id", "quantity")
    held: dict[int, int] = {}
    for variant_id, quantity in rows:
        held[variant_id] = held.get(variant_id, 0) + quantity
    return held


def _line(row: CartLine, *, held: dict[int, int]) -> Line:
    made = row.variant.product.supply == Supply.MADE_TO_ORDER
    free = None if made else row.variant.free + held.get(row.variant_id, 0)
    facts = Facts(
        quantity=row.quantity,
        price_seen_minor=row.price_seen_minor,
        price_minor=row.variant.price_minor,
        published=is_published(row.variant),
        seller_open=is_open(row.variant.product.artisan),
        free=free,
    )
    return Line(
        variant=row.variant,
        quantity=row.quantity,
        price_seen_minor=row.price_seen_minor,
        free=free,
        trouble=trouble(facts),
    )
