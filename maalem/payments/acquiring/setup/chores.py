"""Setups that must be finished though nobody asks: unanswered issuers, left challenges."""

from datetime import datetime

from maalem.payments import store
from maalem.payments.acquiring.setup.confirm import complete, load, resolve
from maalem.payments.acquiring.setup.records import SetupAttempt
from maalem.payments.context import Payments

BATCH = 200


async def unanswered(payments: Payments, *, before: datetime) -> list[SetupAttempt]:
    """What was sent until `before` and has no answer yet."""
    return await store.select(
        payments.pool,
        SetupAttempt,
        f"status IN ('sent', 'unknown') AND asked_at <= $1 ORDER BY asked_at LIMIT {BATCH:d}",
        before,
    )


async def left(payments: Payments, *, now: datetime) -> list[SetupAttempt]:
    """Challenges that nobody answered in time."""
    return await store.select(
        payments.pool,
        SetupAttempt,
        f"status = 'challenged' AND expires_at <= $1 ORDER BY expires_at LIMIT {BATCH:d}",
        now,
    )


async def ask_about(payments: Payments, attempt: SetupAttempt) -> None:
    """Ask the issuer what became of an attempt; one that it never saw is closed there."""
    await resolve(payments, await load(payments, attempt.id))


async def leave(payments: Payments, attempt: SetupAttempt) -> None:
    """Close a challenge."""
    await complete(payments, attempt=attempt.id, abandoned=True)
