"""Put things into a cart, change how many, take them out."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from maalem.kit.ids import secret
from maalem.platform.market.cart import queries
from maalem.platform.market.cart.decide import Facts, Trouble, most, trouble
from maalem.platform.market.cart.models import MAX_LINES, Cart, CartLine, Hold
from maalem.platform.market.catalog.models import Variant

KEY_LENGTH = 32


class Refused(Exception):
    """The cart stays as it was. `code` is a `Trouble`, or `unknown` or `full`."""

    def __init__(self, code: str, *, free: int | None = None) -> None:
        super().__init__(code)
        self.code, self.free = code, free


def make_cart(*, person: object = None) -> Cart:
    """An empty cart with a key that nobody can guess (160 bits)."""
    return Cart.objects.create(key=secret("", length=KEY_LENGTH), person=person)


@transaction.atomic
def add_line(cart: Cart, *, variant_id: int, quantity: int, press: str = "") -> CartLine:
    """Add pieces; a thing that is there already becomes more. Keeps the price on the page now.

    `press` names one press of the button. The same one again, from somebody who did not hear that
    it had arrived, changes nothing.

    Raises `Refused` when it can't be bought, there are too few, or the cart is full.
    """
    if not _is_new(cart, press=press):
        line = cart.lines.filter(variant_id=variant_id).select_related("variant__product").first()
        if line is not None:
            return line
    variant = queries.variant(variant_id)
    if variant is None:
        raise Refused("unknown")
    there = dict(cart.lines.values_list("variant_id", "quantity"))
    if variant_id not in there and len(there) >= MAX_LINES:
        raise Refused("full")
    wanted = min(quantity + there.get(variant_id, 0), most(None))
    _check(cart, variant=variant, quantity=wanted)
    line = CartLine(
        cart=cart, variant=variant, quantity=wanted, price_seen_minor=variant.price_minor
    )
    CartLine.objects.bulk_create(
        [line],
        update_conflicts=True,
        unique_fields=["cart", "variant"],
        update_fields=["quantity", "price_seen_minor"],
    )
    return line


@transaction.atomic
def change_line(cart: Cart, *, variant_id: int, quantity: int) -> None:
    """Set how many; none takes the line out. The price now counts as seen.

    Raises `Refused` when there are too few; the line then stays as it was.
    """
    _lock(cart)
    if quantity <= 0:
        cart.lines.filter(variant_id=variant_id).delete()
        return
    line = cart.lines.filter(variant_id=variant_id).first()
    variant = queries.variant(variant_id)
    if line is None or variant is None:
        raise Refused("unknown")
    wanted = min(quantity, most(None))
    _check(cart, variant=variant, quantity=wanted)
    line.quantity, line.price_seen_minor = wanted, variant.price_minor
    line.save(update_fields=["quantity", "price_seen_minor"])


@transaction.atomic
def remove_line(cart: Cart, *, variant_id: int) -> None:
    """Take a thing out; a thing that is not there is no trouble."""
    _lock(cart)
    cart.lines.filter(variant_id=variant_id).delete()


@transaction.atomic
def claim(cart: Cart, *, person: object) -> Cart:
    """Give a guest's cart to the person who signed in, with what they had put aside before.

    The guest's cart lives on, because it may be in the middle of a purchase; the older one's
    lines move into it, and where both hold a thing the larger number stays.
    """
    old = Cart.objects.select_for_update().filter(person=person).exclude(pk=cart.pk).first()
    _lock(cart)
    mine = Cart.objects.get(pk=cart.pk)
    if mine.person_id not in (None, person.pk):  # type: ignore[attr-defined]
        return old or make_cart(person=person)
    if old is not None:
        _pour(old, into=mine)
        old.delete()
    if mine.person_id is None:
        mine.person = person
        mine.save(update_fields=["person"])
    return mine


def forget(cart_id: int, *, bought: dict[int, int]) -> None:
    """Take what was bought (variant id to quantity) out of the cart; the rest stays.

    Runs inside the caller's transaction.
    """
    gone = []
    for line in CartLine.objects.filter(cart_id=cart_id, variant_id__in=bought).order_by("pk"):
        left = line.quantity - bought[line.variant_id]
        if left > 0:
            line.quantity = left
            line.save(update_fields=["quantity"])
        else:
            gone.append(line.pk)
    if gone:
        CartLine.objects.filter(pk__in=gone).delete()


def sweep(*, untouched_for: timedelta) -> int:
    """Remove guests' carts that nobody touched for so long, with what was typed for them.

    Carts with pieces held for them stay. Returns how many went.
    """
    held = Hold.objects.filter(status=Hold.HELD, cart__isnull=False).values("cart_id")
    old = Cart.objects.filter(person=None, touched_at__lt=Now() - untouched_for)
    _, removed = old.exclude(pk__in=held).delete()
    return removed.get("cart.Cart", 0)


def _pour(old: Cart, *, into: Cart) -> None:
    there = {line.variant_id: line for line in into.lines.all()}
    room = MAX_LINES - len(there)
    for line in old.lines.order_by("added_at"):
        if line.variant_id in there:
            mine = there[line.variant_id]
            if line.quantity > mine.quantity:
                mine.quantity = line.quantity
                mine.save(update_fields=["quantity"])
        elif room > 0:
            room -= 1
            line.cart = into
            line.save(update_fields=["cart"])


def _is_new(cart: Cart, *, press: str) -> bool:
    """Lock the cart, and note the press unless it is the one that was noted last."""
    mine = Cart.objects.filter(pk=cart.pk)
    if press and mine.exclude(last_press=press).update(touched_at=Now(), last_press=press):
        return True
    _lock(cart)
    return not press


def _lock(cart: Cart) -> None:
    """Note that somebody was here; the written row stays locked until the commit."""
    if not Cart.objects.filter(pk=cart.pk).update(touched_at=Now()):
        raise Cart.DoesNotExist


def _check(cart: Cart, *, variant: Variant, quantity: int) -> None:
    free = queries.free_for(cart, variant=variant)
    found = trouble(
        Facts(
            quantity=quantity,
            price_seen_minor=variant.price_minor,
            price_minor=variant.price_minor,
            published=queries.is_published(variant),
            seller_open=queries.is_open(variant.product.artisan),
            free=free,
        )
    )
    if found is not None:
        raise Refused(found, free=free if found == Trouble.TOO_FEW else None)
