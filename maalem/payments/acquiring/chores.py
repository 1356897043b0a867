"""What must be finished though nobody asks: unanswered rails, left challenges, old holds."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from maalem.payments import store
from maalem.payments.acquiring import cancel, capture, increment, refund
from maalem.payments.acquiring.confirm import complete_authentication, load, lookup, resolve
from maalem.payments.acquiring.records import Attempt, Followup, Intent, Refund
from maalem.payments.acquiring.setup import chores as setting
from maalem.payments.context import Payments
from maalem.payments.parked import Tries, tries
from maalem.payments.records import Record

BATCH = 200
# Longer than any rail's deadline: whoever asked has had his answer, or is dead.
GRACE_S = 30
_GO_ON: dict[str, Callable[..., Awaitable[Any]]] = {
    "capture": capture.go_on,
    "release": cancel.go_on,
    "increment": increment.go_on,
}
R = TypeVar("R", bound=Record)
_Verb = Callable[[Payments, R], Awaitable[Any]]


async def resolve_unknown(payments: Payments, *, grace_s: float = GRACE_S) -> int:
    """Ask the rails about everything that was sent and not answered; return how many were asked.

    A payment that the rail never saw is closed there and given back to the payer. Captures,
    releases and refunds are asked again under the same reference: they are still wanted.
    """
    before = payments.clock.now() - timedelta(seconds=grace_s)
    asked = 0
    run = await tries(payments, "payments without an answer")
    attempts = await store.select(
        payments.pool,
        Attempt,
        "status IN ('sent', 'unknown') AND asked_at <= $1 AND id <> ALL($2)"
        f" ORDER BY asked_at LIMIT {BATCH:d}",
        before,
        run.held,
    )
    asked += await _each(run, attempts, _ask_about)
    run = await tries(payments, "followups without an answer")
    followups = await store.select(
        payments.pool,
        Followup,
        "status IN ('sent', 'unknown') AND asked_at <= $1 AND id <> ALL($2)"
        f" ORDER BY asked_at LIMIT {BATCH:d}",
        before,
        run.held,
    )
    asked += await _each(run, followups, _go_on)
    run = await tries(payments, "refunds without an answer")
    refunds = await store.select(
        payments.pool,
        Refund,
        "status = 'pending' AND asked_at <= $1 AND id <> ALL($2)"
        f" ORDER BY asked_at LIMIT {BATCH:d}",
        before,
        run.held,
    )
    asked += await _each(run, refunds, refund.go_on)
    run = await tries(payments, "setups without an answer")
    setups = await setting.unanswered(payments, before=before, but=run.held)
    return asked + await _each(run, setups, setting.ask_about)


async def expire_attempts(payments: Payments) -> int:
    """Close challenges that nobody answered in time, and release holds that were not captured."""
    now = payments.clock.now()
    run = await tries(payments, "left challenges")
    left = await store.select(
        payments.pool,
        Attempt,
        "status = 'challenged' AND expires_at <= $1 AND id <> ALL($2)"
        f" ORDER BY expires_at LIMIT {BATCH:d}",
        now,
        run.held,
    )
    ended = await _each(run, left, _leave)
    run = await tries(payments, "left setups")
    setups = await setting.left(payments, now=now, but=run.held)
    ended += await _each(run, setups, setting.leave)
    run = await tries(payments, "holds that end")
    held = await store.select(
        payments.pool,
        Intent,
        # The charges first, by the index of those that are held: there are few, intents many.
        # What was asked of a rail for one and not answered is gone on with above.
        "status = 'requires_capture' AND id = ANY (ARRAY(SELECT c.intent_id FROM charges c"  # noqa: S608
        " WHERE NOT c.captured AND c.status = 'succeeded' AND c.capture_before <= $1"
        " AND NOT EXISTS (SELECT FROM followups f WHERE f.intent_id = c.intent_id"
        " AND f.status IN ('sent', 'unknown'))))"
        f" AND id <> ALL($2) ORDER BY id LIMIT {BATCH:d}",
        now,
        run.held,
    )
    return ended + await _each(run, held, _release)


async def _ask_about(payments: Payments, attempt: Attempt) -> None:
    asked = await load(payments, attempt.id)
    await resolve(payments, asked, answer=await lookup(payments, attempt))


async def _go_on(payments: Payments, followup: Followup) -> None:
    await _GO_ON[followup.kind](payments, followup)


async def _leave(payments: Payments, attempt: Attempt) -> None:
    await complete_authentication(payments, attempt=attempt.id, outcome="abandoned")


async def _release(payments: Payments, intent: Intent) -> None:
    await cancel.cancel(payments, intent=intent, reason="automatic")


async def _each(run: Tries, records: Sequence[R], verb: "_Verb[R]") -> int:
    """One that fails doesn't keep the others waiting; returns how many there were."""
    for record in records:
        async with run.of(record.id):
            await verb(run.payments, record)
    return len(records)
