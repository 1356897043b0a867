"""/v1/payment_intents/{id}/capture, /increment_authorization and /cancel"""

from typing import Any, Literal

import msgspec

from maalem.payments import store
from maalem.payments.acquiring import cancel as cancelling
from maalem.payments.acquiring import capture as capturing
from maalem.payments.acquiring import increment as raising
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.admission import admitted
from maalem.payments.acquiring.records import Followup
from maalem.payments.api import fields, terms
from maalem.payments.api.call import Answered, Call, Object, StepKeep
from maalem.payments.api.idempotency import encode
from maalem.payments.api.metadata import for_later
from maalem.payments.api.routes import route
from maalem.payments.api.terms import TransferAmount
from maalem.payments.api.v1.payment_intents import the_intent
from maalem.payments.ledger import wire as ledger_wire


class Capture(msgspec.Struct, forbid_unknown_fields=True):
    amount_to_capture: int | None = None
    final_capture: bool = True
    metadata: dict[str, str] | str | None = None
    statement_descriptor: fields.Descriptor | None = None
    application_fee_amount: int | None = None
    transfer_data: TransferAmount | None = None


class Cancel(msgspec.Struct, forbid_unknown_fields=True):
    cancellation_reason: (
        Literal["abandoned", "duplicate", "fraudulent", "requested_by_customer"] | None
    ) = None


class Increment(msgspec.Struct, forbid_unknown_fields=True):
    amount: int
    description: fields.Text | None = None
    metadata: dict[str, str] | str | None = None
    statement_descriptor: fields.Descriptor | None = None


async def _resume_capture(call: Call, _params: Any, followup_id: str) -> Answered:
    keep = _keep_capture(call)
    await capturing.go_on(call.payments, await _followup(call, followup_id), keep=keep)
    assert keep.answer is not None
    return keep.answer


async def _resume_cancel(call: Call, _params: Any, followup_id: str) -> Answered:
    keep = _keep_cancel(call)
    await cancelling.go_on(call.payments, await _followup(call, followup_id), keep=keep)
    assert keep.answer is not None
    return keep.answer


async def _resume_increment(call: Call, _params: Any, followup_id: str) -> Answered:
    keep = _keep_capture(call)
    await raising.go_on(call.payments, await _followup(call, followup_id), keep=keep)
    assert keep.answer is not None
    return keep.answer


@route("POST", "/v1/payment_intents/{id}/capture", Capture, steps=True, resume=_resume_capture)
async def capture(call: Call, params: Capture, intent_id: str) -> Answered:
    """Take held money, whole or in part."""
    keep = _keep_capture(call)
    intent = await the_intent(call, intent_id)
    await capturing.capture(
        call.payments,
        intent=intent,
        amount=params.amount_to_capture,
        final=params.final_capture,
        terms=terms.changed_terms(
            call,
            intent,
            amount=params.amount_to_capture,
            fee=params.application_fee_amount,
            data=params.transfer_data,
        )
        if params.application_fee_amount is not None or params.transfer_data
        else None,
        metadata=for_later(intent.metadata, params.metadata),
        statement_descriptor=params.statement_descriptor or None,
        request_id=call.request_id,
        idempotency_key=call.idempotency_key,
        keep=keep,
    )
    assert keep.answer is not None
    return keep.answer


@route(
    "POST",
    "/v1/payment_intents/{id}/increment_authorization",
    Increment,
    steps=True,
    resume=_resume_increment,
)
async def increment(call: Call, params: Increment, intent_id: str) -> Answered:
    """Raise what is held to a new total."""
    keep = _keep_capture(call)
    intent = await the_intent(call, intent_id)
    more = max(fields.amount(params.amount) - intent.amount, 0)  # what is held counts already
    await admitted(call.payments, call.account, msgspec.structs.replace(intent, amount=more))
    await raising.increment(
        call.payments,
        intent=intent,
        amount=fields.amount(params.amount),
        description=params.description or None,
        statement_descriptor=params.statement_descriptor or None,
        metadata=for_later(intent.metadata, params.metadata),
        request_id=call.request_id,
        idempotency_key=call.idempotency_key,
        keep=keep,
    )
    assert keep.answer is not None
    return keep.answer


@route(
    "POST",
    "/v1/payment_intents/{id}/cancel",
    Cancel,
    steps=True,
    resume=_resume_cancel,
    looks_first=True,
)
async def cancel(call: Call, params: Cancel, intent_id: str) -> Answered:
    """Give the payment up."""
    keep = _keep_cancel(call)
    await cancelling.cancel(
        call.payments,
        intent=await the_intent(call, intent_id),
        reason=params.cancellation_reason,
        request_id=call.request_id,
        idempotency_key=call.idempotency_key,
        keep=keep,
    )
    assert keep.answer is not None
    return keep.answer


def _keep_capture(call: Call) -> StepKeep:
    return StepKeep(call, render=_captured, encode=encode)


def _keep_cancel(call: Call) -> StepKeep:
    return StepKeep(call, render=_canceled, encode=encode)


async def _captured(done: capturing.Captured) -> tuple[int, Object, tuple[Object, ...]]:
    if done.refusal is not None:
        return done.refusal.status, done.refusal.body(), ()
    fresh = [*done.shared, wire.charge(done.charge)]
    if done.transaction is not None:
        fresh.append(ledger_wire.balance_transaction(done.transaction))
    return 200, wire.intent(done.intent), tuple(fresh)


async def _canceled(done: cancelling.Canceled) -> tuple[int, Object, tuple[Object, ...]]:
    return 200, wire.intent(done.intent), ()


async def _followup(call: Call, followup_id: str) -> Followup:
    found = await store.get(call.payments.pool, Followup, followup_id)
    assert found is not None, "a held key names what it holds"
    return found
