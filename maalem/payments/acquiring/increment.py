"""Raise what is held, before it is taken: the same three steps as everything at a rail."""

import msgspec

from maalem.kit.ids import new_id
from maalem.payments.acquiring import followups, wire
from maalem.payments.acquiring.capture import Captured, in_name_of, not_done
from maalem.payments.acquiring.confirm import wrong_state
from maalem.payments.acquiring.followups import Standing
from maalem.payments.acquiring.outcome import Asked, about
from maalem.payments.acquiring.records import Charge, Followup, Intent
from maalem.payments.acquiring.states import IntentStatus
from maalem.payments.context import Payments
from maalem.payments.errors import Refused
from maalem.payments.ledger import recipes
from maalem.payments.ledger.records import PENDING
from maalem.payments.metadata import laid_over_later
from maalem.payments.packed import pack
from maalem.payments.rails.ports import Done, Outcome
from maalem.payments.records import changed
from maalem.payments.units import Keep, Unit

INCREMENTS_MAX = 10


async def increment(
    payments: Payments,
    *,
    intent: Intent,
    amount: int,
    description: str | None = None,
    statement_descriptor: str | None = None,
    metadata: dict[str, str] | None = None,
    request_id: str | None = None,
    idempotency_key: str | None = None,
    keep: Keep | None = None,
) -> Captured:
    """Ask the issuer to promise `amount` in all. Its no leaves everything as it was.

    Raises `Refused` for another state, for a hold that is partly captured or too old, for one
    that may not be raised (or not again), and for an amount that isn't more than what is held.
    """
    if intent.status != IntentStatus.REQUIRES_CAPTURE or intent.amount_received:
        raise wrong_state(intent, "incremented")
    if amount <= intent.amount:
        raise Refused(
            f"The new amount must be greater than what is authorised now ({intent.amount}).",
            code="amount_too_small",
            param="amount",
        )
    now = payments.clock.now()
    charge = await followups.held_charge(payments, intent, now=now)
    await _check_rises(payments, charge)
    followup = Followup(
        id=new_id("inc"),
        kind="increment",
        intent_id=intent.id,
        charge_id=charge.id,
        amount=amount - intent.amount,
        metadata=metadata,
        request_id=request_id,
        idempotency_key=idempotency_key,
        created_at=now,
        asked_at=now,
        final=False,
        description=description,
        statement_descriptor=statement_descriptor,
    )
    await followups.begin(payments, followup, intent=intent, keep=keep)
    return await go_on(payments, followup, keep=keep)


async def go_on(payments: Payments, followup: Followup, *, keep: Keep | None = None) -> Captured:
    """Ask the rail for a rise that is recorded, and record its answer. Safe to repeat."""
    return await followups.settle(payments, followup, _judge, keep=keep)


async def _judge(payments: Payments, standing: Standing, answer: Outcome) -> tuple[Unit, Captured]:
    followup, asked, charge = standing
    if followup.status in ("done", "declined"):
        return Unit(), Captured(asked.intent, charge)
    if not isinstance(answer, Done):
        return not_done(standing, answer)
    held_by = await followups.held_by(payments, followup)
    return _raised(asked, followup, charge=charge, held_by=held_by)


def _raised(
    asked: Asked, followup: Followup, /, *, charge: Charge, held_by: str
) -> tuple[Unit, Captured]:
    intent = asked.intent
    total = intent.amount + followup.amount
    said = {
        "description": followup.description or intent.description,
        "statement_descriptor": followup.statement_descriptor or intent.statement_descriptor,
    }
    more = changed(
        intent,
        amount=total,
        amount_capturable=total,
        metadata=laid_over_later(intent.metadata, followup.metadata),
        **said,
    )
    held = changed(charge, amount=total, payment_method_details=_details(charge, total), **said)
    unit = Unit().put(changed(followup, status="done"), more, held)
    unit.book(
        recipes.raise_hold(
            followup.id,
            held_by=held_by,
            owner=charge.account_id,
            by=asked.attempt.rail,
            amount=total,
            currency=charge.currency,
            bucket=PENDING,
            timeout_s=followups.hold_left_s(charge, now=asked.now),
        )
    )
    named = in_name_of(asked, followup)
    unit.events += [
        about(named, "charge.updated", wire.charge(held), before=wire.charge(charge)),
        about(named, "payment_intent.amount_capturable_updated", wire.intent(more)),
    ]
    return unit, Captured(more, held)


async def _check_rises(payments: Payments, charge: Charge) -> None:
    if not followups.allows(charge, "incremental_authorization"):
        raise Refused(
            "This payment is not eligible for incremental authorization. Pass payment_method"
            "_options[card][request_incremental_authorization]=if_available when you create it.",
            code="payment_intent_invalid_parameter",
        )
    made = await payments.pool.fetchval(
        "SELECT count(*) FROM followups WHERE intent_id = $1 AND kind = 'increment'",
        charge.intent_id,
    )
    if made >= INCREMENTS_MAX:
        raise Refused(
            f"A payment can be incremented {INCREMENTS_MAX} times at most.",
            code="payment_intent_invalid_parameter",
        )


def _details(charge: Charge, total: int) -> bytes:
    details = charge.details
    over = {"maximum_amount_capturable": total, "status": "unavailable"}
    card = {**(details.get("card") or {}), "overcapture": over}
    return pack(msgspec.json.encode({**details, "card": card}))
