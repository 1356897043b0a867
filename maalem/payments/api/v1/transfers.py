"""/v1/transfers and their reversals"""

import msgspec

from maalem.payments import store
from maalem.payments.acquiring import transfer as passing
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.records import Reversal, Transfer
from maalem.payments.api import fields
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.api.v1.charges import the_charge
from maalem.payments.errors import NotFound
from maalem.payments.ledger import wire as ledger_wire
from maalem.payments.records import changed
from maalem.payments.units import Unit


class Create(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    currency: str
    destination: str
    amount: int | None = None
    source_transaction: str | None = None
    transfer_group: str | None = None
    description: str | None = None
    metadata: dict[str, str] | str | None = None


class Update(msgspec.Struct, forbid_unknown_fields=True):
    description: str | None = None
    metadata: dict[str, str] | str | None = None


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    destination: str | None = None
    transfer_group: str | None = None


class Reverse(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    amount: int | None = None
    description: str | None = None
    metadata: dict[str, str] | str | None = None


@route("POST", "/v1/transfers", Create)
async def create(call: Call, params: Create) -> Decided:
    """Pass money on to a connected account."""
    amount = None if params.amount is None else fields.amount(params.amount)
    source = None
    if params.source_transaction:
        source = await the_charge(call, params.source_transaction, param="source_transaction")
    passed = await passing.transfer(
        call.payments,
        giver=call.account,
        destination=params.destination,
        amount=amount,
        currency=fields.currency(params.currency),
        source_charge=source,
        transfer_group=params.transfer_group or None,
        description=params.description or None,
        metadata=merged({}, params.metadata),
    )
    shown = wire.transfer(passed.transfer)
    passed.unit.events.append(call.event("transfer.created", shown))
    return Decided(shown, passed.unit, (ledger_wire.balance_transaction(passed.line),))


@route("GET", "/v1/transfers/{id}")
async def retrieve(call: Call, params: NoParams, transfer_id: str) -> Object:
    """A transfer with its newest reversals."""
    found = await _the_transfer(call, transfer_id)
    return wire.transfer(found, await _reversals(call, found))


@route("POST", "/v1/transfers/{id}", Update)
async def update(call: Call, params: Update, transfer_id: str) -> Decided:
    """Change what is written on it."""
    old = await _the_transfer(call, transfer_id)
    description = old.description if params.description is None else params.description or None
    new = changed(old, description=description, metadata=merged(old.metadata, params.metadata))
    shown = wire.transfer(new, await _reversals(call, new))
    unit = Unit().put(new)
    unit.events.append(call.event("transfer.updated", shown))
    return Decided(shown, unit)


@route("GET", "/v1/transfers", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's transfers, newest first."""
    where = {
        "account_id": call.account.id,
        "destination_id": params.destination,
        "transfer_group": params.transfer_group,
    }
    return await page(call, Transfer, params, where=where, show=wire.transfer)


@route("POST", "/v1/transfers/{id}/reversals", Reverse)
async def reverse(call: Call, params: Reverse, transfer_id: str) -> Decided:
    """Take a transfer back, whole or in part."""
    given = await _the_transfer(call, transfer_id)
    amount = None if params.amount is None else fields.amount(params.amount)
    done = await passing.reverse(
        call.payments, given=given, amount=amount, metadata=merged({}, params.metadata)
    )
    earlier = await _reversals(call, given)
    shown = wire.transfer(done.transfer, [done.reversal, *earlier])
    done.unit.events.append(call.event("transfer.reversed", shown))
    fresh = (shown, ledger_wire.balance_transaction(done.line))
    return Decided(wire.reversal(done.reversal), done.unit, fresh)


@route("GET", "/v1/transfers/{id}/reversals", ListParams)
async def reversals(call: Call, params: ListParams, transfer_id: str) -> Object:
    """A transfer's reversals, newest first."""
    found = await _the_transfer(call, transfer_id)
    where = {"account_id": call.account.id, "transfer_id": found.id}
    return await page(call, Reversal, params, where=where, show=wire.reversal)


@route("GET", "/v1/transfers/{id}/reversals/{reversal}")
async def retrieve_reversal(call: Call, params: NoParams, *ids: str) -> Object:
    """One reversal."""
    transfer_id, reversal_id = ids
    found = await store.get(call.payments.pool, Reversal, reversal_id, account_id=call.account.id)
    if found is None or found.transfer_id != transfer_id:
        raise NotFound.of("transfer_reversal", reversal_id)
    return wire.reversal(found)


async def _the_transfer(call: Call, transfer_id: str) -> Transfer:
    found = await store.get(call.payments.pool, Transfer, transfer_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("transfer", transfer_id, param="transfer")
    return found


async def _reversals(call: Call, found: Transfer) -> list[Reversal]:
    if found.amount_reversed == 0:
        return []
    return await store.select(
        call.payments.pool, Reversal, "transfer_id = $1 ORDER BY id DESC", found.id
    )
