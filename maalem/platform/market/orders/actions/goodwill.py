"""An officer gives money back: of one parcel, so that the order and the books say the same."""

from typing import Any

from django.db import transaction

from maalem.platform.market.orders import jobs
from maalem.platform.market.orders.actions.move import write_down
from maalem.platform.market.orders.actions.parcels import cancel, lock_order
from maalem.platform.market.orders.models import (
    Goodwill,
    Order,
    OrderGroup,
    Payment,
    Reversal,
)
from maalem.platform.market.orders.parts import handed, left_of, parts_of, spread
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
    _given(order, amount_minor=amount_minor, key=key, by=by, note=note)
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
        said = {"by": by, "note": note, "is_owed": True}
        given = _given(order, amount_minor=amount_minor, key=f"{key}-buyer", **said)
    if share_minor:
        reversal = _taken(order, amount_minor=share_minor, key=f"{key}-seller")
    told = f"{order.number} {amount_minor} {note}".strip()
    write_down(order.group_id, event="given_back", by=by, note=told)
    jobs.ask_out.defer()
    return given, reversal


def _given(order: Order, *, amount_minor: int, key: str, note: str, **more: Any) -> Goodwill:
    """The row of what the buyer gets; a second one behind it where one payment can't bring it."""
    first = None
    lefts = [(part, part.left_minor) for part in parts_of(order)]
    for part, amount in spread(lefts, amount_minor=amount_minor):
        made = Goodwill.objects.create(
            payment_id=part.payment,
            order=order,
            key=f"{key}-rest" if first else key,
            amount_minor=amount,
            currency=order.currency,
            note=note[:300],
            rest_of=first,
            **more,
        )
        first = first or made
    assert first is not None
    return first


def _taken(order: Order, *, amount_minor: int, key: str) -> Reversal:
    """The row of what the seller gives; a second one where one transfer did not bring it all."""
    first = None
    for release, amount in spread(handed(order), amount_minor=amount_minor):
        made = Reversal.objects.create(
            release=release,
            key=f"{key}-rest" if first else key,
            amount_minor=amount,
            currency=order.currency,
            rest_of=first,
        )
        first = first or made
    assert first is not None
    return first


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
