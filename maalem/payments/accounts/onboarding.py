"""Keep an account's standing true to what is known of it, and of who answers for it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from maalem.payments import store
from maalem.payments.accounts import documents, wire
from maalem.payments.accounts.levels import Facts, Rules, rules_at, standing
from maalem.payments.accounts.people import Person, Safe, provided
from maalem.payments.accounts.records import Account
from maalem.payments.context import Payments
from maalem.payments.db import Pool
from maalem.payments.events.outbox import Event, event
from maalem.payments.rails.ports import Identity
from maalem.payments.records import changed
from maalem.payments.units import Unit

BATCH = 100


class Followed(NamedTuple):
    """A person whose check has come to an end, her account then and until now, and the unit that
    says so."""

    person: Person
    account: Account
    unit: Unit
    before: Account


def rules_of(payments: Payments) -> Rules:
    """The levels that hold today."""
    return rules_at(payments.clock.now().date(), caps=payments.config.level_caps)


async def representative(pool: Pool, account_id: str) -> Person | None:
    """The person who answers for an account."""
    return await store.first(
        pool,
        Person,
        "account_id = $1 AND NOT deleted AND (relationship ->> 'representative')::boolean",
        account_id,
    )


async def representatives(pool: Pool, account_ids: Sequence[str]) -> Sequence[Person]:
    """The persons who answer for those accounts."""
    return await store.select(
        pool,
        Person,
        "account_id = ANY($1) AND NOT deleted AND (relationship ->> 'representative')::boolean",
        account_ids,
    )


def facts_of(account: Account, person: Person | None) -> Facts:
    """What is known of an account, as its levels ask for it."""
    company = account.business_type not in (None, "individual")
    prefix = "representative" if company else "individual"
    known = {f"company.{name}" for name, value in account.company.items() if value}
    known |= {f"tos_acceptance.{name}" for name, value in account.tos.items() if value}
    checks: dict[str, str] = {}
    errors: dict[str, str] = {}
    if person is not None:
        known |= provided(person, prefix)
        for need, word, code in (
            ("id_number", person.identity, person.identity_code),
            ("verification.document", person.document, person.document_code),
        ):
            if word != "unverified":
                checks[f"{prefix}.{need}"] = word
            if code is not None:
                errors[f"{prefix}.{need}"] = code
    return Facts(
        requested=tuple(account.capabilities),
        provided=frozenset(known),
        checks=checks,
        errors=errors,
        business_type=account.business_type,
        prefix=prefix,
        rejected=account.rejected,
        vouched=account.vouched,
    )


def judged(account: Account, person: Person | None, *, rules: Rules) -> Account:
    """`account` (about to be stored) with the level, capabilities and requirements it has now."""
    if account.kind == "platform":
        return account
    found = standing(facts_of(account, person), rules)
    return msgspec.structs.replace(
        account,
        level=found.level,
        capabilities=found.capabilities,
        requirements=found.requirements,
        charges_enabled=found.charges_enabled,
        payouts_enabled=found.payouts_enabled,
        details_submitted=not found.requirements["currently_due"],
    )


def capability(account: Account, person: Person | None, name: str, *, rules: Rules) -> Any:
    """The `capability` object."""
    found = standing(replace(facts_of(account, person), requested=(name,)), rules)
    return wire.capability(
        account, name, status=account.capabilities.get(name), requirements=found.requirements
    )


def capability_events(
    before: Account | None, after: Account, *, person: Person | None, rules: Rules, at: datetime
) -> list[Event]:
    """`capability.updated` for each that was asked for, or has another status than before."""
    old = before.capabilities if before is not None else {}
    return [
        event(
            "capability.updated",
            capability(after, person, name, rules=rules),
            account_id=after.id,
            at=at,
        )
        for name, status in after.capabilities.items()
        if old.get(name) != status
    ]


async def checked(payments: Payments, person: Person) -> Person:
    """`person` (about to be stored) with what the register says of what waits to be checked."""
    if "pending" not in (person.identity, person.document) or person.submitted_at is None:
        return person
    safe = Safe(payments.config)
    secrets = {
        name: safe.open(person.id, name, sealed=person.sealed[name])
        for name in ("id_number", "dob")
        if name in person.sealed
    }
    shown = await _shown(payments, person)
    answer = await payments.rails.identity.check(
        Identity(
            id_number=secrets.get("id_number"),
            born=secrets.get("dob"),
            first_name=person.first_name,
            last_name=person.last_name,
            document=person.document_front,
            document_size=shown.size if shown else 0,
            submitted_at=person.submitted_at,
        )
    )
    fields: dict[str, Any] = {}
    if person.identity == "pending":
        fields |= {"identity": answer.identity, "identity_code": answer.identity_code}
    if person.document == "pending":
        fields |= {"document": answer.document, "document_code": answer.document_code}
    return msgspec.structs.replace(person, **fields)


async def _shown(payments: Payments, person: Person) -> documents.Picture | None:
    """The picture that is to be checked, read anew: what can't be read does not count."""
    name = person.document_front
    if person.document != "pending" or name is None or documents.is_documented(payments, name):
        return None
    account = await store.get(payments.pool, Account, person.account_id)
    owners = (person.account_id, account.parent_id if account else None)
    return await documents.seen(payments, name, owners=owners)


async def waiting(payments: Payments, *, but: Sequence[str] = ()) -> Sequence[Person]:
    """Persons whose check has not come to an end, but for those that are left out."""
    return await store.select(
        payments.pool,
        Person,
        "NOT deleted AND (identity = 'pending' OR document = 'pending') AND id <> ALL($1)"
        f" ORDER BY id LIMIT {BATCH:d}",
        but,
    )


async def follow(payments: Payments, old: Person) -> Followed | None:
    """Ask again about a person; None while there is nothing new."""
    person = await checked(payments, changed(old))
    if (person.identity, person.document) == (old.identity, old.document):
        return None
    account = await store.get(payments.pool, Account, old.account_id)
    assert account is not None
    unit = Unit().put(person)
    if not person.relationship.get("representative") or account.deleted:
        return Followed(person, account, unit, before=account)
    rules, at = rules_of(payments), payments.clock.now()
    after = judged(changed(account), person, rules=rules)
    unit.put(after)
    unit.events += capability_events(account, after, person=person, rules=rules, at=at)
    return Followed(person, after, unit, before=account)
