"""An officer gives money back: of one parcel, so that the order and the books say the same."""

from django.db import transaction

from maalem.platform.market.orders import jobs
from maalem.platform.market.orders.actions.move import write_down
from maalem.platform.market.orders.actions.parcels import cancel, left_of, lock_order
from maalem.platform.market.orders.models import (
    Goodwill,
    Order,
    OrderGroup,
    Payment,
    Release,
    Reversal,
)
from maalem.platform.market.orders.states import PAID_ORDERS, NotAllowed, OrderStatus, Verdict

ON_ITS_WAY = (OrderStatus.TO_PREPARE, OrderStatus.DISPATCHED)


class TooMuch(Exception):
    """More than is left of the parcel; `left_minor` is what is."""

    def __init__(self, left_minor: int) -> None:
        super().__init__(f"{left_minor} is left")
        self.left_minor = left_minor


def calls_off(order: Order, *, amount_minor: int) -> bool:
    """Whether giving back this much calls the parcel off: all of it, before it has arrived."""
    return order.status in ON_ITS_WAY and amount_minor == left_of(order)


@transaction.atomic
def give_back(number: str, *, amount_minor: int, key: str, by: str, note: str = "") -> Order:
    """Give `amount_minor` of a parcel back to its buyer, once for each `key`.

    All of what has not arrived calls the parcel off; anything else leaves it as it is, and comes
    out of the platform's own money. What was asked is done by the job, and may be asked at once
    (`asks`). Raises `TooMuch`, or `NotAllowed` for a parcel that is not paid any more.
    """
    order = lock_order(number)
    if Goodwill.objects.filter(key=key).exists():
        return order
    left = left_of(order)
    if order.status in (OrderStatus.CANCELLED, OrderStatus.REFUNDED):
        return order
    if order.status not in PAID_ORDERS:
        raise NotAllowed(what=order.number, now=order.status, then=OrderStatus.REFUNDED)
    if not 0 < amount_minor <= left:
        raise TooMuch(left)
    if calls_off(order, amount_minor=amount_minor):
        return cancel(number, by=by, note=note[:300])
    payment = Payment.objects.get(group_id=order.group_id, verdict=Verdict.ACCEPTED)
    Goodwill.objects.create(
        payment=payment,
        order=order,
        key=key,
        amount_minor=amount_minor,
        currency=order.currency,
        by=by,
        note=note[:300],
    )
    said = f"{order.number} {amount_minor} {note}".strip()
    write_down(order.group_id, event="given_back", by=by, note=said)
    jobs.ask_out.defer()
    return order


def owe(
    order: Order, *, amount_minor: int, share_minor: int, key: str, by: str, note: str
) -> tuple[Goodwill | None, Reversal | None]:
    """Write down what a delivered parcel's buyer gets for what came back, and what of it its
    seller gives: two rows, each asked and answered on its own. Nothing of nothing is no row.

    Runs in the caller's transaction, under the order's lock; the database refuses more than was
    paid, and more than was released.
    """
    given = reversal = None
    if amount_minor:
        payment = Payment.objects.get(group_id=order.group_id, verdict=Verdict.ACCEPTED)
        given = Goodwill.objects.create(
            payment=payment,
            order=order,
            key=f"{key}-buyer",
            amount_minor=amount_minor,
            currency=order.currency,
            is_owed=True,
            by=by,
            note=note[:300],
        )
    if share_minor:
        reversal = Reversal.objects.create(
            release=Release.objects.get(order=order),
            key=f"{key}-seller",
            amount_minor=share_minor,
            currency=order.currency,
        )
    said = f"{order.number} {amount_minor} {note}".strip()
    write_down(order.group_id, event="given_back", by=by, note=said)
    jobs.ask_out.defer()
    return given, reversal


def call_off_all(number: str, *, by: str, note: str = "") -> bool:
    """Give back everything of a group; False where it is no paid group of ours."""
    group = OrderGroup.objects.filter(number=number).first() if number else None
    if group is None or not Payment.objects.filter(group=group, verdict=Verdict.ACCEPTED).exists():
        return False
    for order in group.orders.order_by("position"):
        left = left_of(order)
        if order.status in PAID_ORDERS and left:
            key = f"all-{order.number}"
            give_back(order.number, amount_minor=left, key=key, by=by, note=note)
    return True
