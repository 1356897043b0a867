"""/v1/refunds: money given back to payers, and by a destination what was passed on to it."""

from typing import Any, Literal

import msgspec

from maalem.payments import store
from maalem.payments.acquiring import refund as refunding
from maalem.payments.acquiring import transfer as passing
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.connect import wire as connected_wire
from maalem.payments.acquiring.connect.records import PaymentRefund
from maalem.payments.acquiring.connect.taking_back import Words
from maalem.payments.acquiring.records import Charge, Refund, Reversal, Transfer
from maalem.payments.api import fields
from maalem.payments.api.call import Answered, Call, Decided, NoParams, Object, StepKeep
from maalem.payments.api.idempotency import encode
from maalem.payments.api.lists import ListParams, Part, joined
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.api.v1.charges import PAYMENT, the_charge, the_payment
from maalem.payments.api.v1.payment_intents import the_intent
from maalem.payments.api.v1.transfers import taken_back
from maalem.payments.errors import BadRequest, NotFound, Refused
from maalem.payments.ledger import wire as ledger_wire
from maalem.payments.records import changed
from maalem.payments.units import Unit

PAYMENT_REFUND = "pyr_"


class Create(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    charge: str | None = None
    payment_intent: str | None = None
    amount: int | None = None
    currency: str | None = None
    reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = None
    metadata: dict[str, str] | str | None = None
    reverse_transfer: bool = False
    refund_application_fee: bool = False


class Update(msgspec.Struct, forbid_unknown_fields=True):
    metadata: dict[str, str] | str | None = None


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    charge: str | None = None
    payment_intent: str | None = None


async def _resume(call: Call, _params: Any, refund_id: str) -> Answered:
    keep = StepKeep(call, render=_shown, encode=encode)
    await refunding.resume(call.payments, refund_id, keep=keep)
    assert keep.answer is not None
    return keep.answer


@route("POST", "/v1/refunds", Create, steps=True, resume=_resume)
async def create(call: Call, params: Create) -> Answered:
    """Give back a charge, whole or in part."""
    amount = None if params.amount is None else fields.amount(params.amount)
    if params.charge and params.charge.startswith(PAYMENT):
        return await _hand_back(call, params, amount=amount)
    charge = await _charge_of(call, params)
    if params.currency is not None and fields.currency(params.currency) != charge.currency:
        raise BadRequest(
            f"The charge is in {charge.currency}, the refund in {params.currency}.",
            param="currency",
        )
    keep = StepKeep(call, render=_shown, encode=encode)
    await refunding.refund(
        call.payments,
        charge=charge,
        amount=amount,
        reverse_transfer=params.reverse_transfer,
        refund_fee=params.refund_application_fee,
        reason=params.reason,
        metadata=merged({}, params.metadata),
        request_id=call.request_id,
        idempotency_key=call.idempotency_key,
        keep=keep,
    )
    assert keep.answer is not None
    return keep.answer


@route("GET", "/v1/refunds/{id}")
async def retrieve(call: Call, params: NoParams, refund_id: str) -> Object:
    """A refund."""
    if refund_id.startswith(PAYMENT_REFUND):
        return connected_wire.payment_refund(await _the_payment_refund(call, refund_id))
    return wire.refund(await _the_refund(call, refund_id))


@route("POST", "/v1/refunds/{id}", Update)
async def update(call: Call, params: Update, refund_id: str) -> Decided:
    """Only its metadata can be changed."""
    if refund_id.startswith(PAYMENT_REFUND):
        hers = await _the_payment_refund(call, refund_id)
        hers = changed(hers, metadata=merged(hers.metadata, params.metadata))
        return Decided(connected_wire.payment_refund(hers), Unit().put(hers))
    old = await _the_refund(call, refund_id)
    new = changed(old, metadata=merged(old.metadata, params.metadata))
    unit = Unit().put(new)
    shown = wire.refund(new)
    unit.events.append(call.event("refund.updated", shown, before=wire.refund(old)))
    return Decided(shown, unit)


@route("POST", "/v1/refunds/{id}/cancel")
async def cancel(call: Call, params: NoParams, refund_id: str) -> Decided:
    """Refused: cards and wallets take a refund at once, so none waits for its payer."""
    found = await _the_refund(call, refund_id)
    raise Refused(
        f"Refund {found.id} can't be canceled because it has a status of {found.status}. Only"
        " refunds with a status of requires_action can be.",
        code="refund_not_cancelable",
    )


@route("GET", "/v1/refunds", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's refunds, newest first."""
    where = {
        "account_id": call.account.id,
        "charge_id": params.charge,
        "intent_id": params.payment_intent,
    }
    parts = [Part("re_", Refund, where, wire.refund)]
    if params.payment_intent is None:
        hers = {"account_id": call.account.id, "payment_id": params.charge}
        parts.append(Part(PAYMENT_REFUND, PaymentRefund, hers, connected_wire.payment_refund))
    return await joined(call, params, parts=parts)


async def _hand_back(call: Call, params: Create, *, amount: int | None) -> Answered:
    """What was passed on goes back to the platform: the destination began its reversal."""
    payment = await the_payment(call, params.charge or "", param="charge")
    given = await store.get(call.payments.pool, Transfer, payment.transfer_id)
    assert given is not None
    if payment.amount == payment.amount_refunded:
        raise Refused(
            f"Charge {payment.id} has already been refunded.", code="charge_already_refunded"
        )
    if params.reverse_transfer:
        raise BadRequest(
            "There is no transfer to reverse on this charge.", param="reverse_transfer"
        )
    done = await passing.reverse(
        call.payments,
        given=given,
        amount=amount,
        refund_fee=params.refund_application_fee,
        words=Words(reason=params.reason, refund_metadata=merged({}, params.metadata)),
    )
    earlier = await store.select(
        call.payments.pool, Reversal, "transfer_id = $1 ORDER BY id DESC", given.id
    )
    shown = wire.transfer(done.back.transfer, [done.back.reversal, *earlier])
    told, fresh = await taken_back(call, done, transfer=shown)
    refund = connected_wire.payment_refund(done.back.refund)
    done.unit.events += [*told, call.event("refund.created", refund)]
    reversal, hers = wire.reversal(done.back.reversal), connected_wire.payment(done.back.payment)
    body = await encode(call, refund, fresh=(*fresh, reversal, hers))
    done.unit.claim = call.claim("whole", status=200)
    await call.payments.writer.commit(done.unit, answer=body)
    return Answered(200, body)


async def _charge_of(call: Call, params: Create) -> Charge:
    if params.charge:
        charge = await the_charge(call, params.charge, param="charge")
        if params.payment_intent:
            paid = await the_intent(call, params.payment_intent, param="payment_intent")
            if charge.intent_id != paid.id:
                raise BadRequest(
                    f"Charge {charge.id} is not of PaymentIntent {paid.id}.", param="payment_intent"
                )
        return charge
    if not params.payment_intent:
        raise BadRequest(
            "One of the following params should be provided for this request: payment_intent or"
            " charge.",
            code="parameter_missing",
        )
    intent = await the_intent(call, params.payment_intent, param="payment_intent")
    if intent.latest_charge_id is None:
        raise Refused(
            f"This PaymentIntent ({intent.id}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            payment_intent=wire.intent(intent),
        )
    return await the_charge(call, intent.latest_charge_id, param="payment_intent")


async def _the_payment_refund(call: Call, refund_id: str) -> PaymentRefund:
    found = await store.get(
        call.payments.pool, PaymentRefund, refund_id, account_id=call.account.id
    )
    if found is None:
        raise NotFound.of("refund", refund_id, param="refund")
    return found


async def _the_refund(call: Call, refund_id: str) -> Refund:
    found = await store.get(call.payments.pool, Refund, refund_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("refund", refund_id, param="refund")
    return found


async def _shown(done: refunding.Refunded) -> tuple[int, Object, tuple[Object, ...]]:
    fresh = [*done.shared, wire.charge(done.charge)]
    if done.transaction is not None:
        fresh.append(ledger_wire.balance_transaction(done.transaction))
    return 200, wire.refund(done.refund), tuple(fresh)
