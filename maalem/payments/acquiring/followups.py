"""Ask the rail for what follows a payment, under the follow-up's own id as the reference."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

from maalem.payments import store
from maalem.payments.acquiring import attempts
from maalem.payments.acquiring.answers import kept
from maalem.payments.acquiring.confirm import load
from maalem.payments.acquiring.outcome import Asked
from maalem.payments.acquiring.records import Attempt, Charge, Followup, Intent, Refund
from maalem.payments.context import Payments
from maalem.payments.errors import Refused
from maalem.payments.ledger.records import transfer_id
from maalem.payments.rails import ports
from maalem.payments.rails.ports import Outcome
from maalem.payments.records import changed
from maalem.payments.units import ChangedMeanwhile, Keep, Unit

DAY_S = 86_400
T = TypeVar("T")


class Standing(NamedTuple):
    """A follow-up on its way, the payment it follows as that stands now, and its charge."""

    followup: Followup
    asked: Asked
    charge: Charge


Judge = Callable[[Payments, Standing, Outcome], Awaitable[tuple[Unit, T]]]


async def ask(payments: Payments, followup: Followup, *, attempt: Attempt) -> Outcome:
    """Take, give up or raise (part of) what `attempt` was promised; once, however often asked."""
    wanted = ports.Followup(followup.id, attempt.id, followup.amount)
    deadline_s = payments.config.rail_deadline_s
    assert attempt.rail == "card", "only a card's money is held"
    if followup.kind == "capture":
        return await payments.rails.card.capture(wanted, deadline_s=deadline_s)
    if followup.kind == "increment":
        return await payments.rails.card.increment(wanted, deadline_s=deadline_s)
    return await payments.rails.card.release(wanted, deadline_s=deadline_s)


async def begin(
    payments: Payments, followup: Followup, /, *, intent: Intent, keep: Keep | None
) -> None:
    """Transaction one. `intent` is replaced as it was read: whoever decided on an older reading
    hears `ChangedMeanwhile`, and only one follow-up is on its way at a time."""
    unit = Unit().put(followup, changed(intent))
    unit.claim = keep.hold(followup.id) if keep else None
    await payments.writer.commit(unit)


async def settle(
    payments: Payments, followup: Followup, judge: Judge[T], *, keep: Keep | None
) -> T:
    """Ask the rail for a follow-up that is recorded, and keep what `judge` makes of its answer.

    Safe to repeat: the rail knows the reference, and `judge` is asked again where a record was
    changed meanwhile.
    """
    attempt = await attempt_of(payments, followup.charge_id)
    answer = await ask(payments, followup, attempt=attempt)

    async def decide(followup: Followup) -> tuple[Unit, T]:
        return await judge(payments, await _stands(payments, followup), answer)

    return await kept(payments, followup, decide, keep=keep)


async def attempt_of(payments: Payments, charge_id: str) -> Attempt:
    """The attempt that a charge came of; its id is what the rail knows the payment by."""
    charge = await store.get(payments.pool, Charge, charge_id)
    assert charge is not None
    return await attempts.of_charge(payments.pool, charge)


async def _stands(payments: Payments, followup: Followup) -> Standing:
    charge = await store.get(payments.pool, Charge, followup.charge_id)
    assert charge is not None
    return Standing(followup, await load(payments, charge.attempt_id), charge)


async def held_charge(payments: Payments, intent: Intent, *, now: datetime) -> Charge:
    """The charge that holds the money of `intent`. Raises `Refused` where its time is over."""
    assert intent.latest_charge_id is not None
    charge = await store.get(payments.pool, Charge, intent.latest_charge_id)
    assert charge is not None
    if charge.capture_before is not None and charge.capture_before <= now:
        raise Refused(
            f"Charge {charge.id} has expired: its money was held until"
            f" {charge.capture_before:%Y-%m-%d %H:%M} UTC.",
            code="charge_expired_for_capture",
        )
    return charge


def allows(charge: Charge, feature: str) -> bool:
    """Whether `feature` (multicapture, incremental_authorization) was granted with the hold."""
    card = charge.details.get("card") or {}
    return bool((card.get(feature) or {}).get("status") == "available")


async def held_by(payments: Payments, followup: Followup) -> str:
    """The id under which the open hold was booked: the charge's, a rise's or an earlier part's.

    Ask only while `followup` is on its way, for then no other can move the hold. Raises
    `ChangedMeanwhile` where somebody else has brought it to its end since it was read.
    """
    before = await payments.pool.fetch(
        "SELECT id FROM followups WHERE intent_id = $1 AND status = 'done' AND NOT final",
        followup.intent_id,
    )
    if not before:
        return followup.charge_id
    bookers: tuple[str, ...] = (followup.charge_id, *(row["id"] for row in before))
    holds = {transfer_id(booker, "hold"): booker for booker in bookers}
    gone = await payments.pool.fetch(
        "SELECT pending_id FROM ledger.transfers WHERE pending_id = ANY ($1)", list(holds)
    )
    left = holds.keys() - {row["pending_id"] for row in gone}
    if not left:
        fresh = await store.get(payments.pool, Followup, followup.id)
        assert fresh is not None
        assert fresh.version != followup.version, "a hold is gone and nobody has ended it"
        raise ChangedMeanwhile("40001", "changed_meanwhile")
    (one,) = left
    return holds[one]


def hold_left_s(charge: Charge, *, now: datetime) -> int:
    """Seconds to the ledger's own expiry, a day after ours: ours is the one that tells the rail."""
    left = (charge.capture_before - now).total_seconds() if charge.capture_before else 0
    return max(int(left), 0) + DAY_S


async def ask_refund(payments: Payments, refund: Refund, *, attempt: Attempt) -> Outcome:
    """Give back (part of) what `attempt` took. Asking again changes nothing."""
    rail = payments.rails.card if attempt.rail == "card" else payments.rails.wallet
    wanted = ports.Followup(refund.id, attempt.id, refund.amount)
    return await rail.refund(wanted, deadline_s=payments.config.rail_deadline_s)
