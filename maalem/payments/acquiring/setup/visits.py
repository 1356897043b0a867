"""Checkout sessions that set a card up: a visit to the payment page without a payment."""

from datetime import datetime
from typing import Any, NamedTuple

from maalem.kit.ids import new_id, secret
from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.acquiring import sessions
from maalem.payments.acquiring.sessions import LONGEST, Session, SessionStatus
from maalem.payments.acquiring.setup.confirm import canceling
from maalem.payments.acquiring.setup.records import SetupIntent
from maalem.payments.acquiring.setup.states import SetupIntentStatus
from maalem.payments.context import Payments
from maalem.payments.records import changed
from maalem.payments.units import Unit

NO_PAYMENT = "no_payment_required"


class Visit(NamedTuple):
    """What the page stands on; `merchant` is the name on it."""

    session: Session
    setup: SetupIntent
    merchant: str


def opened(
    *,
    account_id: str,
    success_url: str,
    now: datetime,
    customer_id: str | None = None,
    expires_at: datetime | None = None,
    setup_data: dict[str, Any] | None = None,
    **traits: Any,
) -> tuple[Session, SetupIntent, Unit]:
    """A new session with its setup, and the unit that writes both; `traits` are the session's.

    Whoever asked for it tells of the setup.
    """
    setup_id = new_id("seti")
    setup = SetupIntent(
        id=setup_id,
        account_id=account_id,
        status=SetupIntentStatus.REQUIRES_PAYMENT_METHOD,
        client_secret=secret(f"{setup_id}_secret_", length=25),
        customer_id=customer_id,
        payment_method_types=["card"],
        created_at=now,
        **{"metadata": {}, **(setup_data or {})},
    )
    session = Session(
        id=sessions.new_session_id(),
        account_id=account_id,
        setup_id=setup_id,
        payment_status=NO_PAYMENT,
        line_items=[],
        payment_method_types=["card"],
        success_url=success_url,
        customer_id=customer_id,
        expires_at=expires_at or now + LONGEST,
        created_at=now,
        **{"metadata": {}, **traits},
    )
    return session, setup, Unit().put(setup, session)


async def visited(payments: Payments, session_id: str) -> Visit | None:
    """The session with its setup as it stands, or None; one that pays is none of ours."""
    session = await sessions.session_of(payments, session_id)
    if session is None or session.setup_id is None:
        return None
    setup = await store.get(payments.pool, SetupIntent, session.setup_id)
    account = await store.get(payments.pool, Account, session.account_id)
    assert setup is not None
    assert account is not None
    return Visit(session, setup, account.business_name or "Maalem")


async def of_setup(payments: Payments, setup_id: str) -> Session | None:
    """The session that a setup belongs to, if it does."""
    return await store.first(payments.pool, Session, "setup_id = $1", setup_id)


async def add_completion(
    payments: Payments, unit: Unit, *, setup: SetupIntent, at: datetime
) -> None:
    """Put into `unit`, which makes `setup` succeed, that its session is complete."""
    if setup.status != SetupIntentStatus.SUCCEEDED:
        return
    session = await of_setup(payments, setup.id)
    if session is None or session.status != SessionStatus.OPEN:
        return
    done = changed(session, status=SessionStatus.COMPLETE, completed_at=at)
    unit.put(done)
    unit.events.append(sessions.told("checkout.session.completed", done, payments=payments, at=at))


async def closing(
    payments: Payments, session: Session, *, at: datetime, request_id: str | None = None
) -> tuple[Session, Unit]:
    """The expired session (it was open) and the unit that makes it so, its setup given up.

    Raises `Refused` while the issuer still owes an answer, and for a setup that is made.
    """
    setup = await store.get(payments.pool, SetupIntent, session.setup_id or "")
    assert setup is not None
    expired = changed(session, status=SessionStatus.EXPIRED)
    unit = Unit()
    if setup.status != SetupIntentStatus.CANCELED:
        _, unit = await canceling(payments, setup, reason="abandoned", request_id=request_id)
    unit.put(expired)
    unit.events.append(sessions.told("checkout.session.expired", expired, payments=payments, at=at))
    return expired, unit
