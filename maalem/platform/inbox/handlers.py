"""What each kind of event means to us. A kind that is not here is kept and left alone.

Handlers may run twice, in any order, before or after the browser comes back: each ends in a verb
of the orders' room that knows what it has seen before.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from maalem.platform.ground.gateway.shapes import Session
from maalem.platform.market.orders.actions import attempts, events, settle
from maalem.platform.market.orders.actions.move import alert
from maalem.platform.market.orders.models import OrderGroup
from maalem.platform.market.till.actions import banks, payouts

Thing = Mapping[str, Any]


class Poison(ValueError):
    """An event that no number of tries will make sense of."""


def session_changed(thing: Thing) -> None:
    """A payment page was paid, or its time is over."""
    if not thing.get("client_reference_id"):
        return  # Not a page of ours: another program of the same account opened it.
    session = _session(thing)
    try:
        attempts.take(session)
    except OrderGroup.DoesNotExist:
        _nobodys(session.reference, intent=session.intent)


def intent_succeeded(thing: Thing) -> None:
    """A payment succeeded: the same money as the page's, told a second way."""
    number = thing.get("transfer_group") or _of(thing, "metadata").get("order_group")
    if not number:
        return
    received = settle.Received(
        intent=_text(thing, "id"),
        amount_minor=_whole(thing, "amount_received"),
        currency=_text(thing, "currency").upper(),
        charge=_id(thing.get("latest_charge")),
    )
    try:
        settle.settle(number, received=received)
    except OrderGroup.DoesNotExist:
        _nobodys(number, intent=received.intent)


def payment_failed(thing: Thing) -> None:
    """A try to pay was refused. The page stays open, so the buyer may take another means."""
    number = thing.get("transfer_group") or _of(thing, "metadata").get("order_group")
    error = thing.get("last_payment_error") or {}
    if number and isinstance(error, Mapping):
        events.payment_failed(
            number, reason=str(error.get("decline_code") or error.get("code") or "declined")
        )


def charge_refunded(thing: Thing) -> None:
    """Money went back to a payer: by our own asking, or by somebody at the institution.

    It says that the money came in, too: where this overtakes the payment's own word, the payment
    is settled first, and the end is the same.
    """
    intent = _id(thing.get("payment_intent"))
    number = thing.get("transfer_group") or _of(thing, "metadata").get("order_group")
    if number and intent and not events.is_known(intent):
        received = settle.Received(
            intent=intent,
            amount_minor=_whole(thing, "amount_captured"),
            currency=_text(thing, "currency").upper(),
            charge=_text(thing, "id"),
        )
        try:
            settle.settle(number, received=received)
        except OrderGroup.DoesNotExist:
            _nobodys(number, intent=intent)
            return
    events.charge_refunded(
        intent=intent,
        charge=_text(thing, "id"),
        refunded_minor=_whole(thing, "amount_refunded"),
    )


def refund_failed(thing: Thing) -> None:
    """A refund that had been accepted did not arrive."""
    alert(
        "refund_failed",
        about=_text(thing, "id"),
        note=f"A refund of {thing.get('amount')} did not arrive: {thing.get('failure_reason')}",
    )


def disputed(thing: Thing) -> None:
    """A payer's bank wants back what was paid to us: somebody must answer in time."""
    due = (_of(thing, "evidence_details")).get("due_by")
    by = f"; answer by {datetime.fromtimestamp(due, UTC):%Y-%m-%d}" if due else ""
    alert("disputed", about=_text(thing, "id"), note=f"{_whole(thing, 'amount')} disputed{by}.")


def bank_added(thing: Thing) -> None:
    """A seller's account has another bank account: her people hear of it before money goes there.

    Also of one that is not the default yet: it waits only once.
    """
    waits_until = thing.get("payouts_from")
    if type(waits_until) is int:
        banks.told_of(
            account=_text(thing, "account"),
            bank=_text(thing, "id"),
            bank_name=str(thing.get("bank_name") or ""),
            last4=_text(thing, "last4"),
            from_at=datetime.fromtimestamp(waits_until, UTC),
        )


def payout_failed(thing: Thing) -> None:
    """A seller's bank refused her money, or sent it back: her people hear of it, and why."""
    payouts.told_of_failure(
        account=_text(thing, "account"),
        payout=_text(thing, "id"),
        amount_minor=_whole(thing, "amount"),
        currency=_text(thing, "currency").upper(),
        why=str(thing.get("failure_code") or ""),
    )


def parked(event_id: str, *, kind: str, reason: str) -> None:
    """Put an event that could not be handled before a person."""
    alert("event_parked", about=event_id, note=f"{kind}: {reason}")


BY_TYPE: Mapping[str, Callable[[Thing], None]] = {
    "checkout.session.completed": session_changed,
    "checkout.session.expired": session_changed,
    "payment_intent.succeeded": intent_succeeded,
    "payment_intent.payment_failed": payment_failed,
    "charge.refunded": charge_refunded,
    "refund.failed": refund_failed,
    "charge.dispute.created": disputed,
}
# Of sellers' own accounts: what is handed over says whose it is, as `account`.
OF_SELLERS: Mapping[str, Callable[[Thing], None]] = {
    "account.external_account.created": bank_added,
    "payout.failed": payout_failed,
}


def _session(thing: Thing) -> Session:
    return Session(
        id=_text(thing, "id"),
        status=_text(thing, "status"),
        payment_status=_text(thing, "payment_status"),
        amount_minor=_whole(thing, "amount_total"),
        currency=_text(thing, "currency").upper(),
        intent=_id(thing.get("payment_intent")),
        reference=_text(thing, "client_reference_id"),
    )


def _nobodys(number: str, *, intent: str) -> None:
    """Money for a purchase that we don't have is never dropped: a person looks at it."""
    alert("payment_without_order", about=intent or number, note=f"Paid for {number}, not known.")


def _text(thing: Thing, name: str) -> str:
    value = thing.get(name)
    if not isinstance(value, str) or not value:
        raise Poison(f"{name} is {value!r}")
    return value


def _whole(thing: Thing, name: str) -> int:
    value = thing.get(name)
    if type(value) is not int:
        raise Poison(f"{name} is {value!r}")
    return value


def _of(thing: Thing, name: str) -> Thing:
    value = thing.get(name)
    return value if isinstance(value, Mapping) else {}


def _id(value: Any) -> str:
    return str(value.get("id", "")) if isinstance(value, Mapping) else str(value or "")
