"""What people are told about their sale. Written as a job in the sale's own transaction.

The words are made later, in the job: a text that can't be made must never undo a payment.
"""

from collections.abc import Callable, Iterator
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import override

from maalem.platform.ground.notices.actions import Recipient, carry, write
from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders import jobs, links
from maalem.platform.market.orders.models import Order, OrderGroup
from maalem.platform.market.orders.words import spoken

Saying = Callable[[], list[Message]]


def paid(group: OrderGroup) -> None:
    """The buyer has bought; every seller has sold."""
    jobs.speak.defer(about="paid", number=group.number)


def given_back(group: OrderGroup, *, verdict: str) -> None:
    """A payment that could not be kept is on its way back."""
    jobs.speak.defer(about="given_back", number=group.number, cause=str(verdict))
    jobs.ask_out.defer()


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
        group = OrderGroup.objects.prefetch_related("orders__lines").get(number=number)
        key = f"{about}-{number}-{cause}"
        yield partial(_to_buyer, f"order_{about}", group=group, key=key, cause=cause)
        if about == "paid":
            orders = group.orders.all()
            prefetch_related_objects(orders, "artisan__memberships__person")
            yield from (say for order in orders for say in _to_sellers("seller_sold", order=order))
        return
    orders = Order.objects.select_related("group", "artisan").prefetch_related("lines")
    order = orders.get(number=number)
    if about in ("dispatched", "cancelled"):
        key = f"{about}-{number}"
        yield partial(_to_buyer, f"order_{about}", group=order.group, key=key, order=order)
    if about in ("delivered", "cancelled"):
        yield from _to_sellers(f"seller_{about}", order=order)


def _to_buyer(kind: str, *, group: OrderGroup, key: str, **context: object) -> list[Message]:
    order = context.get("order")
    seller = spoken(order.seller, language=group.language) if isinstance(order, Order) else ""
    return write(
        kind=kind,
        to=Recipient(phone=group.phone, email=group.email),
        language=group.language,
        key=key,
        again=True,
        context={
            **context,
            "group": group,
            "seller": seller,
            "address": links.address(group.number, language=group.language),
        },
    )


def _to_sellers(kind: str, *, order: Order) -> Iterator[Saying]:
    for membership in order.artisan.memberships.all():
        if membership.person.phone or membership.person.email:
            yield partial(_to_seller, kind, person=membership.person, order=order)


def _to_seller(kind: str, *, person: Person, order: Order) -> list[Message]:
    lines = [
        f"{line.quantity} x {spoken(line.title, language=person.language)}"
        for line in order.lines.all()
    ]
    return write(
        kind=kind,
        to=person,
        key=f"{kind}-{order.number}-{person.pk}",
        again=True,
        context={"order": order, "lines": lines, "address": _sale(order, person.language)},
    )


def _sale(order: Order, language: str) -> str:
    """The seller's own page of the sale."""
    with override(language):
        return settings.PLATFORM_URL + reverse("studio:order", args=[order.number])
