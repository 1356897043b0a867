"""What people are told about their sale. Written as a job in the sale's own transaction.

The words are made later, in the job: a text that can't be made must never undo a payment.
"""

from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from maalem.platform.ground.notices.actions import Recipient, notify
from maalem.platform.market.orders import jobs, links
from maalem.platform.market.orders.models import Order, OrderGroup
from maalem.platform.market.orders.words import spoken


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
    """Make the words and queue them, once for each person and thing."""
    if about == "paid":
        _sold(number)
        return
    if about == "given_back":
        group = OrderGroup.objects.get(number=number)
        _to_buyer(f"order_{about}", group=group, key=f"{about}-{number}-{cause}", cause=cause)
        return
    order = Order.objects.select_related("group", "artisan").get(number=number)
    if about in ("dispatched", "cancelled"):
        _to_buyer(f"order_{about}", group=order.group, key=f"{about}-{number}", order=order)
    if about in ("delivered", "cancelled"):
        _to_seller(f"seller_{about}", order=order)


def _sold(number: str) -> None:
    """Tell the buyer and every seller; what can't be said to one keeps no other waiting."""
    group = OrderGroup.objects.get(number=number)
    sayings = [partial(_to_buyer, "order_paid", group=group, key=f"paid-{number}-", cause="")]
    for order in group.orders.select_related("artisan").order_by("position"):
        sayings.append(partial(_to_seller, "seller_sold", order=order))
    troubles = []
    for saying in sayings:
        try:
            saying()
        except Exception as trouble:
            troubles.append(trouble)
    if troubles:
        raise troubles[0]


def _to_buyer(kind: str, *, group: OrderGroup, key: str, **context: object) -> None:
    order = context.get("order")
    seller = spoken(order.seller, language=group.language) if isinstance(order, Order) else ""
    notify(
        kind=kind,
        to=Recipient(phone=group.phone, email=group.email),
        language=group.language,
        key=key,
        context={
            **context,
            "group": group,
            "seller": seller,
            "address": links.address(group.number, language=group.language),
        },
    )


def _to_seller(kind: str, *, order: Order) -> None:
    for membership in order.artisan.memberships.select_related("person"):
        person = membership.person
        if not (person.phone or person.email):
            continue
        lines = [
            f"{line.quantity} x {spoken(line.title, language=person.language)}"
            for line in order.lines.all()
        ]
        notify(
            kind=kind,
            to=person,
            key=f"{kind}-{order.number}-{person.pk}",
            context={"order": order, "lines": lines, "address": _sale(order, person.language)},
        )


def _sale(order: Order, language: str) -> str:
    """The seller's own page of the sale."""
    with override(language):
        return settings.PLATFORM_URL + reverse("studio:order", args=[order.number])
