"""A delivered parcel, what goes back of it, and what the institution moved for it."""

import itertools

from django.contrib.auth.models import Permission

from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders.actions.parcels import confirm_delivery, dispatch
from maalem.platform.market.orders.models import Order
from maalem.platform.market.returns.actions.announce import announce
from maalem.platform.market.returns.models import Return

_count = itertools.count(1)


def delivered(world, **quantities: int) -> Order:
    """A paid and delivered parcel of two tagines, or the first of what is asked for."""
    order = world.paid(world.cart(**(quantities or {"tagine": 2}))).orders.first()
    dispatch(order.number, by="seller")
    return confirm_delivery(order.number, by="buyer")


def announced(order: Order, *, pieces: int = 0, seen: int = 0) -> Return:
    """The buyer sends all of the first line back, or so many `pieces` of it."""
    line = order.lines.first()
    wanted = {line.pk: pieces or line.quantity}
    return announce(order.number, wanted=wanted, reason="changed_mind", seen=seen)


def officer(name: str = "Officer") -> Person:
    """Staff who may decide about returns."""
    person = Person.objects.create(
        phone=f"+2126610008{next(_count):02d}", name=name, is_staff=True, language="fr"
    )
    right = Permission.objects.get(codename="decide_returns", content_type__app_label="returns")
    person.user_permissions.add(right)
    return person


def moved(bank, *, number: str) -> tuple[list[int], list[int]]:
    """What the institution moved under a return's keys: to the buyer, and back from the seller."""
    to_buyer, from_seller = [], []
    for key, ((verb, words), _) in bank._replies.items():
        if key.startswith(f"return-{number}-buyer") and verb == "create_refund":
            to_buyer.append(words[1])
        elif key.startswith(f"return-{number}-seller") and verb == "reverse_transfer":
            from_seller.append(words[1])
    return to_buyer, from_seller
