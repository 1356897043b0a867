"""/v1/charges: what came of payments, and what was passed on to the account.

They are made by payment intents and by transfers only.
"""

import msgspec

from maalem.payments import store
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.connect import wire as connected_wire
from maalem.payments.acquiring.connect.records import DestinationPayment
from maalem.payments.acquiring.records import Charge
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.fields import Email
from maalem.payments.api.lists import ListParams, Part, joined
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, NotFound
from maalem.payments.records import changed
from maalem.payments.units import Unit

PAYMENT = "py_"


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    payment_intent: str | None = None
    customer: str | None = None
    transfer_group: str | None = None


class Update(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    description: str | None = None
    receipt_email: Email | None = None
    transfer_group: str | None = None
    metadata: dict[str, str] | str | None = None


@route("GET", "/v1/charges/{id}")
async def retrieve(call: Call, params: NoParams, charge_id: str) -> Object:
    """A charge."""
    if charge_id.startswith(PAYMENT):
        return connected_wire.payment(await the_payment(call, charge_id, param="charge"))
    return wire.charge(await the_charge(call, charge_id, param="charge"))


@route("POST", "/v1/charges/{id}", Update)
async def update(call: Call, params: Update, charge_id: str) -> Decided:
    """Change what is written on it, never what it moved."""
    if charge_id.startswith(PAYMENT):
        return await _update_payment(call, params, charge_id)
    old = await the_charge(call, charge_id, param="charge")
    given = {
        name: getattr(params, name) or None
        for name in ("description", "receipt_email", "transfer_group")
        if getattr(params, name) is not None
    }
    new = changed(old, metadata=merged(old.metadata, params.metadata), **given)
    unit = Unit().put(new)
    shown = wire.charge(new)
    unit.events.append(call.event("charge.updated", shown, before=wire.charge(old)))
    return Decided(shown, unit)


@route("GET", "/v1/charges", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's charges and what was passed on to it, newest first."""
    where = {
        "account_id": call.account.id,
        "intent_id": params.payment_intent,
        "customer_id": params.customer,
        "transfer_group": params.transfer_group,
    }
    parts = [Part("ch_", Charge, where, wire.charge)]
    if params.payment_intent is None and params.customer is None:
        hers = {"account_id": call.account.id, "transfer_group": params.transfer_group}
        parts.append(Part(PAYMENT, DestinationPayment, hers, connected_wire.payment))
    return await joined(call, params, parts=parts)


async def _update_payment(call: Call, params: Update, payment_id: str) -> Decided:
    old = await the_payment(call, payment_id, param="charge")
    for name in ("receipt_email", "transfer_group"):
        if getattr(params, name) is not None:
            raise BadRequest(f"{name} can't be set on a payment that was passed on.", param=name)
    description = old.description if params.description is None else params.description or None
    new = changed(old, description=description, metadata=merged(old.metadata, params.metadata))
    unit = Unit().put(new)
    shown = connected_wire.payment(new)
    unit.events.append(call.event("charge.updated", shown, before=connected_wire.payment(old)))
    return Decided(shown, unit)


async def the_payment(call: Call, payment_id: str, *, param: str) -> DestinationPayment:
    """What was passed on to the caller, or `NotFound`."""
    found = await store.get(
        call.payments.pool, DestinationPayment, payment_id, account_id=call.account.id
    )
    if found is None:
        raise NotFound.of("charge", payment_id, param=param)
    return found


async def the_charge(call: Call, charge_id: str, *, param: str) -> Charge:
    """The caller's charge, or `NotFound`."""
    found = await store.get(call.payments.pool, Charge, charge_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("charge", charge_id, param=param)
    return found
