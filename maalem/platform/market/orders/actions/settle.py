"""Money came in for a group: the only place where a sale becomes paid.

The webhook, the browser's return and the job that asks again all end here, in any order and as
often as they like: a payment is known by its intent, and what was decided about it stays.
"""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models.functions import Now

from maalem.platform.market.cart.actions import holds, lines
from maalem.platform.market.orders.actions import tell
from maalem.platform.market.orders.actions.move import alert, step, write_down
from maalem.platform.market.orders.decide import judge, judge_balance
from maalem.platform.market.orders.models import (
    Order,
    OrderGroup,
    Payment,
    Refund,
)
from maalem.platform.market.orders.states import (
    ATTEMPT_NEXT,
    AttemptStatus,
    GroupStatus,
    OrderStatus,
    Verdict,
)
from maalem.platform.market.orders.words import group_of
from maalem.platform.rows import read, row, rows, run

_OPEN = [status for status, then in ATTEMPT_NEXT.items() if AttemptStatus.COMPLETE in then]
_WRITE = """
WITH page AS (UPDATE orders_paymentattempt SET status = 'complete'
               WHERE group_id = %(group)s AND session = %(session)s AND status = ANY (%(open)s))
INSERT INTO orders_payment (group_id, order_id, intent, session, charge, amount_minor, currency,
                            verdict)
VALUES (%(group)s, %(order)s, %(intent)s, %(session)s, %(charge)s, %(amount_minor)s, %(currency)s,
        %(verdict)s)
RETURNING id
"""
_FILL_IN = "UPDATE orders_payment SET charge = %s, session = %s WHERE id = %s"
_BOUGHT = """
SELECT l.variant_id, l.quantity FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
 WHERE o.group_id = %s AND l.variant_id IS NOT NULL
"""
UNSOLD = (OrderStatus.AWAITING_PAYMENT, OrderStatus.LAPSED)


@dataclass(frozen=True, slots=True)
class Received:
    """What the institution says it received: `amount_minor` centimes of `currency` by `intent`."""

    intent: str
    amount_minor: int
    currency: str
    session: str = ""
    charge: str = ""


def settle(number: str, *, received: Received) -> Payment:
    """Record money for the group `number`, or for the balance of the order `number`, once.

    Accepted: pieces are sold, the group is paid, every order goes to its seller; or the parcel may
    leave. Anything else (a second payment, pieces gone, a wrong amount, something called off) is
    refunded, written into the group's history and put before a person. Raises
    `OrderGroup.DoesNotExist`.
    """
    # Within an event this is no step of its own: the event is undone as a whole.
    with transaction.atomic(savepoint=False):
        payment = _settle(number, received=received)
    if payment is None:
        raise OrderGroup.DoesNotExist(number)
    return payment


def _settle(number: str, *, received: Received) -> Payment | None:
    purchase = group_of(number)
    group = next(iter(read(OrderGroup, "WHERE number = %s FOR NO KEY UPDATE", [purchase])), None)
    if group is None:
        return None
    # Read under the lock: another worker may have recorded it while we waited.
    for known in read(Payment, "WHERE intent = %s", [received.intent]):
        return _fill_in(known, received=received)
    if number != purchase:
        return _settle_balance(number, group=group, received=received)
    fits = (received.amount_minor, received.currency) == (group.due_now_minor, group.currency)
    late = group.status == GroupStatus.EXPIRED and fits
    verdict = judge(
        status=group.status, amount_fits=fits, pieces_left=not late or _take_again(group)
    )
    payment = _write(group, received=received, verdict=verdict)
    if verdict == Verdict.ACCEPTED:
        _accept(group, payment=payment)
    else:
        _give_back(group, payment=payment, verdict=verdict)
    return payment


def _settle_balance(number: str, *, group: OrderGroup, received: Received) -> Payment | None:
    orders = read(Order, "WHERE number = %s AND balance_minor > 0", [number])
    order = next(iter(orders), None)
    if order is None:
        return None
    fits = (received.amount_minor, received.currency) == (order.balance_minor, order.currency)
    verdict = judge_balance(
        status=order.status, is_paid=order.balance_paid_at is not None, amount_fits=fits
    )
    payment = _write(group, received=received, verdict=verdict, order=order)
    if verdict == Verdict.ACCEPTED:
        run(
            "UPDATE orders_order SET balance_paid_at = statement_timestamp() WHERE id = %s",
            [order.pk],
        )
        write_down(group.pk, event="balance_paid", note=f"{number} {payment.intent}")
        tell.balance_paid(order)
    else:
        _give_back(group, payment=payment, verdict=verdict)
    return payment


def _write(
    group: OrderGroup, *, received: Received, verdict: Verdict, order: Order | None = None
) -> Payment:
    """The payment, its page done. Another page that may be open is closed by its own job."""
    payment = Payment(
        group=group,
        order=order,
        intent=received.intent,
        session=received.session,
        charge=received.charge,
        amount_minor=received.amount_minor,
        currency=received.currency,
        verdict=verdict,
    )
    of = {"group": group.pk, "order": order.pk if order else None}
    found = row(_WRITE, {**asdict(received), **of, "verdict": verdict, "open": _OPEN})
    assert found is not None
    (payment.pk,) = found
    return payment


def _fill_in(payment: Payment, *, received: Received) -> Payment:
    """Events tell different halves of a payment; keep what this one adds."""
    charge = payment.charge or received.charge
    session = payment.session or received.session
    if (charge, session) != (payment.charge, payment.session):
        payment.charge, payment.session = charge, session
        run(_FILL_IN, [charge, session, payment.pk])
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
    return dict(rows(_BOUGHT, [group.pk]))


def _accept(group: OrderGroup, *, payment: Payment) -> None:
    holds.consume(group.number)
    step(group, then=GroupStatus.PAID, event="paid", paid_at=Now(), note=payment.intent)
    orders = read(Order, "WHERE group_id = %s ORDER BY position", [group.pk])
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
        note=f"{payment.amount_minor} {payment.currency} received for {payment.reference}, which"
        f" is {(payment.order or group).status}; being refunded.",
    )
    tell.given_back(group, verdict=verdict)
