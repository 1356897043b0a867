"""Put things into a cart, change how many, take them out."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from maalem.kit.ids import secret
from maalem.platform.ground.people.models import Person
from maalem.platform.market.cart import queries
from maalem.platform.market.cart.decide import Facts, Trouble, most, trouble
from maalem.platform.market.cart.models import MAX_LINES, Cart, Hold
from maalem.platform.market.catalog.states import Status
from maalem.platform.rows import row, run

KEY_LENGTH = 32
_TOUCH = "UPDATE cart_cart SET touched_at = statement_timestamp() WHERE id = %s"
_PRESS = """
UPDATE cart_cart SET touched_at = statement_timestamp(), last_press = %s
 WHERE id = %s AND last_press <> %s
"""
_ADD = """
INSERT INTO cart_cartline (cart_id, variant_id, quantity, price_seen_minor)
VALUES (%s, %s, %s, %s)
ON CONFLICT (cart_id, variant_id)
DO UPDATE SET quantity = excluded.quantity, price_seen_minor = excluded.price_seen_minor
"""
_FORGET = """
WITH bought AS (SELECT unnest(%s::bigint[]) AS variant_id, unnest(%s::int[]) AS quantity),
     gone AS (DELETE FROM cart_cartline l USING bought b
               WHERE l.cart_id = %s AND l.variant_id = b.variant_id AND l.quantity <= b.quantity)
UPDATE cart_cartline l SET quantity = l.quantity - b.quantity FROM bought b
 WHERE l.cart_id = %s AND l.variant_id = b.variant_id AND l.quantity > b.quantity
"""


class Refused(Exception):
    """The cart stays as it was. `code` is a `Trouble`, or `unknown` or `full`."""

    def __init__(self, code: str, *, free: int | None = None) -> None:
        super().__init__(code)
        self.code, self.free = code, free


def make_cart(*, person: Person | None = None) -> Cart:
    """An empty cart with a key that nobody can guess (160 bits)."""
    key, owner = secret("", length=KEY_LENGTH), person.pk if person else None
    made = row("INSERT INTO cart_cart (key, person_id) VALUES (%s, %s) RETURNING id", [key, owner])
    assert made is not None
    return Cart.from_db("default", ("id", "key", "person_id"), (*made, key, owner))


@transaction.atomic
def add_line(cart: Cart, *, variant_id: int, quantity: int, press: str = "") -> queries.Offer:
    """Add pieces; a thing that is there already becomes more. Keeps the price on the page now.

    `press` names one press of the button. The same one again, from somebody who did not hear that
    it had arrived, changes nothing. Returns what was added.

    Raises `Refused` when it can't be bought, there are too few, or the cart is full.
    """
    again = not _is_new(cart, press=press)
    offer = queries.offer(cart, variant_id=variant_id)
    if offer is None:
        raise Refused("unknown")
    if again and offer.there:
        return offer
    if not offer.there and offer.lines >= MAX_LINES:
        raise Refused("full")
    wanted = min(quantity + offer.there, most(None))
    _check(offer, quantity=wanted)
    run(_ADD, [cart.pk, variant_id, wanted, offer.price_minor])
    return offer


@transaction.atomic
def change_line(cart: Cart, *, variant_id: int, quantity: int) -> None:
    """Set how many; none takes the line out. The price now counts as seen.

    Raises `Refused` when there are too few; the line then stays as it was.
    """
    _lock(cart)
    if quantity <= 0:
        cart.lines.filter(variant_id=variant_id).delete()
        return
    offer = queries.offer(cart, variant_id=variant_id)
    if offer is None or not offer.there:
        raise Refused("unknown")
    wanted = min(quantity, most(None))
    _check(offer, quantity=wanted)
    run(_ADD, [cart.pk, variant_id, wanted, offer.price_minor])


@transaction.atomic
def remove_line(cart: Cart, *, variant_id: int) -> None:
    """Take a thing out; a thing that is not there is no trouble."""
    _lock(cart)
    cart.lines.filter(variant_id=variant_id).delete()


@transaction.atomic
def claim(cart: Cart, *, person: Person) -> Cart:
    """Give a guest's cart to the person who signed in, with what they had put aside before.

    The guest's cart lives on, because it may be in the middle of a purchase; the older one's
    lines move into it, and where both hold a thing the larger number stays.
    """
    old = Cart.objects.select_for_update().filter(person=person).exclude(pk=cart.pk).first()
    _lock(cart)
    mine = Cart.objects.get(pk=cart.pk)
    if mine.person_id not in (None, person.pk):
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
    run(_FORGET, [list(bought), list(bought.values()), cart_id, cart_id])


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
    if press and run(_PRESS, [press, cart.pk, press]):
        return True
    _lock(cart)
    return not press


def _lock(cart: Cart) -> None:
    """Note that somebody was here; the written row stays locked until the commit."""
    if not run(_TOUCH, [cart.pk]):
        raise Cart.DoesNotExist


def _check(offer: queries.Offer, *, quantity: int) -> None:
    found = trouble(
        Facts(
            quantity=quantity,
            price_seen_minor=offer.price_minor,
            price_minor=offer.price_minor,
            published=offer.status == Status.PUBLISHED,
            seller_open=offer.open,
            free=offer.free,
        )
    )
    if found is not None:
        raise Refused(found, free=offer.free if found == Trouble.TOO_FEW else None)
