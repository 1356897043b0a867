"""Give a payment up: before it is asked, at the challenge, or while it is held."""

from dataclasses import dataclass

from maalem.kit.ids import new_id
from maalem.payments.acquiring import followups, wire
from maalem.payments.acquiring.confirm import leave_challenge, wrong_state
from maalem.payments.acquiring.followups import Standing
from maalem.payments.acquiring.records import Followup, Intent
from maalem.payments.acquiring.states import IntentStatus
from maalem.payments.context import Payments
from maalem.payments.events.outbox import event
from maalem.payments.ledger import recipes
from maalem.payments.ledger.records import PENDING
from maalem.payments.rails.ports import Done, Outcome, Unknown
from maalem.payments.records import changed
from maalem.payments.units import Keep, Unit

_OPEN = (IntentStatus.REQUIRES_PAYMENT_METHOD, IntentStatus.REQUIRES_CONFIRMATION)


@dataclass(frozen=True, slots=True)
class Canceled:
    """The intent after a cancellation; `requires_capture` still if the rail did not answer,
    `succeeded` if parts of it had been captured."""

    intent: Intent


async def cancel(
    payments: Payments,
    *,
    intent: Intent,
    reason: str | None = None,
    request_id: str | None = None,
    idempotency_key: str | None = None,
    keep: Keep | None = None,
) -> Canceled:
    """Cancel `intent`. Raises `Refused` when it is paid, being asked, or canceled already."""
    if intent.status == IntentStatus.REQUIRES_ACTION:
        intent, paid = await leave_challenge(payments, intent)
        if paid is not None:
            raise wrong_state(paid.intent, "canceled")
    if intent.status == IntentStatus.REQUIRES_CAPTURE:
        return await _release(
            payments,
            intent=intent,
            reason=reason,
            request_id=request_id,
            idempotency_key=idempotency_key,
            keep=keep,
        )
    if intent.status not in _OPEN:
        raise wrong_state(intent, "canceled")
    unit, canceled = _given_up(
        payments,
        intent,
        reason=reason,
        request_id=request_id,
        idempotency_key=idempotency_key,
    )
    body = None
    if keep is not None:
        keep.hold(intent.id)
        unit.claim, body = await keep.finish(canceled)
        if unit.claim is not None:
            unit.claim.use = "whole"
    await payments.writer.commit(unit, answer=body)
    return canceled


async def go_on(payments: Payments, followup: Followup, *, keep: Keep | None = None) -> Canceled:
    """Ask the rail for a release that is recorded, and record its answer. Safe to repeat."""
    return await followups.settle(payments, followup, _judge, keep=keep)


async def _judge(payments: Payments, standing: Standing, answer: Outcome) -> tuple[Unit, Canceled]:
    followup, asked, _ = standing
    if isinstance(answer, Unknown) or followup.status == "done":
        unit = Unit()
        if followup.status == "sent":
            unit.put(changed(followup, status="unknown"))
        return unit, Canceled(asked.intent)
    # A rail that knows no such hold has nothing to give back: it is given up all the same.
    status = "done" if isinstance(answer, Done) else "declined"
    return await _released(payments, standing, status=status)


async def _release(
    payments: Payments,
    *,
    intent: Intent,
    reason: str | None,
    request_id: str | None,
    idempotency_key: str | None,
    keep: Keep | None,
) -> Canceled:
    assert intent.latest_charge_id is not None
    now = payments.clock.now()
    followup = Followup(
        id=new_id("rel"),
        kind="release",
        intent_id=intent.id,
        charge_id=intent.latest_charge_id,
        amount=intent.amount_capturable,
        reason=reason,
        request_id=request_id,
        idempotency_key=idempotency_key,
        created_at=now,
        asked_at=now,
    )
    await followups.begin(payments, followup, intent=intent, keep=keep)
    return await go_on(payments, followup, keep=keep)


async def _released(
    payments: Payments, standing: Standing, *, status: str
) -> tuple[Unit, Canceled]:
    followup, asked, charge = standing
    unit, canceled = _given_up(
        payments,
        asked.intent,
        reason=followup.reason,
        request_id=followup.request_id,
        idempotency_key=followup.idempotency_key,
    )
    unit.put(changed(followup, status=status))
    if canceled.intent.status == IntentStatus.SUCCEEDED:
        whole = changed(charge, captured=True)
        unit.put(whole)
        unit.events.append(
            event(
                "charge.updated",
                wire.charge(whole),
                account_id=whole.account_id,
                at=payments.clock.now(),
                before=wire.charge(charge),
                request_id=followup.request_id,
                idempotency_key=followup.idempotency_key,
            )
        )
    unit.book(
        recipes.release(
            charge.id,
            held_by=await followups.held_by(payments, followup),
            owner=charge.account_id,
            by=asked.attempt.rail,
            currency=charge.currency,
            bucket=PENDING,
        )
    )
    return unit, canceled


def _given_up(
    payments: Payments,
    intent: Intent,
    /,
    *,
    reason: str | None,
    request_id: str | None,
    idempotency_key: str | None,
) -> tuple[Unit, Canceled]:
    now = payments.clock.now()
    if intent.amount_received:  # parts of it were taken: those are paid, the rest is given up
        told = "payment_intent.succeeded"
        canceled = changed(intent, status=IntentStatus.SUCCEEDED, amount_capturable=0)
    else:
        told = "payment_intent.canceled"
        canceled = changed(
            intent,
            status=IntentStatus.CANCELED,
            amount_capturable=0,
            next_action=None,
            canceled_at=now,
            cancellation_reason=reason,
        )
    unit = Unit().put(canceled)
    unit.events.append(
        event(
            told,
            wire.intent(canceled),
            account_id=intent.account_id,
            at=now,
            request_id=request_id,
            idempotency_key=idempotency_key,
        )
    )
    return unit, Canceled(canceled)
