"""/v1/payouts: from an account's balance to her bank."""

from typing import Literal

import msgspec

from maalem.payments import store
from maalem.payments.accounts import officers
from maalem.payments.api import fields
from maalem.payments.api.bank_accounts import join
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, Range, between, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, NotFound, Refused
from maalem.payments.ledger import wire as ledger_wire
from maalem.payments.records import changed
from maalem.payments.settlement import making, wire
from maalem.payments.settlement.records import Approval, Payout
from maalem.payments.units import Unit

AMOUNT_MAX = 10**12
DESCRIPTOR_MAX = 22
_ARRIVAL = "arrival_date::timestamp AT TIME ZONE 'UTC'"


class Create(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    amount: int
    currency: str
    destination: str | None = None
    description: str | None = None
    metadata: dict[str, str] | str | None = None
    method: Literal["standard", "instant"] = "standard"
    source_type: Literal["card", "bank_account", "fpx"] = "card"
    statement_descriptor: str | None = None


class Update(msgspec.Struct, forbid_unknown_fields=True):
    metadata: dict[str, str] | str | None = None


class Reverse(msgspec.Struct, forbid_unknown_fields=True):
    metadata: dict[str, str] | str | None = None


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    status: Literal["pending", "in_transit", "paid", "failed", "canceled"] | None = None
    destination: str | None = None
    arrival_date: Range | int | None = None


@route("POST", "/v1/payouts", Create)
async def create(call: Call, params: Create) -> Decided:
    """Pay available money out to a bank account."""
    if params.method == "instant":
        raise Refused(
            "Moroccan banks are paid by standard payouts only.",
            code="instant_payouts_unsupported",
            param="method",
        )
    made = await making.make(
        call.payments,
        account=call.account,
        amount=_amount(params.amount),
        currency=fields.currency(params.currency),
        to=params.destination,
        description=params.description or None,
        statement_descriptor=_descriptor(params.statement_descriptor),
        metadata=merged({}, params.metadata),
        request_id=call.request_id,
        idempotency_key=call.idempotency_key,
    )
    return _decided(call, made)


@route("GET", "/v1/payouts/{id}")
async def retrieve(call: Call, params: NoParams, payout_id: str) -> Object:
    """A payout."""
    return wire.payout(await _the_payout(call, payout_id))


@route("POST", "/v1/payouts/{id}", Update)
async def update(call: Call, params: Update, payout_id: str) -> Decided:
    """Only its metadata can be changed."""
    old = await _the_payout(call, payout_id)
    new = changed(old, metadata=merged(old.metadata, params.metadata))
    shown = wire.payout(new)
    unit = Unit().put(new)
    unit.events.append(call.event("payout.updated", shown, before=wire.payout(old)))
    return Decided(shown, unit)


@route("GET", "/v1/payouts", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's payouts, newest first."""
    where = {
        "account_id": call.account.id,
        "status": params.status,
        "destination_id": params.destination,
    }
    # A day stands for its first second, as on the wire.
    bounds = [(f"{_ARRIVAL} {sign}", at) for sign, at in between(params.arrival_date)]
    return await page(call, Payout, params, where=where, show=wire.payout, bounds=bounds)


@route("POST", "/v1/payouts/{id}/cancel")
async def cancel(call: Call, params: NoParams, payout_id: str) -> Decided:
    """Take back a payout that is not on its way yet."""
    return _decided(call, making.cancel(call.payments, await _the_payout(call, payout_id)))


@route("POST", "/v1/payouts/{id}/reverse", Reverse)
async def reverse(call: Call, params: Reverse, payout_id: str) -> Decided:
    """Never: we can't take money from a Moroccan bank account."""
    found = await _the_payout(call, payout_id)
    raise Refused(
        f"Payout {found.id} can't be reversed: bank accounts in Morocco can't be debited. Cancel a"
        " pending payout; one that the bank returns comes back by itself.",
        code="payout_unexpected_state",
    )


@route("POST", "/v1/payouts/{id}/approve", resource="payout_approval")
async def approve(call: Call, params: NoParams, payout_id: str) -> Decided:
    """An officer's yes to a payout that needs two (not Stripe's). Who she is, her key says."""
    officer = await officers.of_key(call.payments.pool, call.caller.key)
    assert officer is not None  # see access.OFFICER_ONLY
    payout = await _the_payout(call, payout_id)
    done = making.approve(
        call.payments,
        payout,
        officer=officer,
        given=await making.given(call.payments, payout),
        request_id=call.request_id,
    )
    unit = Unit()
    join(call, unit, done.unit)
    return Decided(wire.payout(done.payout), unit)


@route("GET", "/v1/payouts/{id}/approvals", ListParams)
async def approvals(call: Call, params: ListParams, payout_id: str) -> Object:
    """Who said yes, and when (not Stripe's)."""
    found = await _the_payout(call, payout_id)
    where = {"account_id": call.account.id, "payout_id": found.id}
    return await page(call, Approval, params, where=where, show=wire.approval)


def _decided(call: Call, made: making.Made) -> Decided:
    unit = Unit()
    join(call, unit, made.unit)
    fresh = (ledger_wire.balance_transaction(made.line),) if made.line else ()
    return Decided(wire.payout(made.payout), unit, fresh)


def _amount(value: int) -> int:
    if value < 1:
        raise BadRequest(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer" if value < 0 else "amount_too_small",
            param="amount",
        )
    if value > AMOUNT_MAX:
        raise BadRequest(
            f"Amount must be no more than {AMOUNT_MAX}.", code="amount_too_large", param="amount"
        )
    return value


def _descriptor(value: str | None) -> str | None:
    """At most 22 characters, and nothing that a bank file can't carry."""
    if not value:
        return None
    if len(value) > DESCRIPTOR_MAX or not value.isprintable() or set(value) & set("<>\\'\"*"):
        raise BadRequest(
            f"A statement descriptor has up to {DESCRIPTOR_MAX} characters, none of <>\\'\"*.",
            param="statement_descriptor",
        )
    return value


async def _the_payout(call: Call, payout_id: str) -> Payout:
    found = await store.get(call.payments.pool, Payout, payout_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("payout", payout_id, param="payout")
    return found
