"""A group that nobody paid: its pieces are free again, exactly once."""

from django.db import transaction
from django.db.models.functions import Now

from maalem.platform.market.cart.actions import holds
from maalem.platform.market.orders.actions.move import SYSTEM, step
from maalem.platform.market.orders.models import Order, OrderGroup
from maalem.platform.market.orders.states import GroupStatus, OrderStatus


@transaction.atomic
def expire(number: str) -> bool:
    """Expire a group whose time is over by the database's clock; False if it is not, or not open.

    Called only when no payment page can take money for it any more, or the wait was long enough.
    """
    group = (
        OrderGroup.objects.select_for_update(no_key=True)
        .filter(number=number, status=GroupStatus.PENDING_PAYMENT, expires_at__lte=Now())
        .first()
    )
    if group is None:
        return False
    _end(group, then=GroupStatus.EXPIRED, orders=OrderStatus.LAPSED, event="expired", by=SYSTEM)
    return True


@transaction.atomic
def call_off(number: str, *, by: str) -> bool:
    """Cancel a group before it was paid (the buyer changed the cart); False if it is not open."""
    group = (
        OrderGroup.objects.select_for_update(no_key=True)
        .filter(number=number, status=GroupStatus.PENDING_PAYMENT)
        .first()
    )
    if group is None:
        return False
    _end(group, then=GroupStatus.CANCELLED, orders=OrderStatus.CANCELLED, event="called_off", by=by)
    return True


def _end(group: OrderGroup, *, then: GroupStatus, orders: OrderStatus, event: str, by: str) -> None:
    holds.release(group.number)
    step(group, then=then, event=event, by=by)
    step(*Order.objects.filter(group=group).order_by("position"), then=orders, event=event, by=by)
