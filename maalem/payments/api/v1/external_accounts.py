"""/v1/accounts/{id}/external_accounts: the bank accounts that an account is paid to."""

from typing import Literal

import msgspec

from maalem.payments import store
from maalem.payments.api.bank_accounts import BankAccountData, join, place_in
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.api.v1.accounts import the_account
from maalem.payments.errors import NotFound
from maalem.payments.settlement import places, wire
from maalem.payments.settlement.records import ExternalAccount
from maalem.payments.units import Unit


class Create(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    external_account: str | BankAccountData
    default_for_currency: bool | None = None
    metadata: dict[str, str] | str | None = None


class Update(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    account_holder_name: str | None = None
    account_holder_type: Literal["individual", "company"] | None = None
    default_for_currency: bool | None = None
    metadata: dict[str, str] | str | None = None


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    object: Literal["bank_account", "card"] | None = None


@route("POST", "/v1/accounts/{id}/external_accounts", Create)
async def create(call: Call, params: Create, account_id: str) -> Decided:
    """Add a bank account. Another one than before waits for its first payout."""
    owner = await the_account(call, account_id)
    unit = Unit()
    place = await place_in(
        call,
        unit,
        owner=owner.id,
        given=params.external_account,
        default=params.default_for_currency,
        metadata=merged({}, params.metadata),
    )
    return Decided(wire.external_account(place), unit)


@route("GET", "/v1/accounts/{id}/external_accounts/{place}")
async def retrieve(call: Call, params: NoParams, *ids: str) -> Object:
    """A bank account, without its number."""
    return wire.external_account(await _the_place(call, *ids))


@route("POST", "/v1/accounts/{id}/external_accounts/{place}", Update)
async def update(call: Call, params: Update, *ids: str) -> Decided:
    """Change the holder, the metadata, or make it the default. The number stays."""
    old = await _the_place(call, *ids)
    placed = await places.update(
        call.payments,
        old,
        holder_name=params.account_holder_name,
        holder_type=params.account_holder_type,
        default=params.default_for_currency,
        metadata=merged(old.metadata, params.metadata),
        at=call.now,
    )
    return _decided(call, placed)


@route("DELETE", "/v1/accounts/{id}/external_accounts/{place}")
async def delete(call: Call, params: NoParams, *ids: str) -> Decided:
    """Take a bank account away."""
    old = await _the_place(call, *ids)
    return _decided(call, await places.remove(call.payments, old, at=call.now))


@route("GET", "/v1/accounts/{id}/external_accounts", Listing)
async def listing(call: Call, params: Listing, account_id: str) -> Object:
    """An account's bank accounts, newest first. There are no cards among them."""
    owner = await the_account(call, account_id)
    where = {
        "account_id": owner.id,
        "deleted": False,
        "country": "" if params.object == "card" else None,
    }
    return await page(call, ExternalAccount, params, where=where, show=wire.external_account)


def _decided(call: Call, placed: places.Placed) -> Decided:
    unit = Unit()
    join(call, unit, placed.unit)
    return Decided(wire.external_account(placed.place), unit)


async def _the_place(call: Call, account_id: str, place_id: str) -> ExternalAccount:
    owner = await the_account(call, account_id)
    found = await store.get(call.payments.pool, ExternalAccount, place_id, account_id=owner.id)
    if found is None or found.deleted:
        raise NotFound.of("external account", place_id)
    return found
