"""What must be finished though nobody asks: unanswered rails, left challenges, old holds."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from maalem.payments import store
from maalem.payments.acquiring import cancel, capture, increment, refund
from maalem.payments.acquiring.confirm import complete_authentication, load, lookup, resolve
from maalem.payments.acquiring.records import Attempt, Followup, Intent, Refund
from maalem.payments.acquiring.setup import chores as setting
from maalem.payments.context import Payments

BATCH = 200
# Longer than any rail's deadline: whoever asked has had his answer, or is dead.
GRACE_S = 30
_GO_ON: dict[str, Callable[..., Awaitable[Any]]] = {
    "capture": capture.go_on,
    "release": cancel.go_on,
    "increment": increment.go_on,
}
_log = logging.getLogger("maalem.payments.chores")


async def resolve_unknown(payments: Payments, *, grace_s: float = GRACE_S) -> int:
    """Ask the rails about everything that was sent and not answered; return how many were asked.

    A payment that the rail never saw is closed there and given back to the payer. Captures,
    releases and refunds are asked again under the same reference: they are still wanted.
    """
    before = payments.clock.now() - timedelta(seconds=grace_s)
    attempts = await store.select(
        payments.pool,
        Attempt,
        f"status IN ('sent', 'unknown') AND asked_at <= $1 ORDER BY asked_at LIMIT {BATCH:d}",
        before,
    )
    for attempt in attempts:
        await _try(_ask_about, payments, attempt)
    open_followups = await store.select(
        payments.pool,
        Followup,
        f"status IN ('sent', 'unknown') AND asked_at <= $1 ORDER BY asked_at LIMIT {BATCH:d}",
        before,
    )
    for followup in open_followups:
        await _try(_GO_ON[followup.kind], payments, followup)
    refunds = await store.select(
        payments.pool,
        Refund,
        f"status = 'pending' AND asked_at <= $1 ORDER BY asked_at LIMIT {BATCH:d}",
        before,
    )
    for pending in refunds:
        await _try(refund.go_on, payments, pending)
    setups = await setting.unanswered(payments, before=before)
    for setup in setups:
        await _try(setting.ask_about, payments, setup)
    return len(attempts) + len(open_followups) + len(refunds) + len(setups)


async def expire_attempts(payments: Payments) -> int:
    """Close challenges that nobody answered in time, and release holds that were not captured."""
    now = payments.clock.now()
    left = await store.select(
        payments.pool,
        Attempt,
        f"status = 'challenged' AND expires_at <= $1 ORDER BY expires_at LIMIT {BATCH:d}",
        now,
    )
    for attempt in left:
        await _try(_leave, payments, attempt)
    setups = await setting.left(payments, now=now)
    for setup in setups:
        await _try(setting.leave, payments, setup)
    held = await store.select(
        payments.pool,
        Intent,
        # The charges first, by the index of those that are held: there are few, intents many.
        "status = 'requires_capture' AND id = ANY (ARRAY(SELECT intent_id FROM charges"  # noqa: S608
        " WHERE NOT captured AND status = 'succeeded' AND capture_before <= $1))"
        f" ORDER BY id LIMIT {BATCH:d}",
        now,
    )
    for intent in held:
        await _try(_release, payments, intent)
    return len(left) + len(setups) + len(held)


async def _ask_about(payments: Payments, attempt: Attempt) -> None:
    asked = await load(payments, attempt.id)
    await resolve(payments, asked, answer=await lookup(payments, attempt))


async def _leave(payments: Payments, attempt: Attempt) -> None:
    await complete_authentication(payments, attempt=attempt.id, outcome="abandoned")


async def _release(payments: Payments, intent: Intent) -> None:
    await cancel.cancel(payments, intent=intent, reason="automatic")


async def _try(verb: Callable[..., Awaitable[Any]], payments: Payments, record: Any) -> None:
    """One that fails doesn't keep the others waiting; it is tried again at the next run."""
    try:
        await verb(payments, record)
    except Exception:
        _log.exception("%s: could not be finished, will be tried again", record.id)
