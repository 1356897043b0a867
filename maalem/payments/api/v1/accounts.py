"""/v1/accounts: the platform's own account and one for each person it pays."""

from ipaddress import ip_address
from typing import Any, Literal

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts import documents, onboarding
from maalem.payments.accounts.levels import CAPABILITIES, INACTIVE
from maalem.payments.accounts.people import Person, Safe, new_person, told
from maalem.payments.accounts.records import ALL_ACTIVE, Account
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
from maalem.payments.api.people import Company, Individual, Terms, company_fields, person_fields
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, Forbidden
from maalem.payments.events.outbox import Event
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
    wallet_payments: Capability | None = None


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
    company: Company | None = None
    individual: Individual | None = None
    tos_acceptance: Terms | None = None
    default_currency: str | None = None
    external_account: str | BankAccountData | None = None
    settings: Settings | None = None
    metadata: dict[str, str] | str | None = None


class Create(Update, forbid_unknown_fields=True, kw_only=True):
    type: Literal["custom", "express", "standard"] = "custom"
    country: str = "MA"


@route("POST", "/v1/accounts", Create)
async def create(call: Call, params: Create) -> Decided:
    """Open a connected account.

    In test mode one that asks for no capability has them all: the platform answers for it, and it
    can be paid at once. Any other has what its level allows (docs/accounts.md).
    """
    if call.account.kind != "platform":
        raise Forbidden("Only a platform can open connected accounts.")
    if len(params.country) != 2 or not params.country.isalpha() or not params.country.isascii():
        raise BadRequest(f"Country '{params.country}' is unknown.", param="country")
    vouched = params.capabilities is None and not call.payments.config.live
    account = Account(
        id=new_id("acct"),
        parent_id=call.account.id,
        country=params.country.upper(),
        metadata=merged({}, params.metadata),
        created_at=call.now,
        vouched=vouched,
        **{"capabilities": dict(ALL_ACTIVE) if vouched else {}, **_given(call, params)},
    )
    return await _judged(call, params, account, before=None)


@route("GET", "/v1/account")
async def own(call: Call, params: NoParams) -> Object:
    """The account that the key belongs to, or that it acts for."""
    return await account_shown(call, await the_account(call, call.account.id))


@route("GET", "/v1/accounts/{id}")
async def retrieve(call: Call, params: NoParams, account_id: str) -> Object:
    """The caller's own account or one connected to it."""
    return await account_shown(call, await the_account(call, account_id))


@route("POST", "/v1/accounts/{id}", Update)
async def update(call: Call, params: Update, account_id: str) -> Decided:
    """Change what is given, keep the rest."""
    old = await the_account(call, account_id)
    metadata = merged(old.metadata, params.metadata)
    new = changed(old, metadata=metadata, **_given(call, params, old=old))
    return await _judged(call, params, new, before=old)


async def _judged(
    call: Call, params: Update, account: Account, *, before: Account | None
) -> Decided:
    """The account as what is known of it allows, with the unit that stores it."""
    person = await _behind(call, params, account)
    rules = onboarding.rules_of(call.payments)
    account = onboarding.judged(account, person, rules=rules)
    unit = Unit().put(account)
    if person is not None and params.individual is not None:
        unit.put(person)
    shown = await _with_payouts(call, params, account, unit=unit, person=person)
    if before is not None:
        was = await account_shown(call, before)
        unit.events.append(call.event("account.updated", shown, before=was, owner=account.id))
    changes = onboarding.capability_events(before, account, person=person, rules=rules, at=call.now)
    if not account.vouched:
        unit.events += [named(call, event) for event in changes]
    return Decided(shown, unit)


async def _behind(call: Call, params: Update, account: Account) -> Person | None:
    """Who answers for the account, as she will be with what `params` tells of her."""
    old = await onboarding.representative(call.payments.pool, account.id)
    if params.individual is None:
        return old
    if account.business_type not in (None, "individual"):
        raise BadRequest(
            "A company's people are sent to /v1/accounts/{id}/persons.", param="individual"
        )
    given = person_fields(
        params.individual,
        today=call.now.date(),
        old=old.metadata if old else {},
        prefix="individual",
    )
    await check_document(call, given, account=account, within="individual")
    given["relationship"] = {"representative": True}
    fresh = old or new_person(account.id, at=call.now)
    safe = Safe(call.payments.config)
    person = told(fresh, given, safe=safe, at=call.now, first=old is None)
    return await onboarding.checked(call.payments, person)


@route("GET", "/v1/accounts", ListParams)
async def listing(call: Call, params: ListParams) -> Object:
    """The connected accounts, newest first."""
    found: list[Account] = []

    def kept(account: Account) -> Object:
        found.append(account)
        return {}

    shown = await page(
        call, Account, params, where={"parent_id": call.account.id, "deleted": False}, show=kept
    )
    return {**shown, "data": await accounts_shown(call.payments, found)}


async def _with_payouts(
    call: Call, params: Update, account: Account, *, unit: Unit, person: Person | None
) -> Object:
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
    return await account_shown(call, account, schedule=schedule, place=place, person=person)


def _given(call: Call, params: Update, *, old: Account | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"email": params.email, "business_type": params.business_type}
    laid: dict[str, Any] = {}
    if params.company is not None:
        laid["company"] = {**(old.company if old else {}), **company_fields(params.company)}
    if params.tos_acceptance is not None:
        laid["tos"] = {**(old.tos if old else {}), **_terms(call, params.tos_acceptance)}
    if params.capabilities is not None:
        laid["capabilities"] = asked_for(
            old.capabilities if old else {},
            {
                name: given.requested
                for name in CAPABILITIES
                if (given := getattr(params.capabilities, name)) is not None
            },
        )
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
    return {name: value or None for name, value in found.items() if value is not None} | laid


async def check_document(
    call: Call, given: dict[str, Any], *, account: Account, within: str
) -> None:
    """Raise unless the picture that is given (if one is) can be read, and is the account's or its
    platform's."""
    name = given.get("document_front")
    if name is None or documents.is_documented(call.payments, name):
        return
    head = f"{within}[verification]" if within else "verification"
    owners = (account.id, account.parent_id)
    await documents.usable(call.payments, name, owners=owners, param=f"{head}[document][front]")


def asked_for(old: dict[str, str], given: dict[str, bool]) -> dict[str, str]:
    """Capabilities with those that are asked for, and without those that are given up."""
    asked = {name: old.get(name, INACTIVE) for name, wanted in given.items() if wanted}
    kept = {name: status for name, status in old.items() if given.get(name, True)}
    return {**kept, **asked}


def _terms(call: Call, given: Terms) -> dict[str, Any]:
    """When the terms were accepted, and from where: the address is sealed."""
    found: dict[str, Any] = {}
    if given.date is not None:
        if not 0 < given.date <= call.now.timestamp() + 300:
            raise BadRequest("Invalid timestamp: not in the past.", param="tos_acceptance[date]")
        found["date"] = given.date
    if given.ip is not None:
        try:
            ip_address(given.ip)
        except ValueError:
            raise BadRequest("Not an IP address.", param="tos_acceptance[ip]") from None
        found["ip"] = Safe(call.payments.config).close("tos", "ip", value=given.ip)
    return found


def named(call: Call, event: Event) -> Event:
    """An event in the name of this request."""
    return event._replace(request_id=call.request_id, idempotency_key=call.idempotency_key)


async def the_account(call: Call, account_id: str) -> Account:
    """The caller's own account or one connected to it, or `Forbidden`."""
    found = await store.get(call.payments.pool, Account, account_id)
    if found is None or found.deleted or call.account.id not in (found.id, found.parent_id):
        raise Forbidden(
            "The provided key does not have access to account"
            f" '{account_id}' (or that account does not exist).",
            code="account_invalid",
        )
    return found
