"""/v1/application_fees and their refunds: what a platform earns on its accounts' payments."""

import msgspec

from maalem.payments import store
from maalem.payments.acquiring.connect import application_fee as giving_back
from maalem.payments.acquiring.connect import wire
from maalem.payments.acquiring.connect.records import ApplicationFee, FeeRefund
from maalem.payments.api import fields
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.expand import is_shown, loader
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.errors import NotFound
from maalem.payments.ledger import wire as ledger_wire
from maalem.payments.records import changed
from maalem.payments.units import Unit


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    charge: str | None = None


class Refund(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    amount: int | None = None
    metadata: dict[str, str] | str | None = None


class Update(msgspec.Struct, forbid_unknown_fields=True):
    metadata: dict[str, str] | str | None = None


@route("GET", "/v1/application_fees/{id}")
async def retrieve(call: Call, params: NoParams, fee_id: str) -> Object:
    """A fee with its newest refunds."""
    return await fee_shown(call, await _the_fee(call, fee_id))


@route("GET", "/v1/application_fees", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The platform's fees, newest first; `charge` is the connected account's."""
    where = {"account_id": call.account.id, "charge_id": params.charge}
    found = await page(call, ApplicationFee, params, where=where, show=lambda fee: {"fee": fee})
    found["data"] = [await fee_shown(call, item["fee"]) for item in found["data"]]
    return found


@route("POST", "/v1/application_fees/{id}/refunds", Refund)
async def refund(call: Call, params: Refund, fee_id: str) -> Decided:
    """Give a fee back, whole or in part, to the account that paid it."""
    amount = None if params.amount is None else fields.amount(params.amount)
    done = await giving_back.refund(
        call.payments,
        fee=await _the_fee(call, fee_id),
        amount=amount,
        metadata=merged({}, params.metadata),
    )
    shown = await fee_shown(call, done.fee, newest=done.refund)
    done.unit.events.append(call.event("application_fee.refunded", shown))
    fresh = (shown, ledger_wire.balance_transaction(done.line))
    return Decided(wire.fee_refund(done.refund), done.unit, fresh)


@route("GET", "/v1/application_fees/{id}/refunds", ListParams)
async def refunds(call: Call, params: ListParams, fee_id: str) -> Object:
    """A fee's refunds, newest first."""
    fee = await _the_fee(call, fee_id)
    where = {"account_id": call.account.id, "fee_id": fee.id}
    return await page(call, FeeRefund, params, where=where, show=wire.fee_refund)


@route("GET", "/v1/application_fees/{id}/refunds/{refund}")
async def retrieve_refund(call: Call, params: NoParams, *ids: str) -> Object:
    """One refund of a fee."""
    return wire.fee_refund(await _the_refund(call, *ids))


@route("POST", "/v1/application_fees/{id}/refunds/{refund}", Update)
async def update_refund(call: Call, params: Update, *ids: str) -> Decided:
    """Only its metadata can be changed."""
    old = await _the_refund(call, *ids)
    new = changed(old, metadata=merged(old.metadata, params.metadata))
    unit = Unit().put(new)
    shown, before = wire.fee_refund(new), wire.fee_refund(old)
    unit.events.append(call.event("application_fee.refund.updated", shown, before=before))
    return Decided(shown, unit)


@loader("fee")
async def _expanded(call: Call, fee_id: str) -> Object | None:
    found = await store.get(call.payments.pool, ApplicationFee, fee_id)
    return await fee_shown(call, found) if found and await is_shown(call, found) else None


async def fee_shown(call: Call, fee: ApplicationFee, *, newest: FeeRefund | None = None) -> Object:
    """The fee with its refunds; `newest` is one that is about to be stored."""
    earlier: list[FeeRefund] = []
    if fee.amount_refunded:
        earlier = await store.select(
            call.payments.pool, FeeRefund, "fee_id = $1 ORDER BY id DESC", fee.id
        )
    return wire.application_fee(fee, [newest, *earlier] if newest else earlier)


async def _the_fee(call: Call, fee_id: str) -> ApplicationFee:
    found = await store.get(call.payments.pool, ApplicationFee, fee_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("application_fee", fee_id)
    return found


async def _the_refund(call: Call, fee_id: str, refund_id: str) -> FeeRefund:
    found = await store.get(call.payments.pool, FeeRefund, refund_id, account_id=call.account.id)
    if found is None or found.fee_id != fee_id:
        raise NotFound.of("fee_refund", refund_id)
    return found
