"""Setups that must be finished though nobody asks: unanswered issuers, left challenges."""

from collections.abc import Sequence
from datetime import datetime

from maalem.payments import store
from maalem.payments.acquiring.setup.confirm import complete, load, resolve
from maalem.payments.acquiring.setup.records import SetupAttempt
from maalem.payments.context import Payments

BATCH = 200


async def unanswered(
    payments: Payments, *, before: datetime, but: Sequence[str] = ()
) -> list[SetupAttempt]:
    """What was sent until `before` and has no answer yet, but for those that are left out."""
    return await store.select(
        payments.pool,
        SetupAttempt,
        "status IN ('sent', 'unknown') AND asked_at <= $1 AND id <> ALL($2)"
        f" ORDER BY asked_at LIMIT {BATCH:d}",
        before,
        but,
    )


async def left(payments: Payments, *, now: datetime, but: Sequence[str] = ()) -> list[SetupAttempt]:
    """Challenges that nobody answered in time, but for those that are left out."""
    return await store.select(
        payments.pool,
        SetupAttempt,
        "status = 'challenged' AND expires_at <= $1 AND id <> ALL($2)"
        f" ORDER BY expires_at LIMIT {BATCH:d}",
        now,
        but,
    )


async def ask_about(payments: Payments, attempt: SetupAttempt) -> None:
    """Ask the issuer what became of an attempt; one that it never saw is closed there."""
    await resolve(payments, await load(payments, attempt.id))


async def leave(payments: Payments, attempt: SetupAttempt) -> None:
    """Close a challenge."""
    await complete(payments, attempt=attempt.id, abandoned=True)
