"""POST /v1/payment_intents/{id}: what may be changed of an intent that is there."""

from typing import Any, Literal

import msgspec

from maalem.payments.accounts.methods import unspent
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.confirm import wrong_state
from maalem.payments.acquiring.records import Intent
from maalem.payments.acquiring.states import IntentStatus
from maalem.payments.api import fields, terms
from maalem.payments.api.call import Call, Decided
from maalem.payments.api.fields import MethodData
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.api.terms import TransferAmount
from maalem.payments.api.v1.payment_intents import (
    READY,
    MethodOptions,
    allowed,
    given_method,
    said,
    the_customer,
    the_intent,
    types,
)
from maalem.payments.errors import BadRequest
from maalem.payments.records import changed
from maalem.payments.units import Unit

# What the payer of a Checkout Session has on her page, and agrees to by paying there.
_SHOWN = (
    *("amount", "currency", "payment_method_types"),
    *("setup_future_usage", "capture_method", "payment_method_options"),
)
# What is settled once the payment is on its way.
_TERMS = (
    *_SHOWN,
    *("payment_method", "payment_method_data", "customer"),
    *("application_fee_amount", "transfer_data"),
)


class Update(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    amount: int | None = None
    currency: str | None = None
    customer: str | None = None
    description: fields.Text | None = None
    metadata: dict[str, str] | str | None = None
    payment_method: str | None = None
    payment_method_data: MethodData | None = None
    payment_method_options: MethodOptions | None = None
    payment_method_types: list[str] | None = None
    capture_method: Literal["automatic", "automatic_async", "manual"] | None = None
    setup_future_usage: Literal["on_session", "off_session", ""] | None = None
    receipt_email: fields.Email | None = None
    shipping: fields.Parcel | str | None = None
    statement_descriptor: fields.Descriptor | None = None
    transfer_group: str | None = None
    application_fee_amount: int | Literal[""] | None = None
    transfer_data: TransferAmount | None = None


@route("POST", "/v1/payment_intents/{id}", Update)
async def update(call: Call, params: Update, intent_id: str) -> Decided:
    """Change what may still be changed."""
    old = await the_intent(call, intent_id)
    shown, settled = _first(params, _SHOWN), _first(params, _TERMS)
    if old.session_id is not None and shown is not None:
        # The payer agrees to what her page shows, and that page was made from the session.
        raise BadRequest(
            "This PaymentIntent belongs to a Checkout Session: its amount, currency, payment"
            " methods and how it is taken can't be changed.",
            code="payment_intent_unexpected_state",
            param=shown,
        )
    if settled is not None and old.status not in READY:
        raise wrong_state(old, "updated", param=settled)
    change = {"metadata": merged(old.metadata, params.metadata), **said(params)}
    for name in ("description", "statement_descriptor", "transfer_group"):
        given = getattr(params, name)
        if given is not None:
            change[name] = given or None
    unit = Unit()
    if settled is not None:
        change |= await _new_terms(call, params, old=old, unit=unit)
    new = changed(old, **change)
    return Decided(wire.intent(new), unit.put(new))


def _first(params: Update, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if getattr(params, name) is not None), None)


async def _new_terms(call: Call, params: Update, *, old: Intent, unit: Unit) -> dict[str, Any]:
    change: dict[str, Any] = {}
    if params.amount is not None:
        change["amount"] = fields.amount(params.amount)
    change |= terms.changed_terms(
        call,
        old,
        amount=params.amount,
        fee=params.application_fee_amount,
        data=params.transfer_data,
    )
    if params.currency is not None:
        change["currency"] = fields.currency(params.currency)
    if params.payment_method_types is not None:
        change["payment_method_types"] = types(params.payment_method_types)
    if params.customer:
        change["customer_id"] = (await the_customer(call, params.customer)).id
    taken = await given_method(call, params)
    if taken is not None:
        unspent(taken.method)
        allowed(taken.method, change.get("payment_method_types", old.payment_method_types))
        unit.puts += taken.unit.puts
        change["payment_method_id"] = taken.method.id
        if old.status == IntentStatus.REQUIRES_PAYMENT_METHOD:
            change["status"] = IntentStatus.REQUIRES_CONFIRMATION
    return change
