"""What people are told about their sale. Written as a job in the sale's own transaction.

The words are made later, in the job: a text that can't be made must never undo a payment.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from maalem.platform.ground.notices.actions import Recipient, carry, write
from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders import jobs, links
from maalem.platform.market.orders.models import Order, OrderGroup, OrderLine
from maalem.platform.market.orders.words import spoken
from maalem.platform.rows import read, rows

Saying = Callable[[], list[Message]]
_MEMBERS = """
SELECT person_id, artisan_id FROM artisans_membership WHERE artisan_id = ANY (%s) ORDER BY id
"""
_PEOPLE = "WHERE id = ANY (%s)"


class Sold(NamedTuple):
    """An order with its lines."""

    order: Order
    lines: tuple[OrderLine, ...]


def paid(group: OrderGroup) -> None:
    """The buyer has bought; every seller has sold."""
    jobs.speak.defer(about="paid", number=group.number)


def given_back(group: OrderGroup, *, verdict: str) -> None:
    """A payment that could not be kept is on its way back."""
    jobs.speak.defer(about="given_back", number=group.number, cause=str(verdict))
    jobs.ask_out.defer()


def ready(order: Order) -> None:
    """What was made for the buyer is ready, and waits for its balance."""
    jobs.speak.defer(about="ready", number=order.number)


def balance_paid(order: Order) -> None:
    """Nothing keeps the parcel any more."""
    jobs.speak.defer(about="balance_paid", number=order.number)


def dispatched(order: Order) -> None:
    """A parcel is on its way."""
    jobs.speak.defer(about="dispatched", number=order.number)


def delivered(order: Order) -> None:
    """A parcel arrived, so the seller's money is on its way."""
    jobs.speak.defer(about="delivered", number=order.number)
    jobs.ask_out.defer()


def cancelled(order: Order) -> None:
    """A paid parcel was called off and is being refunded."""
    jobs.speak.defer(about="cancelled", number=order.number)
    jobs.ask_out.defer()


def say(about: str, *, number: str, cause: str = "") -> None:
    """Make the words and carry them, once for each person and thing.

    What can't be said to one keeps no other waiting; the first trouble is raised at the end, for
    the job to be tried again.
    """
    troubles: list[Exception] = []
    written: list[Message] = []
    with transaction.atomic():
        for saying in _sayings(about, number=number, cause=cause):
            try:
                with transaction.atomic():
                    written += saying()
            except Exception as trouble:
                troubles.append(trouble)
    carry(written)
    if troubles:
        raise troubles[0]


def _sayings(about: str, *, number: str, cause: str) -> Iterator[Saying]:
    if about in ("paid", "given_back"):
        (group,) = read(OrderGroup, "WHERE number = %s", [number])
        sold = _sold(read(Order, "WHERE group_id = %s ORDER BY position", [group.pk]))
        key = f"{about}-{number}-{cause}"
        yield partial(_to_buyer, f"order_{about}", group=group, key=key, cause=cause, sold=sold)
        if about == "paid":
            yield from _to_sellers("seller_sold", sold=sold)
        return
    (order,) = read(Order, "WHERE number = %s", [number])
    if about in ("ready", "balance_paid", "dispatched", "cancelled"):
        key = f"{about}-{number}"
        yield partial(_to_buyer, f"order_{about}", group=order.group, key=key, order=order)
    if about in ("balance_paid", "delivered", "cancelled"):
        yield from _to_sellers(f"seller_{about}", sold=_sold([order]))


def _sold(orders: Sequence[Order]) -> list[Sold]:
    """The orders with what is in them."""
    lines = "WHERE order_id = ANY (%s) ORDER BY position"
    found = read(OrderLine, lines, [[order.pk for order in orders]])
    return [
        Sold(order, tuple(line for line in found if line.order_id == order.pk)) for order in orders
    ]


def _to_buyer(kind: str, *, group: OrderGroup, key: str, **context: object) -> list[Message]:
    order = context.get("order")
    seller = order.seller if isinstance(order, Order) else None

    def told(language: str) -> dict[str, object]:
        return {
            **context,
            "group": group,
            "seller": spoken(seller, language=language) if seller else "",
            "address": links.address(group.number, language=language),
        }

    buyer = Recipient(phone=group.phone, email=group.email, person_id=group.person_id)
    return write(kind=kind, to=buyer, language=group.language, key=key, again=True, context=told)


def _to_sellers(kind: str, *, sold: Sequence[Sold]) -> Iterator[Saying]:
    members = rows(_MEMBERS, [[one.order.artisan_id for one in sold]])
    people = {person.pk: person for person in read(Person, _PEOPLE, [[pk for pk, _ in members]])}
    for one in sold:
        for pk, artisan in members:
            if artisan == one.order.artisan_id and (people[pk].phone or people[pk].email):
                yield partial(_to_seller, kind, person=people[pk], sold=one)


def _to_seller(kind: str, *, person: Person, sold: Sold) -> list[Message]:
    order = sold.order

    def told(language: str) -> dict[str, object]:
        lines = [
            f"{line.quantity} x {spoken(line.title, language=language)}" for line in sold.lines
        ]
        return {"order": order, "lines": lines, "address": _sale(order, language)}

    key = f"{kind}-{order.number}-{person.pk}"
    return write(kind=kind, to=person, key=key, again=True, context=told)


def _sale(order: Order, language: str) -> str:
    """The seller's own page of the sale."""
    with override(language):
        return settings.PLATFORM_URL + reverse("studio:order", args=[order.number])
