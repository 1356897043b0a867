"""A paid order on its way: dispatched by the seller, received by the buyer, or cancelled."""

from django.db import transaction
from django.db.models.functions import Now

from maalem.platform.market.cart.actions import holds
from maalem.platform.market.orders.actions import tell
from maalem.platform.market.orders.actions.move import SYSTEM, alert, step, write_down
from maalem.platform.market.orders.models import Order, OrderGroup, Refund, Release
from maalem.platform.market.orders.parts import parts_of, shares
from maalem.platform.market.orders.states import GroupStatus, NotAllowed, OrderStatus


class NotPaid(Exception):
    """The balance of a parcel must be paid before it leaves; `owes_minor` is how much."""

    def __init__(self, owes_minor: int) -> None:
        super().__init__(f"{owes_minor} is not paid")
        self.owes_minor = owes_minor


def lock_order(number: str) -> Order:
    """The order, its group locked first (as every verb does). Raises `Order.DoesNotExist`."""
    group_id = Order.objects.values_list("group_id", flat=True).get(number=number)
    OrderGroup.objects.select_for_update(no_key=True).get(pk=group_id)
    return Order.objects.select_related("group", "artisan").get(number=number)


@transaction.atomic
def say_ready(number: str, *, by: str) -> Order:
    """What was made to order is ready: its buyer is asked for the balance. Again is no trouble.

    Raises `NotAllowed` for a parcel that waits for no balance.
    """
    order = lock_order(number)
    if order.ready_at is not None:
        return order
    if order.status != OrderStatus.TO_PREPARE or not order.balance_minor:
        raise NotAllowed(what=order.number, now=order.status, then="ready")
    Order.objects.filter(pk=order.pk).update(ready_at=Now())
    order.refresh_from_db()
    write_down(order.group_id, event="ready", by=by, note=order.number)
    tell.ready(order)
    return order


@transaction.atomic
def dispatch(number: str, *, by: str, carrier: str = "", tracking: str = "") -> Order:
    """The seller handed the parcel over. Again is no trouble.

    Raises `NotPaid` while a balance is open, and `NotAllowed` otherwise.
    """
    order = lock_order(number)
    if order.status == OrderStatus.DISPATCHED:
        return order
    if order.status == OrderStatus.TO_PREPARE and order.owes_minor:
        raise NotPaid(order.owes_minor)
    step(
        order,
        then=OrderStatus.DISPATCHED,
        event="dispatched",
        by=by,
        carrier=carrier.strip()[:60],
        tracking=tracking.strip()[:60],
        dispatched_at=Now(),
    )
    order.refresh_from_db()
    tell.dispatched(order)
    return order


@transaction.atomic
def confirm_delivery(number: str, *, by: str = SYSTEM) -> Order:
    """The parcel arrived: the seller's share is asked to be released. Again is no trouble.

    Raises `NotAllowed` for an order that is not on its way.
    """
    order = lock_order(number)
    if order.status == OrderStatus.DELIVERED:
        return order
    step(order, then=OrderStatus.DELIVERED, event="delivered", by=by, delivered_at=Now())
    account = order.artisan.payments_account or ""
    if not account:
        alert(
            "no_account",
            about=order.number,
            group=order.group,
            note=f"{order.number} was delivered, but its seller has no account to be paid on.",
        )
    for part, amount in shares(order.seller_net_minor, parts=parts_of(order)):
        Release.objects.create(
            order=order,
            payment_id=part.payment,
            key=f"release-{order.number}{part.suffix}",
            amount_minor=amount,
            currency=order.currency,
            account=account,
        )
    order.refresh_from_db()
    tell.delivered(order)
    return order


@transaction.atomic
def cancel(number: str, *, by: str, note: str = "") -> Order:
    """Call a paid order off before it arrived: its pieces return and the buyer is refunded.

    Again is no trouble. Raises `NotAllowed` for an order that is unpaid or delivered.
    """
    order = lock_order(number)
    if order.status in (OrderStatus.CANCELLED, OrderStatus.REFUNDED):
        return order
    left = order.status == OrderStatus.DISPATCHED
    step(order, then=OrderStatus.CANCELLED, event="cancelled", by=by, note=note)
    parts = parts_of(order)
    if not parts:
        return order
    if not left:
        # What left the workshop is not on the shelf again until somebody has it in hand.
        rows = order.lines.filter(variant__isnull=False)
        holds.put_back(dict(rows.values_list("variant_id", "quantity")))
    for part in parts:
        if part.left_minor:
            Refund.objects.create(
                payment_id=part.payment,
                order=order,
                key=f"refund-{order.number}{part.suffix}",
                amount_minor=part.left_minor,
                currency=order.currency,
                cause="cancelled",
            )
    tell.cancelled(order)
    return order


def close_refunded(group: OrderGroup) -> None:
    """Where every order of a group was refunded, so is the group. Runs under the group's lock."""
    if group.status != GroupStatus.PAID:
        return
    if Order.objects.filter(group=group).exclude(status=OrderStatus.REFUNDED).exists():
        return
    step(group, then=GroupStatus.REFUNDED, event="refunded")
