"""Checkout sessions: one payment for one basket, on the institution's own page.

A session is born with its intent and dies with it. It becomes `complete` in the very transaction
in which the payment succeeds, so a merchant who hears of one has heard of both. A session that
sets a card up has a setup in place of the intent, and no amount: setup/visits.py.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from maalem.kit.ids import new_id, secret
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.records import Intent
from maalem.payments.acquiring.states import IntentStatus
from maalem.payments.context import Payments
from maalem.payments.errors import Refused
from maalem.payments.events.outbox import Event, event
from maalem.payments.mode import livemode
from maalem.payments.records import Record, changed, epoch, read
from maalem.payments.units import Unit

SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
# Besides the part that sorts by time: 160 random bits, for the address is the page's only key.
SECRET_LENGTH = 32
MOST_TRIES = 12
_UNPAID = frozenset({IntentStatus.REQUIRES_PAYMENT_METHOD, IntentStatus.REQUIRES_CONFIRMATION})


class SessionStatus(StrEnum):
    """A payer's page: open until it is paid, closed or out of time."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


SESSION_NEXT: dict[SessionStatus, frozenset[SessionStatus]] = {
    SessionStatus.OPEN: frozenset({SessionStatus.COMPLETE, SessionStatus.EXPIRED}),
    SessionStatus.COMPLETE: frozenset(),
    SessionStatus.EXPIRED: frozenset(),
}


class Session(Record, kw_only=True, frozen=True):
    """One visit to the payment page; `amount_total` in minor units. Either an intent is to be paid
    or a setup (`setup_id`) to be made."""

    TABLE: ClassVar[str] = "checkout_sessions"

    account_id: str
    intent_id: str | None = None
    status: str = SessionStatus.OPEN
    payment_status: str = "unpaid"
    amount_total: int | None = None
    currency: str | None = None
    line_items: list[dict[str, Any]]
    payment_method_types: list[str]
    success_url: str
    cancel_url: str | None = None
    client_reference_id: str | None = None
    customer_id: str | None = None
    customer_email: str | None = None
    locale: str | None = None
    metadata: dict[str, str]
    expires_at: datetime
    completed_at: datetime | None = None
    created_at: datetime
    setup_id: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a merchant asks for; `line_items` hold name, unit_amount, quantity, amount."""

    account_id: str
    currency: str
    line_items: list[dict[str, Any]]
    success_url: str
    payment_method_types: list[str]
    cancel_url: str | None = None
    client_reference_id: str | None = None
    customer_id: str | None = None
    customer_email: str | None = None
    locale: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None
    # The intent's own part: metadata, transfer_group, description, capture_method, …
    intent_data: dict[str, Any] = field(default_factory=dict)


def opened(wanted: Wanted, *, now: datetime, request_id: str | None = None) -> tuple[Session, Unit]:
    """A new session with its intent, and the unit that writes both."""
    session_id = new_session_id()
    amount = sum(line["amount"] for line in wanted.line_items)
    intent_id = new_id("pi")
    intent = Intent(
        id=intent_id,
        account_id=wanted.account_id,
        amount=amount,
        currency=wanted.currency,
        status=IntentStatus.REQUIRES_PAYMENT_METHOD,
        client_secret=secret(f"{intent_id}_secret_", length=25),
        customer_id=wanted.customer_id,
        payment_method_types=wanted.payment_method_types,
        session_id=session_id,
        created_at=now,
        **{"metadata": {}, "receipt_email": wanted.customer_email, **wanted.intent_data},
    )
    session = Session(
        id=session_id,
        account_id=wanted.account_id,
        intent_id=intent_id,
        amount_total=amount,
        currency=wanted.currency,
        line_items=wanted.line_items,
        payment_method_types=wanted.payment_method_types,
        success_url=wanted.success_url,
        cancel_url=wanted.cancel_url,
        client_reference_id=wanted.client_reference_id,
        customer_id=wanted.customer_id,
        customer_email=wanted.customer_email,
        locale=wanted.locale,
        metadata=wanted.metadata,
        expires_at=wanted.expires_at or now + LONGEST,
        created_at=now,
    )
    unit = Unit().put(intent, session)
    unit.events.append(
        event(
            "payment_intent.created",
            wire.intent(intent),
            account_id=wanted.account_id,
            at=now,
            request_id=request_id,
        )
    )
    return session, unit


def new_session_id() -> str:
    """A name that nobody guesses: the page's address holds it and nothing else."""
    return secret(new_id("cs_live" if livemode() else "cs_test"), length=SECRET_LENGTH)


async def session_of(
    payments: Payments, session_id: str, *, account_id: str | None = None
) -> Session | None:
    """The session, of that account where one is given, or None."""
    row = await payments.pool.fetchrow(
        "SELECT * FROM checkout_sessions WHERE id = $1 AND ($2::text IS NULL OR account_id = $2)",
        session_id,
        account_id,
    )
    return read(Session, row) if row else None


class Visit(NamedTuple):
    """What a payer's page stands on; `merchant` is the name on it."""

    session: Session
    intent: Intent
    merchant: str


async def visited(payments: Payments, session_id: str) -> Visit | None:
    """The session with its intent as it stands, in one look, or None."""
    row = await payments.pool.fetchrow(
        "SELECT s, i, a.business_name FROM checkout_sessions s"
        " JOIN payment_intents i ON i.id = s.intent_id JOIN accounts a ON a.id = s.account_id"
        " WHERE s.id = $1",
        session_id,
    )
    if row is None:
        return None
    return Visit(read(Session, row["s"]), read(Intent, row["i"]), row["business_name"] or "Maalem")


async def intent_of(payments: Payments, session: Session) -> Intent:
    """The session's intent as it stands."""
    row = await payments.pool.fetchrow(
        "SELECT * FROM payment_intents WHERE id = $1", session.intent_id
    )
    return read(Intent, row)


async def add_completion(payments: Payments, unit: Unit, *, intent: Intent, at: datetime) -> None:
    """Put into `unit`, which makes `intent` succeed (or held), that its session is complete.

    A session that is not open any more is left alone, as is an intent without one.
    """
    if intent.session_id is None:
        return
    session = await session_of(payments, intent.session_id)
    if session is None or session.status != SessionStatus.OPEN:
        return
    done = changed(
        session,
        status=SessionStatus.COMPLETE,
        payment_status="paid" if intent.status == IntentStatus.SUCCEEDED else "unpaid",
        completed_at=at,
    )
    unit.put(done)
    unit.events.append(told("checkout.session.completed", done, payments=payments, at=at))


async def closing(
    payments: Payments, session: Session, *, at: datetime, request_id: str | None = None
) -> tuple[Session, Unit]:
    """The expired session and the unit that makes it so, with its intent given up.

    An open challenge is left first. Raises `Refused` for a session that is over already, and
    while a rail still owes us an answer: what may have been paid is not given up.
    """
    if session.status != SessionStatus.OPEN:
        raise Refused(
            f"This Session has a status of {session.status}. Only Checkout Sessions with a status"
            ' in ["open"] can be expired.'
        )
    if session.setup_id is not None:
        # Imported here, as below: a setup that succeeds completes its session.
        from maalem.payments.acquiring.setup import visits

        return await visits.closing(payments, session, at=at, request_id=request_id)
    intent = await intent_of(payments, session)
    if intent.status == IntentStatus.REQUIRES_ACTION and intent.attempt_id:
        # Imported here: a payment that succeeds completes its session, so confirm stands on us.
        from maalem.payments.acquiring.confirm import complete_authentication

        done = await complete_authentication(
            payments, attempt=intent.attempt_id, outcome="abandoned"
        )
        intent = done.intent
    expired = changed(session, status=SessionStatus.EXPIRED)
    unit = Unit().put(expired)
    if intent.status in _UNPAID:
        canceled = changed(
            intent,
            status=IntentStatus.CANCELED,
            canceled_at=at,
            cancellation_reason="abandoned",
            next_action=None,
        )
        unit.put(canceled)
        unit.events.append(
            event(
                "payment_intent.canceled",
                wire.intent(canceled),
                account_id=session.account_id,
                at=at,
                request_id=request_id,
            )
        )
    elif intent.status != IntentStatus.CANCELED:
        raise Refused(
            "This Session is being paid at this moment. Ask again when the payment is decided.",
            code="payment_intent_unexpected_state",
            payment_intent=wire.intent(intent),
        )
    unit.events.append(told("checkout.session.expired", expired, payments=payments, at=at))
    return expired, unit


async def press(payments: Payments, session: Session, *, form: str) -> str:
    """Note that the payer pressed the button of `form`: `first`, `again` or `too_many`."""
    pressed = await payments.pool.fetchval(
        """
        WITH tries AS (
            SELECT count(*) AS made, bool_or(form = $2) AS again
            FROM checkout_tries WHERE session_id = $1
        ), noted AS (
            INSERT INTO checkout_tries (session_id, form, at)
            SELECT $1, $2, $3 FROM tries WHERE made < $4
            ON CONFLICT DO NOTHING RETURNING 1
        )
        SELECT CASE WHEN EXISTS (SELECT FROM noted) THEN 'first'
                    WHEN again OR made < $4 THEN 'again' ELSE 'too_many' END
        FROM tries
        """,
        session.id,
        form,
        payments.clock.now(),
        MOST_TRIES,
    )
    return str(pressed)


def told(kind: str, session: Session, *, payments: Payments, at: datetime) -> Event:
    """An event about the session."""
    return event(
        kind,
        session_wire(session, payments_url=payments.config.payments_url),
        account_id=session.account_id,
        at=at,
    )


def page_url(session: Session, *, payments_url: str) -> str:
    """Where the payer goes."""
    return f"{payments_url}/pay/{session.id}"


def success_url(session: Session) -> str:
    """Where she goes afterwards, with the session's id where the merchant left its place."""
    return session.success_url.replace("{CHECKOUT_SESSION_ID}", session.id)


def session_wire(session: Session, *, payments_url: str) -> dict[str, Any]:
    """The `checkout.session` object."""
    is_open = session.status == SessionStatus.OPEN
    return {
        "id": session.id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": session.amount_total,
        "amount_total": session.amount_total,
        "automatic_tax": {"enabled": False, "liability": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": session.cancel_url,
        "client_reference_id": session.client_reference_id,
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": epoch(session.created_at),
        "currency": session.currency,
        "custom_fields": [],
        "custom_text": {},
        "customer": session.customer_id,
        "customer_creation": "if_required",
        "customer_details": {"email": session.customer_email} if session.customer_email else None,
        "customer_email": session.customer_email,
        "discounts": [],
        "expires_at": epoch(session.expires_at),
        "invoice": None,
        "invoice_creation": {"enabled": False},
        "livemode": livemode(),
        "locale": session.locale,
        "metadata": session.metadata,
        "mode": "setup" if session.setup_id else "payment",
        "payment_intent": session.intent_id,
        "payment_link": None,
        "payment_method_collection": "always" if session.setup_id else "if_required",
        "payment_method_options": {},
        "payment_method_types": session.payment_method_types,
        "payment_status": session.payment_status,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "return_url": None,
        "saved_payment_method_options": None,
        "setup_intent": session.setup_id,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": session.status,
        "submit_type": None,
        "subscription": None,
        "success_url": session.success_url,
        "total_details": None
        if session.setup_id
        else {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted",
        "url": page_url(session, payments_url=payments_url) if is_open else None,
    }


def line_item_wire(line: dict[str, Any], *, currency: str) -> dict[str, Any]:
    """One `item` of a session's line items."""
    return {
        "id": line["id"],
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": line["amount"],
        "amount_tax": 0,
        "amount_total": line["amount"],
        "currency": currency,
        "description": line["name"],
        "price": {
            "id": line["price_id"],
            "object": "price",
            "active": False,
            "currency": currency,
            "livemode": livemode(),
            "metadata": {},
            "product": line["product_id"],
            "type": "one_time",
            "unit_amount": line["unit_amount"],
            "unit_amount_decimal": str(line["unit_amount"]),
        },
        "quantity": line["quantity"],
    }
