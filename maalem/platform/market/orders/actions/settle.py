"""Money came in for a group: the only place where a sale becomes paid.

The webhook, the browser's return and the job that asks again all end here, in any order and as
often as they like: a payment is known by its intent, and what was decided about it stays.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now

from maalem.platform.market.cart.actions import holds, lines
from maalem.platform.market.orders.actions import tell
from maalem.platform.market.orders.actions.move import alert, step, write_down
from maalem.platform.market.orders.decide import judge
from maalem.platform.market.orders.models import (
    Order,
    OrderGroup,
    OrderLine,
    Payment,
    PaymentAttempt,
    Refund,
)
from maalem.platform.market.orders.states import (
    ATTEMPT_NEXT,
    AttemptStatus,
    GroupStatus,
    OrderStatus,
    Verdict,
)

UNSOLD = (OrderStatus.AWAITING_PAYMENT, OrderStatus.LAPSED)


@dataclass(frozen=True, slots=True)
class Received:
    """What the institution says it received: `amount_minor` centimes of `currency` by `intent`."""

    intent: str
    amount_minor: int
    currency: str
    session: str = ""
    charge: str = ""


@transaction.atomic
def settle(number: str, *, received: Received) -> Payment:
    """Record money for the group `number` and decide about it, once.

    Accepted: pieces are sold, the group is paid, every order goes to its seller. Anything else (a
    second payment, pieces gone, a wrong amount, a cancelled group) is refunded, written into the
    group's history and put before a person. Raises `OrderGroup.DoesNotExist`.
    """
    group = OrderGroup.objects.select_for_update(no_key=True).get(number=number)
    known = Payment.objects.filter(intent=received.intent).first()
    if known is not None:
        return _fill_in(known, received=received)
    fits = (received.amount_minor, received.currency) == (group.total_minor, group.currency)
    late = group.status == GroupStatus.EXPIRED and fits
    verdict = judge(
        status=group.status, amount_fits=fits, pieces_left=not late or _take_again(group)
    )
    payment = Payment.objects.create(
        group=group,
        intent=received.intent,
        session=received.session,
        charge=received.charge,
        amount_minor=received.amount_minor,
        currency=received.currency,
        verdict=verdict,
    )
    _close_attempts(group, session=received.session)
    if verdict == Verdict.ACCEPTED:
        _accept(group, payment=payment)
    else:
        _give_back(group, payment=payment, verdict=verdict)
    return payment


def _fill_in(payment: Payment, *, received: Received) -> Payment:
    """Events tell different halves of a payment; keep what this one adds."""
    for name in ("charge", "session"):
        value = getattr(received, name)
        if value and not getattr(payment, name):
            setattr(payment, name, value)
            payment.save(update_fields=[name])
    return payment


def _take_again(group: OrderGroup) -> bool:
    """Sell the pieces of an expired group after all, if nobody has bought them meanwhile."""
    try:
        with transaction.atomic():
            holds.take(_bought(group))
    except holds.NotEnough:
        return False
    return True


def _bought(group: OrderGroup) -> dict[int, int]:
    rows = OrderLine.objects.filter(order__group=group, variant__isnull=False)
    return dict(rows.values_list("variant_id", "quantity"))


def _accept(group: OrderGroup, *, payment: Payment) -> None:
    holds.consume(group.number)
    step(group, then=GroupStatus.PAID, event="paid", paid_at=Now(), note=payment.intent)
    orders = list(Order.objects.filter(group=group).order_by("position"))
    for status in UNSOLD:
        if unsold := [order for order in orders if order.status == status]:
            step(*unsold, then=OrderStatus.TO_PREPARE, event="paid")
    if group.cart_id is not None:
        lines.forget(group.cart_id, bought=_bought(group))
    tell.paid(group)


def _give_back(group: OrderGroup, *, payment: Payment, verdict: Verdict) -> None:
    Refund.objects.create(
        payment=payment,
        key=f"refund-{payment.intent}",
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        cause=verdict,
    )
    write_down(group.pk, event=f"payment_{verdict}", note=payment.intent)
    alert(
        f"payment_{verdict}",
        about=payment.intent,
        group=group,
        note=f"{payment.amount_minor} {payment.currency} received for {group.number}, which is"
        f" {group.status}; being refunded.",
    )
    tell.given_back(group, verdict=verdict)


def _close_attempts(group: OrderGroup, *, session: str) -> None:
    """The page that was paid is done; another one that may be open is closed by its own job."""
    before = [status for status, then in ATTEMPT_NEXT.items() if AttemptStatus.COMPLETE in then]
    PaymentAttempt.objects.filter(group=group, session=session or None, status__in=before).update(
        status=AttemptStatus.COMPLETE
    )
