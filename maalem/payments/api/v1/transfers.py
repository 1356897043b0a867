"""/v1/transfers and their reversals"""

from typing import Literal

import msgspec

from maalem.payments import store
from maalem.payments.acquiring import transfer as passing
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.connect import wire as connected_wire
from maalem.payments.acquiring.connect.taking_back import Words
from maalem.payments.acquiring.records import Reversal, Transfer
from maalem.payments.api import fields
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.api.v1.application_fees import fee_shown
from maalem.payments.api.v1.charges import the_charge
from maalem.payments.errors import NotFound
from maalem.payments.events.outbox import Event
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
    source_type: Literal["card"] = "card"


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
    refund_application_fee: bool = False


class UpdateReversal(msgspec.Struct, forbid_unknown_fields=True):
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
    shown, there = wire.transfer(passed.transfer), connected_wire.payment(passed.payment)
    passed.unit.events += [
        call.event("transfer.created", shown),
        call.event("payment.created", there, owner=passed.payment.account_id),
    ]
    return Decided(shown, passed.unit, (there, ledger_wire.balance_transaction(passed.line)))


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
    reversals = await _reversals(call, new)
    shown, before = wire.transfer(new, reversals), wire.transfer(old, reversals)
    unit = Unit().put(new)
    unit.events.append(call.event("transfer.updated", shown, before=before))
    return Decided(shown, unit)


@route("GET", "/v1/transfers", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's transfers, newest first."""
    where = {
        "account_id": call.account.id,
        "destination_id": params.destination,
        "transfer_group": params.transfer_group,
    }
    answer = await page(call, Transfer, params, where=where, show=lambda found: {"is": found})
    return {**answer, "data": await _many(call, [item["is"] for item in answer["data"]])}


@route("POST", "/v1/transfers/{id}/reversals", Reverse)
async def reverse(call: Call, params: Reverse, transfer_id: str) -> Decided:
    """Take a transfer back, whole or in part."""
    given = await _the_transfer(call, transfer_id)
    amount = None if params.amount is None else fields.amount(params.amount)
    done = await passing.reverse(
        call.payments,
        given=given,
        amount=amount,
        refund_fee=params.refund_application_fee,
        words=Words(merged({}, params.metadata)),
    )
    earlier = await _reversals(call, given)
    shown = wire.transfer(done.back.transfer, [done.back.reversal, *earlier])
    told, fresh = await taken_back(call, done, transfer=shown)
    done.unit.events += told
    return Decided(wire.reversal(done.back.reversal), done.unit, fresh)


@route("GET", "/v1/transfers/{id}/reversals", ListParams)
async def reversals(call: Call, params: ListParams, transfer_id: str) -> Object:
    """A transfer's reversals, newest first."""
    found = await _the_transfer(call, transfer_id)
    where = {"account_id": call.account.id, "transfer_id": found.id}
    return await page(call, Reversal, params, where=where, show=wire.reversal)


@route("GET", "/v1/transfers/{id}/reversals/{reversal}")
async def retrieve_reversal(call: Call, params: NoParams, *ids: str) -> Object:
    """One reversal."""
    return wire.reversal(await _the_reversal(call, *ids))


@route("POST", "/v1/transfers/{id}/reversals/{reversal}", UpdateReversal)
async def update_reversal(call: Call, params: UpdateReversal, *ids: str) -> Decided:
    """Only its metadata can be changed."""
    old = await _the_reversal(call, *ids)
    new = changed(old, metadata=merged(old.metadata, params.metadata))
    return Decided(wire.reversal(new), Unit().put(new))


async def _the_reversal(call: Call, transfer_id: str, reversal_id: str) -> Reversal:
    found = await store.get(call.payments.pool, Reversal, reversal_id, account_id=call.account.id)
    if found is None or found.transfer_id != transfer_id:
        raise NotFound.of("transfer_reversal", reversal_id)
    return found


async def taken_back(
    call: Call, done: passing.TakenBack, *, transfer: Object
) -> tuple[list[Event], tuple[Object, ...]]:
    """The events of a reversal in the name of this request, and what may be expanded of it."""
    back = done.back
    payment = connected_wire.payment(back.payment)
    told = [
        call.event("transfer.reversed", transfer, owner=back.transfer.account_id),
        call.event("charge.refunded", payment, owner=back.payment.account_id),
    ]
    if done.fee is not None:
        fee = await fee_shown(call, done.fee.fee, newest=done.fee.refund)
        told.append(call.event("application_fee.refunded", fee, owner=done.fee.fee.account_id))
    refund = connected_wire.payment_refund(back.refund)
    return told, (transfer, refund, ledger_wire.balance_transaction(back.line))


async def _the_transfer(call: Call, transfer_id: str) -> Transfer:
    found = await store.get(call.payments.pool, Transfer, transfer_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("transfer", transfer_id, param="transfer")
    return found


async def _many(call: Call, found: list[Transfer]) -> list[Object]:
    """Several transfers with their newest reversals, in one reading."""
    of: dict[str, list[Reversal]] = {item.id: [] for item in found if item.amount_reversed}
    if of:
        where = "transfer_id = ANY ($1) ORDER BY id DESC"
        for reversal in await store.select(call.payments.pool, Reversal, where, list(of)):
            of[reversal.transfer_id].append(reversal)
    return [wire.transfer(item, of.get(item.id)) for item in found]


async def _reversals(call: Call, found: Transfer) -> list[Reversal]:
    if found.amount_reversed == 0:
        return []
    return await store.select(
        call.payments.pool, Reversal, "transfer_id = $1 ORDER BY id DESC", found.id
    )
