"""What a buyer sees of a purchase. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from maalem.platform.market.orders.models import (
    History,
    Order,
    OrderGroup,
    OrderLine,
    Payment,
    Refund,
)
from maalem.platform.market.orders.states import GroupStatus, OrderStatus, Verdict

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
    milestones: tuple[Milestone, ...]

    @property
    def may_be_confirmed(self) -> bool:
        return self.order.status == OrderStatus.DISPATCHED


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
    def is_over(self) -> bool:
        return self.group.status in (GroupStatus.EXPIRED, GroupStatus.CANCELLED)


def purchase(number: str) -> Purchase | None:
    """Everything about a group, in five queries whatever its size; None if there is none."""
    group = OrderGroup.objects.filter(number=number).first()
    if group is None:
        return None
    orders = group.orders.prefetch_related(
        Prefetch("lines", queryset=OrderLine.objects.order_by("position")),
        Prefetch("history", queryset=History.objects.order_by("id")),
    )
    refused = group.payments.exclude(verdict=Verdict.ACCEPTED).prefetch_related(
        Prefetch("refunds", queryset=Refund.objects.order_by("id"))
    )
    return Purchase(
        group=group,
        parcels=tuple(Parcel(order, _milestones(order)) for order in orders),
        given_back=tuple(refused),
    )


def _milestones(order: Order) -> tuple[Milestone, ...]:
    happened = {entry.event: entry.at for entry in order.history.all()}
    usual = ("paid", "dispatched", "delivered")
    ended = order.status in (OrderStatus.CANCELLED, OrderStatus.REFUNDED, OrderStatus.LAPSED)
    return tuple(
        Milestone(event, happened.get(event))
        for event in MILESTONES
        if event in happened or (event in usual and not ended)
    )
