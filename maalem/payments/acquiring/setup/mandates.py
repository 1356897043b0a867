"""Mandates: how the holder of a card agreed to payments without her, and until when."""

from datetime import datetime
from typing import Any

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts.people import Safe
from maalem.payments.acquiring.setup import wire
from maalem.payments.acquiring.setup.records import Mandate, SetupAttempt, SetupIntent
from maalem.payments.config import Config
from maalem.payments.context import Payments
from maalem.payments.events.outbox import event
from maalem.payments.records import changed
from maalem.payments.units import Unit

OFF_SESSION = "off_session"
_PLACE = "mandate"
# The merchant has it in writing, or says nothing of it.
_OFFLINE = {"type": "offline", "accepted_at": None}


def acceptance(
    config: Config, *, type: str, at: int | None, ip: str | None = None, agent: str | None = None
) -> dict[str, Any]:
    """How somebody agreed, as it is kept: her address and her browser are sealed."""
    kept: dict[str, Any] = {"type": type, "accepted_at": at}
    if type == "online":
        told = {"ip_address": ip, "user_agent": agent}
        kept["online"] = Safe(config).close(_PLACE, "online", value=told)
    return kept


def online_of(record: Mandate, config: Config) -> dict[str, Any] | None:
    """From where she agreed."""
    sealed = record.acceptance.get("online")
    return Safe(config).open(_PLACE, "online", sealed=sealed) if sealed else None


def given(setup: SetupIntent, attempt: SetupAttempt, *, now: datetime) -> Mandate | None:
    """The mandate that a setup brings as it succeeds: for payments without the holder alone."""
    if setup.usage != OFF_SESSION:
        return None
    return Mandate(
        id=new_id("mandate"),
        account_id=setup.account_id,
        payment_method_id=attempt.payment_method_id,
        setup_id=setup.id,
        acceptance=attempt.acceptance or _OFFLINE,
        created_at=now,
    )


async def end(payments: Payments, unit: Unit, *, method_id: str) -> None:
    """Put into `unit`, which takes a card from its customer, that nothing is agreed any more."""
    found = await store.select(
        payments.pool, Mandate, "payment_method_id = $1 AND status = 'active'", method_id
    )
    for mandate in found:
        ended = changed(mandate, status="inactive")
        unit.put(ended)
        unit.events.append(
            event(
                "mandate.updated",
                wire.mandate(ended),
                account_id=ended.account_id,
                at=payments.clock.now(),
                previous={"status": "active"},
            )
        )
