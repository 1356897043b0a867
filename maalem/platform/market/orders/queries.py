"""What a buyer sees of a purchase. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from maalem.platform.market.orders import links
from maalem.platform.market.orders.models import (
    History,
    Order,
    OrderGroup,
    OrderLine,
    Payment,
)
from maalem.platform.market.orders.states import GroupStatus, OrderStatus, Verdict
from maalem.platform.market.shipping.border import Border, of_kept
from maalem.platform.rows import read

# What a buyer is told of an order's way, in the order in which it happens.
MILESTONES = ("paid", "dispatched", "delivered", "cancelled", "refunded")


@dataclass(frozen=True)
class Milestone:
    """A step of a parcel: when it happened, or None while it is still to come."""

    event: str
    at: datetime | None


@dataclass(frozen=True)
class Parcel:
    """One order as the buyer sees it."""

    order: Order
    lines: tuple[OrderLine, ...]
    milestones: tuple[Milestone, ...]

    @property
    def border(self) -> Border | None:
        """What the buyer was told is due where it arrives."""
        return of_kept(self.order.border) if self.order.border else None

    @property
    def may_be_confirmed(self) -> bool:
        return self.order.status == OrderStatus.DISPATCHED

    @property
    def pays_balance_at(self) -> str:
        """Where its balance is paid; empty while nothing is asked."""
        order = self.order
        asked = order.status == OrderStatus.TO_PREPARE and order.ready_at is not None
        return links.path(order.number, to="checkout:balance") if asked and order.owes_minor else ""


@dataclass(frozen=True)
class Purchase:
    """A group with its parcels and with every payment that was not kept."""

    group: OrderGroup
    parcels: tuple[Parcel, ...]
    given_back: tuple[Payment, ...]

    @property
    def is_waiting(self) -> bool:
        return self.group.status == GroupStatus.PENDING_PAYMENT

    @property
    def paid_minor(self) -> int:
        """What has been paid of it so far, with the balances that are."""
        return sum(parcel.order.paid_minor for parcel in self.parcels)

    @property
    def is_over(self) -> bool:
        return self.group.status in (GroupStatus.EXPIRED, GroupStatus.CANCELLED)


def find(number: str) -> OrderGroup | None:
    """A group by its number, or None."""
    return next(iter(read(OrderGroup, "WHERE number = %s", [number])), None)


def purchase(number: str) -> Purchase | None:
    """Everything about a group, in five queries whatever its size; None if there is none."""
    group = find(number)
    if group is None:
        return None
    orders = read(Order, "WHERE group_id = %s ORDER BY position", [group.pk])
    ids = [order.pk for order in orders]
    lines = read(OrderLine, "WHERE order_id = ANY (%s) ORDER BY position", [ids])
    history = read(History, "WHERE order_id = ANY (%s) ORDER BY id", [ids])
    parcels = (
        Parcel(
            order,
            lines=tuple(line for line in lines if line.order_id == order.pk),
            milestones=_milestones(order, (one for one in history if one.order_id == order.pk)),
        )
        for order in orders
    )
    refused = "WHERE group_id = %s AND verdict <> %s ORDER BY id"
    return Purchase(
        group=group,
        parcels=tuple(parcels),
        given_back=tuple(read(Payment, refused, [group.pk, Verdict.ACCEPTED])),
    )


def _milestones(order: Order, history: Iterable[History]) -> tuple[Milestone, ...]:
    happened = {entry.event: entry.at for entry in history}
    usual = ("paid", "dispatched", "delivered")
    ended = order.status in (OrderStatus.CANCELLED, OrderStatus.REFUNDED, OrderStatus.LAPSED)
    return tuple(
        Milestone(event, happened.get(event))
        for event in MILESTONES
        if event in happened or (event in usual and not ended)
    )
