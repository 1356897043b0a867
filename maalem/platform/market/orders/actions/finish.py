"""Finish what was left in the middle: by a lost reply, a closed browser, a killed worker.

Each function looks for rows that wait, asks the payment institution about each, and goes on to the
next when one fails; `failed` rows stay and are asked about at the next turn.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from django.db.models import Q
from django.db.models.functions import Now

from maalem.platform.ground.gateway import calls as gateway
from maalem.platform.ground.gateway import errors
from maalem.platform.market.orders.actions import asks, attempts
from maalem.platform.market.orders.actions.expire import expire
from maalem.platform.market.orders.actions.move import alert
from maalem.platform.market.orders.actions.parcels import confirm_delivery
from maalem.platform.market.orders.jobs import (
    BATCH,
    CONFIRM_AFTER,
    CONFIRM_AFTER_ABROAD,
    PATIENCE,
)
from maalem.platform.market.orders.models import (
    Goodwill,
    Order,
    OrderGroup,
    Payment,
    PaymentAttempt,
    Refund,
    Release,
    Reversal,
)
from maalem.platform.market.orders.states import (
    LIVE_ATTEMPTS,
    AskStatus,
    AttemptStatus,
    GroupStatus,
    OrderStatus,
    Verdict,
)

log = logging.getLogger(__name__)
Row = TypeVar("Row")

# With the institution silent for this long after the end, the pieces go back on the shelf; should
# it turn out that the page was paid, the payment is settled like any late one.
GIVE_UP_AFTER = timedelta(hours=2)


def end_overdue() -> int:
    """Expire pending groups whose time is over, after closing their page; return how many."""
    overdue = OrderGroup.objects.filter(
        status=GroupStatus.PENDING_PAYMENT, expires_at__lte=Now()
    ).order_by("expires_at")[:BATCH]
    return sum(_each(_end, overdue))


def _end(group: OrderGroup) -> bool:
    for attempt in PaymentAttempt.objects.filter(group=group, status__in=LIVE_ATTEMPTS):
        page = attempts.close(attempt)
        if page == attempts.Page.PAID:
            return False
        if page == attempts.Page.UNKNOWN and attempts.now() < group.expires_at + GIVE_UP_AFTER:
            return False
        if page == attempts.Page.UNKNOWN:
            alert(
                "page_unanswered",
                about=attempt.key,
                group=group,
                note=f"{group.number} expired without an answer about its payment page.",
            )
    return expire(group.number)


def ask_new() -> int:
    """Ask for refunds and releases that were never asked; return how many are done now."""
    return _ask(Q(asked_at__isnull=True))


def ask_again() -> int:
    """Ask about everything that waits longer than patience allows; return how many were settled.

    Payment pages include those of expired groups that were given up unanswered.
    """
    waiting = PaymentAttempt.objects.filter(
        Q(status__in=[AttemptStatus.UNKNOWN, AttemptStatus.REQUESTED])
        | Q(status=AttemptStatus.OPEN, made_at__lt=Now() - PATIENCE),
        Q(asked_at__isnull=True) | Q(asked_at__lt=Now() - PATIENCE),
    ).select_related("group")
    found = _each(_look, waiting.order_by("asked_at")[:BATCH])
    return sum(found) + _ask(Q(asked_at__lt=Now() - PATIENCE) | Q(asked_at__isnull=True))


def _look(attempt: PaymentAttempt) -> bool:
    PaymentAttempt.objects.filter(pk=attempt.pk).update(asked_at=Now())
    if attempt.session is None:
        # Nobody was ever sent to it; it is closed with its group, or asked anew by the buyer.
        if attempt.closes_at <= attempts.now():
            return attempts.close(attempt) == attempts.Page.OVER
        return False
    return attempts.look(attempt) in (attempts.Page.PAID, attempts.Page.OVER)


def _ask(which: Q) -> int:
    done = 0
    released = Reversal.objects.filter(release__status=AskStatus.DONE)
    for asked, ask, over in (
        (Refund.objects.all(), asks.ask_refund, [AskStatus.DONE]),
        # What a seller gives back is there when its buyer is given the whole. Where it does not
        # come, the buyer's money is asked for all the same, of what else the platform has.
        (released, asks.ask_reversal, [AskStatus.DONE]),
        (Goodwill.objects.all(), asks.ask_goodwill, [AskStatus.DONE, AskStatus.REFUSED]),
        (Release.objects.all(), asks.ask_release, [AskStatus.DONE]),
    ):
        keys = (
            asked.filter(which)
            .exclude(status__in=over)
            .order_by("asked_at", "pk")
            .values_list("key", flat=True)[:BATCH]
        )
        done += sum(_each(lambda key, ask=ask: ask(key) == AskStatus.DONE, keys))
    return done


def confirm_overdue() -> int:
    """Count long-dispatched parcels as delivered; return how many."""
    late = Q(group__country="MA", dispatched_at__lt=Now() - CONFIRM_AFTER) | Q(
        dispatched_at__lt=Now() - CONFIRM_AFTER_ABROAD
    )
    numbers = (
        Order.objects.filter(late, status=OrderStatus.DISPATCHED)
        .order_by("dispatched_at")
        .values_list("number", flat=True)[:BATCH]
    )
    return sum(_each(lambda number: bool(confirm_delivery(number)), numbers))


def check_paid(*, since: timedelta) -> int:
    """Hold what we call paid against what the institution received; return how many differ.

    A difference is put before a person and changes nothing by itself: the books decide.
    """
    recent = Payment.objects.filter(
        verdict=Verdict.ACCEPTED, received_at__gte=Now() - since
    ).select_related("group")
    return sum(_each(_differs, recent.order_by("pk")))


def _differs(payment: Payment) -> bool:
    try:
        intent = gateway.retrieve_intent(payment.intent)
        found = (intent.status, intent.received_minor, intent.currency)
    except errors.Refused as said:
        found = (said.code, 0, payment.currency)
    except errors.GatewayError:
        return False  # No answer is no difference: asked again tomorrow.
    if found == ("succeeded", payment.amount_minor, payment.currency):
        return False
    alert(
        "paid_without_trace",
        about=payment.intent,
        group=payment.group,
        note=f"{payment.group.number} is paid with us; the institution says {found}.",
    )
    return True


def _each(do: Callable[[Row], bool], rows: Iterable[Row]) -> list[bool]:
    """Do it for each row; one that breaks is logged and does not keep the others waiting."""
    done = []
    for row in list(rows):
        try:
            done.append(do(row))
        except Exception:
            log.exception("could not finish %s", row)
            done.append(False)
    return done
