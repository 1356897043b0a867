"""What hangs on an account: its capabilities, its people, its end."""

from typing import Literal

import msgspec

from maalem.payments import store
from maalem.payments.accounts import onboarding
from maalem.payments.accounts import wire as accounts_wire
from maalem.payments.accounts.keys import ApiKey
from maalem.payments.accounts.levels import CAPABILITIES
from maalem.payments.accounts.people import Person, Safe, forgotten, new_person, person, told
from maalem.payments.accounts.records import Account
from maalem.payments.api.bank_accounts import account_shown
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.people import PersonData, person_fields
from maalem.payments.api.routes import route
from maalem.payments.api.v1.accounts import asked_for, check_document, named, the_account
from maalem.payments.errors import BadRequest, NotFound, Refused
from maalem.payments.records import changed
from maalem.payments.units import Unit


class Request(msgspec.Struct, forbid_unknown_fields=True):
    requested: bool


class Reject(msgspec.Struct, forbid_unknown_fields=True):
    reason: Literal["fraud", "terms_of_service", "other"]


@route("GET", "/v1/accounts/{id}/capabilities")
async def capabilities(call: Call, params: NoParams, account_id: str) -> Object:
    """What the account may do, or might ask to do."""
    account = await the_account(call, account_id)
    behind = await onboarding.representative(call.payments.pool, account.id)
    rules = onboarding.rules_of(call.payments)
    return {
        "object": "list",
        "url": call.path,
        "has_more": False,
        "data": [
            onboarding.capability(account, behind, name, rules=rules) for name in CAPABILITIES
        ],
    }


@route("GET", "/v1/accounts/{id}/capabilities/{capability}")
async def capability(call: Call, params: NoParams, *ids: str) -> Object:
    """One of them, with what it still needs."""
    account_id, name = ids
    account = await the_account(call, account_id)
    behind = await onboarding.representative(call.payments.pool, account.id)
    return _capability(call, account, behind, name=name)


@route("POST", "/v1/accounts/{id}/capabilities/{capability}", Request)
async def request(call: Call, params: Request, *ids: str) -> Decided:
    """Ask for a capability, or give it up."""
    account_id, name = ids
    old = await the_account(call, account_id)
    if name not in CAPABILITIES:
        raise NotFound.of("capability", name, param="capability")
    new = changed(old, capabilities=asked_for(old.capabilities, {name: params.requested}))
    unit = Unit()
    behind = await onboarding.representative(call.payments.pool, old.id)
    new = await _stands(call, unit, new, before=old, behind=behind)
    return Decided(_capability(call, new, behind, name=name), unit)


@route("GET", "/v1/accounts/{id}/persons", ListParams)
async def people(call: Call, params: ListParams, account_id: str) -> Object:
    """Who is known of the account, newest first."""
    account = await the_account(call, account_id)
    where = {"account_id": account.id, "deleted": False}
    return await page(call, Person, params, where=where, show=person)


@route("POST", "/v1/accounts/{id}/persons", PersonData)
async def add_person(call: Call, params: PersonData, account_id: str) -> Decided:
    """Tell of somebody."""
    account = await the_account(call, account_id)
    fresh = new_person(account.id, at=call.now)
    return await _told(call, params, fresh, account=account, first=True)


@route("GET", "/v1/accounts/{id}/persons/{person}")
async def retrieve_person(call: Call, params: NoParams, *ids: str) -> Object:
    """Somebody, without what is secret of her."""
    _, found = await _the_person(call, *ids)
    return person(found)


@route("POST", "/v1/accounts/{id}/persons/{person}", PersonData)
async def update_person(call: Call, params: PersonData, *ids: str) -> Decided:
    """Tell more of somebody, or correct it: what is checked is checked again."""
    account, old = await _the_person(call, *ids)
    return await _told(call, params, old, account=account)


@route("DELETE", "/v1/accounts/{id}/persons/{person}")
async def remove_person(call: Call, params: NoParams, *ids: str) -> Decided:
    """Forget somebody: her name and all that was sealed."""
    account, old = await _the_person(call, *ids)
    if old.relationship.get("representative") and account.business_type in (None, "individual"):
        raise Refused("An individual's account can't do without its person.", param="person")
    gone = forgotten(old)
    unit = Unit().put(gone)
    unit.events.append(call.event("person.deleted", person(gone), owner=account.id))
    if old.relationship.get("representative"):
        await _stands(call, unit, changed(account), before=account, behind=None)
    return Decided(person(gone), unit)


@route("POST", "/v1/accounts/{id}/reject", Reject)
async def reject(call: Call, params: Reject, account_id: str) -> Decided:
    """Stop an account for good: nothing comes in and nothing goes out."""
    old = _connected(call, await the_account(call, account_id))
    unit = Unit()
    behind = await onboarding.representative(call.payments.pool, old.id)
    rejected = changed(old, rejected=params.reason)
    new = await _stands(call, unit, rejected, before=old, behind=behind)
    return Decided(await account_shown(call, new, person=behind), unit)


@route("DELETE", "/v1/accounts/{id}")
async def delete(call: Call, params: NoParams, account_id: str) -> Decided:
    """Close an account that holds nothing; forget its people and end its keys. Books stay."""
    old = _connected(call, await the_account(call, account_id))
    holds = await call.payments.pool.fetchval(
        "SELECT 1 FROM ledger.accounts WHERE owner = $1 AND (credits_posted <> debits_posted"
        " OR credits_pending <> 0 OR debits_pending <> 0) LIMIT 1",
        old.id,
    )
    if holds is not None:
        raise Refused(
            "An account is deleted when its balance is zero and nothing is owed on it.",
            code="account_balance_not_zero",
        )
    pool = call.payments.pool
    new = changed(
        old,
        deleted=True,
        charges_enabled=False,
        payouts_enabled=False,
        capabilities={},
        email=None,
        support_phone=None,
        support_email=None,
        tos={},
        metadata={},
    )
    unit = Unit().put(new)
    for one in await store.select(pool, Person, "account_id = $1 AND NOT deleted", old.id):
        unit.put(forgotten(one))
    for key in await store.select(pool, ApiKey, "account_id = $1 AND revoked_at IS NULL", old.id):
        unit.put(changed(key, revoked_at=call.now))
    return Decided(accounts_wire.account(new), unit)


async def _told(
    call: Call, params: PersonData, old: Person, /, *, account: Account, first: bool = False
) -> Decided:
    given = person_fields(params, today=call.now.date(), old=old.metadata)
    await check_document(call, given, account=account, within="")
    safe = Safe(call.payments.config)
    new = told(old, given, safe=safe, at=call.now, first=first)
    new = await onboarding.checked(call.payments, new)
    unit = Unit()
    answers = bool(new.relationship.get("representative"))
    if answers:
        known = await onboarding.representative(call.payments.pool, account.id)
        if known is not None and known.id != new.id:
            raise BadRequest(
                "Another person answers for this account already.",
                param="relationship[representative]",
            )
    unit.put(new)
    what = "person.created" if first else "person.updated"
    was = None if first else person(old)
    unit.events.append(call.event(what, person(new), before=was, owner=account.id))
    if answers or old.relationship.get("representative"):
        behind = new if answers else None
        await _stands(call, unit, changed(account), before=account, behind=behind)
    return Decided(person(new), unit)


async def _stands(
    call: Call, unit: Unit, account: Account, /, *, before: Account, behind: Person | None
) -> Account:
    """Store the account as it stands now, and tell of what that changes."""
    rules = onboarding.rules_of(call.payments)
    new = onboarding.judged(account, behind, rules=rules)
    unit.put(new)
    shown = await account_shown(call, new, person=behind)
    was = await account_shown(call, before)
    unit.events.append(call.event("account.updated", shown, before=was, owner=new.id))
    for event in onboarding.capability_events(before, new, person=behind, rules=rules, at=call.now):
        unit.events.append(named(call, event))
    return new


def _capability(call: Call, account: Account, behind: Person | None, /, *, name: str) -> Object:
    if name not in CAPABILITIES:
        raise NotFound.of("capability", name, param="capability")
    rules = onboarding.rules_of(call.payments)
    shown: Object = onboarding.capability(account, behind, name, rules=rules)
    return shown


def _connected(call: Call, account: Account) -> Account:
    if account.parent_id != call.account.id:
        raise Refused("Only a platform ends an account, and only a connected one.")
    return account


async def _the_person(call: Call, account_id: str, person_id: str) -> tuple[Account, Person]:
    account = await the_account(call, account_id)
    found = await store.get(call.payments.pool, Person, person_id, account_id=account.id)
    if found is None or found.deleted:
        raise NotFound.of("person", person_id, param="person")
    return account, found
