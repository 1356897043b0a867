"""/v1/charges: what came of payments. They are made by payment intents only."""

import msgspec

from maalem.payments import store
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.records import Charge
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.errors import NotFound
from maalem.payments.records import changed
from maalem.payments.units import Unit


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    payment_intent: str | None = None
    customer: str | None = None
    transfer_group: str | None = None


class Update(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    description: str | None = None
    receipt_email: str | None = None
    transfer_group: str | None = None
    metadata: dict[str, str] | str | None = None


@route("GET", "/v1/charges/{id}")
async def retrieve(call: Call, params: NoParams, charge_id: str) -> Object:
    """A charge."""
    return wire.charge(await the_charge(call, charge_id, param="charge"))


@route("POST", "/v1/charges/{id}", Update)
async def update(call: Call, params: Update, charge_id: str) -> Decided:
    """Change what is written on it, never what it moved."""
    old = await the_charge(call, charge_id, param="charge")
    given = {
        name: getattr(params, name) or None
        for name in ("description", "receipt_email", "transfer_group")
        if getattr(params, name) is not None
    }
    new = changed(old, metadata=merged(old.metadata, params.metadata), **given)
    unit = Unit().put(new)
    unit.events.append(call.event("charge.updated", wire.charge(new)))
    return Decided(wire.charge(new), unit)


@route("GET", "/v1/charges", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's charges, newest first."""
    where = {
        "account_id": call.account.id,
        "intent_id": params.payment_intent,
        "customer_id": params.customer,
        "transfer_group": params.transfer_group,
    }
    return await page(call, Charge, params, where=where, show=wire.charge)


async def the_charge(call: Call, charge_id: str, *, param: str) -> Charge:
    """The caller's charge, or `NotFound`."""
    found = await store.get(call.payments.pool, Charge, charge_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("charge", charge_id, param=param)
    return found
