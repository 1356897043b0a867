"""Payment pages: asked for under a key that is written first, looked at, and closed.

Around each call lie two transactions: the first writes down what will be asked, the second what
was answered. No answer means unknown; the same question is then asked again under the same key.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models.functions import Now

from maalem.platform.ground.gateway import calls as gateway
from maalem.platform.ground.gateway import errors
from maalem.platform.ground.gateway.shapes import Session
from maalem.platform.market.orders import due, links
from maalem.platform.market.orders.actions.move import alert, move, write_down
from maalem.platform.market.orders.actions.settle import Received, settle
from maalem.platform.market.orders.models import Order, OrderGroup, Payment, PaymentAttempt
from maalem.platform.market.orders.states import (
    LIVE_ATTEMPTS,
    AttemptStatus,
    GroupStatus,
    Moved,
    NotAllowed,
    OrderStatus,
)
from maalem.platform.market.orders.words import group_of
from maalem.platform.rows import read, row, rows

# A page may be paid this long; its pieces are held a little longer, for the answer to arrive.
OPEN_FOR = timedelta(minutes=40)
GRACE = timedelta(minutes=10)
NEARLY_OVER = timedelta(minutes=2)
# The institution opens no page for less than 30 minutes: later than this before its end, an
# attempt that was never answered can't be asked again under its key.
ASKABLE = timedelta(minutes=31)

# The end is whole seconds, as the institution counts it, and the pieces stay held until after it.
# What a balance is for is nobody else's any more.
_BEGIN = """
WITH times AS (SELECT date_trunc('second', clock_timestamp()) + %(open_for)s AS closes_at),
     held AS (UPDATE orders_ordergroup g
                 SET expires_at = greatest(g.expires_at, t.closes_at + %(grace)s)
                FROM times t WHERE g.id = %(group)s AND %(order)s::bigint IS NULL)
INSERT INTO orders_paymentattempt
       (group_id, order_id, number, key, status, closes_at, intent, url, reason, asked_at)
SELECT %(group)s, %(order)s, %(number)s, %(key)s, 'requested', closes_at, '', '', '',
       statement_timestamp()
  FROM times
RETURNING id, group_id, order_id, number, key, status, closes_at, session, intent, url
"""
_BEGUN = (
    *("id", "group_id", "order_id", "number", "key", "status", "closes_at", "session", "intent"),
    "url",
)


class NotPayable(Exception):
    """The group, or the parcel, waits for no payment. `status` says what it is."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class Page(StrEnum):
    """How a payment page stands, after the institution was asked."""

    OPEN = "open"
    PAID = "paid"
    OVER = "over"
    UNKNOWN = "unknown"


def now() -> datetime:
    """The database's clock: the one that expiry is measured by, whatever this machine's says."""
    ((moment,),) = rows("SELECT clock_timestamp()")
    return moment


def payment_page(number: str) -> str:
    """The address of a payment page for the group, or for the balance of the order `number`.

    It is opened if need be. Raises `NotPayable` (paid meanwhile, expired, cancelled, not ready) or
    a `gateway.errors.GatewayError`: then the order is kept and asking again is right.
    """
    attempt = ensure_attempt(number)
    if attempt.status == AttemptStatus.OPEN and attempt.closes_at - now() < NEARLY_OVER:
        if close(attempt) == Page.UNKNOWN:
            raise errors.Unavailable("no answer about the old page", code="no_answer")
        attempt = ensure_attempt(number)
    if attempt.status != AttemptStatus.OPEN:
        ask(attempt)
    return attempt.url


@transaction.atomic
def ensure_attempt(number: str) -> PaymentAttempt:
    """The live attempt for `number`, or a new one with its key; raises `NotPayable`."""
    (group,) = read(OrderGroup, "WHERE number = %s FOR NO KEY UPDATE", [group_of(number)])
    order = _payable(group, number=number)
    before = read(PaymentAttempt, "WHERE group_id = %s ORDER BY number", [group.pk])
    mine = [one for one in before if one.order_id == (order.pk if order else None)]
    live = next((one for one in mine if one.status in LIVE_ATTEMPTS), None)
    if live is not None and live.session:
        return live
    if live is not None and _is_askable(live):
        PaymentAttempt.objects.filter(pk=live.pk).update(asked_at=Now())
        return live
    if live is not None:
        # It was never answered: nobody has its address, so nobody can pay it.
        move(live, then=AttemptStatus.EXPIRED)
    made = len(before) + 1
    found = row(
        _BEGIN,
        {
            "group": group.pk,
            "order": order.pk if order else None,
            "number": made,
            "key": f"pay-{number}-{made}",
            "open_for": OPEN_FOR,
            "grace": GRACE,
        },
    )
    return PaymentAttempt.from_db("default", _BEGUN, found)


def _payable(group: OrderGroup, *, number: str) -> Order | None:
    """The order whose balance is asked for, or None for the group itself; raises `NotPayable`."""
    if number == group.number:
        if group.status != GroupStatus.PENDING_PAYMENT:
            raise NotPayable(group.status)
        return None
    (order,) = read(Order, "WHERE number = %s AND group_id = %s", [number, group.pk])
    if order.status != OrderStatus.TO_PREPARE or order.ready_at is None or not order.owes_minor:
        raise NotPayable(order.status)
    return order


def ask(attempt: PaymentAttempt) -> None:
    """Ask for the page of a requested or unknown attempt, and write down what was said.

    Raises the gateway's error after writing it down.
    """
    (group,) = read(OrderGroup, "WHERE id = %s", [attempt.group_id])
    asked = due.of_balance(attempt.order, group) if attempt.order else due.at_once(group)
    try:
        session = gateway.create_checkout_session(
            lines=asked.lines,
            reference=asked.reference,
            success_url=links.address(asked.reference, language=group.language, to=asked.success),
            cancel_url=links.address(asked.reference, language=group.language, to=asked.cancel),
            key=attempt.key,
            language=group.language,
            email=group.email,
            phone=group.phone,
            expires_at=attempt.closes_at,
        )
    except (errors.Unknown, errors.Unavailable):
        _answered(attempt, then=AttemptStatus.UNKNOWN)
        raise
    except errors.GatewayError as said:
        _answered(attempt, then=AttemptStatus.REFUSED, reason=f"{said.code}: {said.message}"[:300])
        alert("page_refused", about=attempt.key, group=group, note=f"{said.code}: {said.message}")
        raise
    _answered(
        attempt,
        then=AttemptStatus.OPEN,
        session=session.id,
        intent=session.intent,
        url=session.url,
    )


def look(attempt: PaymentAttempt) -> Page:
    """Ask how an open page stands and act on it: settle what was paid, note what is over."""
    if attempt.session is None:
        return Page.UNKNOWN
    try:
        session = gateway.retrieve_session(attempt.session)
    except errors.GatewayError:
        return Page.UNKNOWN
    return take(session)


def close(attempt: PaymentAttempt) -> Page:
    """Make sure that a page can't be paid any more; `PAID` if it was, `UNKNOWN` without answer."""
    if attempt.session is None:
        if attempt.status in LIVE_ATTEMPTS and _is_askable(attempt):
            # Under its key a page may exist. Get it, so that it can be closed.
            try:
                ask(attempt)
            except (errors.Unknown, errors.Unavailable):
                return Page.UNKNOWN
            except errors.GatewayError:
                return Page.OVER
            return close(attempt)
        _answered(attempt, then=AttemptStatus.EXPIRED)
        return Page.OVER
    try:
        return take(gateway.expire_session(attempt.session, key=f"close-{attempt.key}"))
    except errors.Refused:
        return look(attempt)
    except errors.GatewayError:
        return Page.UNKNOWN


def take(session: Session) -> Page:
    """Act on what the institution says of a page: the webhook and every question end here."""
    if session.is_paid:
        received = Received(
            intent=session.intent,
            amount_minor=session.amount_minor,
            currency=session.currency,
            session=session.id,
        )
        settle(session.reference, received=received)
        return Page.PAID
    if session.status != "expired":
        return Page.OPEN
    for attempt in PaymentAttempt.objects.filter(session=session.id):
        _answered(attempt, then=AttemptStatus.EXPIRED)
    return Page.OVER


def fill_charge(payment: Payment) -> str:
    """The charge behind a payment, asked for once; raises a `GatewayError` without an answer."""
    if not payment.charge:
        payment.charge = gateway.retrieve_intent(payment.intent).charge
        payment.save(update_fields=["charge"])
    return payment.charge


def _is_askable(attempt: PaymentAttempt) -> bool:
    return attempt.closes_at - now() > ASKABLE


@transaction.atomic
def _answered(attempt: PaymentAttempt, *, then: AttemptStatus, **values: str) -> None:
    """Record an answer, unless another worker has recorded a later one."""
    try:
        move(attempt, then=then, **values)
    except (Moved, NotAllowed):
        fresh = PaymentAttempt.objects.select_for_update().get(pk=attempt.pk)
        if fresh.status in LIVE_ATTEMPTS and fresh.status != then:
            move(fresh, then=then, **values)
        attempt.status = fresh.status
        attempt.session, attempt.url, attempt.intent = fresh.session, fresh.url, fresh.intent
    if then == AttemptStatus.OPEN == attempt.status:
        write_down(attempt.group_id, event="page_opened", note=attempt.key)
