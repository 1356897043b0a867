"""Giving money back: written down first, then asked under its own key until it is answered.

Of a purchase of ours the orders' room gives back, parcel by parcel: there is one truth about it.
"""

import logging

from django.db.models.functions import Now

from maalem.platform.ground.gateway import desk, errors
from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders.actions import asks, goodwill
from maalem.platform.market.orders.jobs import BATCH, PATIENCE
from maalem.platform.market.orders.models import Goodwill
from maalem.platform.market.orders.states import AskStatus
from maalem.platform.market.till.access import Till
from maalem.platform.market.till.models import AskedRefund

log = logging.getLogger(__name__)


def write_down(
    till: Till, charge: str, *, token: str, amount_minor: int, reason: str, by: Person
) -> AskedRefund:
    """The row of one press of the button: the same `token` is the same refund, whoever repeats it.

    It is committed before anything is asked. Raises LookupError for another payment's token.
    """
    row, _ = AskedRefund.objects.get_or_create(
        key=f"till-{token}",
        defaults={
            "account": till.account,
            "charge": charge,
            "amount_minor": amount_minor,
            "reason": reason,
            "by": by,
        },
    )
    if (row.account, row.charge) != (till.account, charge):
        raise LookupError(token)
    return row


def ask(row: AskedRefund) -> AskedRefund:
    """Ask for the refund unless it is answered; the row says afterwards how it stands.

    A silence leaves it open: the same question may be put again and gives back once.
    """
    if row.status in (AskStatus.DONE, AskStatus.REFUSED):
        return row
    try:
        said = desk.give_back(
            row.charge,
            account=row.account,
            amount_minor=row.amount_minor,
            reason=row.reason,
            key=row.key,
        )
    except (errors.Unknown, errors.Unavailable):
        return _record(row, status=AskStatus.UNKNOWN)
    except errors.GatewayError as said_no:
        return _record(row, status=AskStatus.REFUSED, code=said_no.code[:100])
    if said.status in ("failed", "canceled"):
        return _record(row, status=AskStatus.REFUSED, code=said.status)
    return _record(row, status=AskStatus.DONE, answer=said.id, done_at=Now())


def give_back_parcel(
    number: str, *, amount_minor: int, token: str, reason: str, by: Person
) -> AskStatus:
    """Give back of one parcel, and ask at once; how it stands then. A job asks again.

    Raises `goodwill.TooMuch` or `NotAllowed`.
    """
    key = f"till-{token}"
    goodwill.give_back(
        number, amount_minor=amount_minor, key=key, by=f"person:{by.pk}", note=reason
    )
    if Goodwill.objects.filter(key=key).exists():
        return AskStatus(asks.ask_goodwill(key))
    return AskStatus(asks.ask_refund(f"refund-{number}"))


def ask_left() -> int:
    """Ask about what waits longer than patience allows; return how many were answered."""
    waiting = AskedRefund.objects.filter(
        status__in=[AskStatus.REQUESTED, AskStatus.UNKNOWN], made_at__lt=Now() - PATIENCE
    )
    answered = 0
    for row in waiting.order_by("pk")[:BATCH]:
        try:
            answered += ask(row).status in (AskStatus.DONE, AskStatus.REFUSED)
        except Exception:
            log.exception("could not ask about %s", row)
    return answered


def _record(row: AskedRefund, **what: object) -> AskedRefund:
    """Two presses may be answered in any order: what is done stays done."""
    AskedRefund.objects.filter(pk=row.pk).exclude(status=AskStatus.DONE).update(**what)
    row.refresh_from_db()
    return row
