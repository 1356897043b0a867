"""/v1/accounts: the platform's own account and one for each person it pays."""

from typing import Any, Literal

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.api import fields
from maalem.payments.api.bank_accounts import (
    BankAccountData,
    account_shown,
    accounts_shown,
    place_in,
)
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, Forbidden
from maalem.payments.records import changed
from maalem.payments.settlement.records import Schedule
from maalem.payments.settlement.schedules import default_schedule, rescheduled
from maalem.payments.units import Unit


class BusinessProfile(msgspec.Struct, forbid_unknown_fields=True):
    name: str | None = None
    url: str | None = None
    mcc: str | None = None
    product_description: str | None = None
    support_phone: str | None = None
    support_email: fields.Email | None = None


class Capability(msgspec.Struct, forbid_unknown_fields=True):
    requested: bool


class Capabilities(msgspec.Struct, forbid_unknown_fields=True):
    card_payments: Capability | None = None
    transfers: Capability | None = None


class PayoutSchedule(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    interval: Literal["manual", "daily", "weekly", "monthly"] | None = None
    delay_days: int | Literal["minimum"] | None = None
    weekly_anchor: str | None = None
    monthly_anchor: int | None = None


class PayoutSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    schedule: PayoutSchedule | None = None
    statement_descriptor: fields.Descriptor | None = None
    debit_negative_balances: Literal[False] | None = None


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    payouts: PayoutSettings | None = None


class Update(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    email: fields.Email | None = None
    business_type: Literal["individual", "company", "non_profit", "government_entity"] | None = None
    business_profile: BusinessProfile | None = None
    capabilities: Capabilities | None = None
    default_currency: str | None = None
    external_account: str | BankAccountData | None = None
    settings: Settings | None = None
    metadata: dict[str, str] | str | None = None


class Create(Update, forbid_unknown_fields=True, kw_only=True):
    type: Literal["custom", "express", "standard"] = "custom"
    country: str = "MA"


@route("POST", "/v1/accounts", Create)
async def create(call: Call, params: Create) -> Decided:
    """Open a connected account. It can be paid at once."""
    if call.account.kind != "platform":
        raise Forbidden("Only a platform can open connected accounts.")
    if len(params.country) != 2 or not params.country.isalpha() or not params.country.isascii():
        raise BadRequest(f"Country '{params.country}' is unknown.", param="country")
    account = Account(
        id=new_id("acct"),
        parent_id=call.account.id,
        country=params.country.upper(),
        metadata=merged({}, params.metadata),
        created_at=call.now,
        **_given(params),
    )
    unit = Unit().put(account)
    return Decided(await _with_payouts(call, params, account, unit=unit), unit)


@route("GET", "/v1/account")
async def own(call: Call, params: NoParams) -> Object:
    """The account that the key belongs to, or that it acts for."""
    return await account_shown(call, call.account)


@route("GET", "/v1/accounts/{id}")
async def retrieve(call: Call, params: NoParams, account_id: str) -> Object:
    """The caller's own account or one connected to it."""
    return await account_shown(call, await the_account(call, account_id))


@route("POST", "/v1/accounts/{id}", Update)
async def update(call: Call, params: Update, account_id: str) -> Decided:
    """Change what is given, keep the rest."""
    old = await the_account(call, account_id)
    new = changed(old, metadata=merged(old.metadata, params.metadata), **_given(params))
    unit = Unit().put(new)
    shown = await _with_payouts(call, params, new, unit=unit)
    unit.events.append(call.event("account.updated", shown, owner=new.id))
    return Decided(shown, unit)


@route("GET", "/v1/accounts", ListParams)
async def listing(call: Call, params: ListParams) -> Object:
    """The connected accounts, newest first."""
    found: list[Account] = []

    def kept(account: Account) -> Object:
        found.append(account)
        return {}

    shown = await page(call, Account, params, where={"parent_id": call.account.id}, show=kept)
    return {**shown, "data": await accounts_shown(call, found)}


async def _with_payouts(call: Call, params: Update, account: Account, *, unit: Unit) -> Object:
    """The account as it will be, with the bank account and the schedule that `params` gives it."""
    schedule = place = None
    if params.external_account is not None:
        place = await place_in(
            call, unit, owner=account.id, given=params.external_account, default=True
        )
    given = params.settings.payouts if params.settings else None
    if given is not None:
        config = call.payments.config
        chosen = await store.get(call.payments.pool, Schedule, account.id)
        plan = given.schedule or PayoutSchedule()
        schedule = rescheduled(
            chosen or default_schedule(config, account),
            config,
            interval=plan.interval,
            delay_days=plan.delay_days,
            weekly_anchor=plan.weekly_anchor,
            monthly_anchor=plan.monthly_anchor,
            statement_descriptor=given.statement_descriptor,
        )
        unit.put(schedule)
    return await account_shown(call, account, schedule=schedule, place=place)


def _given(params: Update) -> dict[str, Any]:
    found: dict[str, Any] = {"email": params.email, "business_type": params.business_type}
    if params.default_currency is not None:
        found["default_currency"] = fields.currency(
            params.default_currency, param="default_currency"
        )
    if params.business_profile is not None:
        profile = params.business_profile
        if profile.url:
            fields.url(profile.url, param="business_profile[url]")
        found |= {
            "business_name": profile.name,
            "business_url": profile.url,
            "business_mcc": profile.mcc,
            "product_description": profile.product_description,
            "support_phone": profile.support_phone,
            "support_email": profile.support_email,
        }
    return {name: value or None for name, value in found.items() if value is not None}


async def the_account(call: Call, account_id: str) -> Account:
    """The caller's own account or one connected to it, or `Forbidden`."""
    found = await store.get(call.payments.pool, Account, account_id)
    if found is None or call.account.id not in (found.id, found.parent_id):
        raise Forbidden(
            "The provided key does not have access to account"
            f" '{account_id}' (or that account does not exist).",
            code="account_invalid",
        )
    return found
