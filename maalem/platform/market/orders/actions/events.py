"""What the payment institution tells of money it moved, beside payments for a group."""

from django.db import transaction

from maalem.platform.market.orders.actions.move import SYSTEM, alert, step, write_down
from maalem.platform.market.orders.actions.parcels import close_refunded
from maalem.platform.market.orders.models import History, Order, OrderGroup, Payment
from maalem.platform.market.orders.states import AskStatus, GroupStatus, OrderStatus, Verdict


@transaction.atomic
def payment_failed(number: str, *, reason: str) -> None:
    """A means of payment was refused; nothing changes, but the history says it."""
    group = OrderGroup.objects.filter(number=number, status=GroupStatus.PENDING_PAYMENT).first()
    if group is None:
        return
    last = History.objects.filter(group=group).last()
    if last is None or (last.event, last.note) != ("payment_failed", reason[:300]):
        write_down(group.pk, event="payment_failed", by="bank", note=reason)


def is_known(intent: str) -> bool:
    """Whether we know of money that came in by this payment."""
    return Payment.objects.filter(intent=intent).exists()


@transaction.atomic
def charge_refunded(*, intent: str, charge: str, refunded_minor: int) -> None:
    """Compare what went back with what we asked to go back.

    What we asked is settled by its own answer. More than that was sent back by somebody at the
    institution: a full refund calls off what has not arrived yet, and either way a person looks.
    """
    known = Payment.objects.filter(intent=intent).select_related("group").first()
    if known is None:
        return
    group = OrderGroup.objects.select_for_update(no_key=True).get(pk=known.group_id)
    rows = (*known.refunds.all(), *known.goodwill.all())
    asked = sum(row.amount_minor for row in rows)
    if refunded_minor <= asked:
        return
    alert(
        "refunded_elsewhere",
        about=f"{charge}:{refunded_minor}",
        group=group,
        note=f"{refunded_minor} went back for {group.number}; we asked for {asked}.",
    )
    if known.verdict != Verdict.ACCEPTED or refunded_minor < known.amount_minor or known.order_id:
        return
    # Where a balance is paid apart, the rest is for the person who looks.
    for order in Order.objects.filter(group=group, balance_minor=0).order_by("position"):
        if order.status in (OrderStatus.TO_PREPARE, OrderStatus.DISPATCHED):
            step(order, then=OrderStatus.CANCELLED, event="refunded_elsewhere", by=SYSTEM)
        refund = order.refunds.first()
        if order.status == OrderStatus.CANCELLED and (
            refund is None or refund.status == AskStatus.DONE
        ):
            step(order, then=OrderStatus.REFUNDED, event="refunded", by=SYSTEM)
    close_refunded(group)
