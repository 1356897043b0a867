"""Keep what somebody told of herself, and what follows for her account, in one commit."""

from typing import NamedTuple

import msgspec

from maalem.payments import store
from maalem.payments.accounts import documents, onboarding
from maalem.payments.accounts.people import Person, Safe, new_person, person, told
from maalem.payments.accounts.records import Account
from maalem.payments.context import Payments
from maalem.payments.events.outbox import event
from maalem.payments.files import keep as files
from maalem.payments.hosted.onboarding.typed import Typed
from maalem.payments.records import changed
from maalem.payments.settlement import places
from maalem.payments.settlement.accounts import accounts_shown
from maalem.payments.settlement.records import BankToken, ExternalAccount
from maalem.payments.units import ChangedMeanwhile, Unit

_TRIES = 8


class Known(NamedTuple):
    """An account, who answers for it, and whether it has a bank account to be paid on."""

    account: Account
    person: Person | None
    has_bank: bool


async def known(payments: Payments, account_id: str) -> Known:
    """What there is."""
    account = await store.get(payments.pool, Account, account_id)
    assert account is not None
    person_ = await onboarding.representative(payments.pool, account_id)
    bank = await payments.pool.fetchval(
        "SELECT 1 FROM external_accounts WHERE account_id = $1 AND NOT deleted"
        " AND status IN ('new', 'validated') LIMIT 1",
        account_id,
    )
    return Known(account, person_, bank is not None)


async def keep_picture(payments: Payments, account_id: str, *, content: bytes) -> str:
    """Take a picture in, and return its id. Raises `BadRequest` for what is none."""
    taken = files.taken(
        content,
        account_id=account_id,
        purpose=files.IDENTITY,
        filename=None,
        now=payments.clock.now(),
    )
    await documents.keep(payments, taken, content=content)
    await payments.writer.commit(Unit().put(taken))
    return taken.id


async def keep(payments: Payments, account_id: str, typed: Typed, *, ip: str) -> None:
    """Keep what was typed. Raises `Refused` for a bank account that can't be taken."""
    token = None
    if typed.rib is not None:
        token = await places.take_token(
            payments,
            account_id=account_id,
            rib=typed.rib,
            currency="mad",
            holder_name=typed.holder,
        )
    for left in reversed(range(_TRIES)):
        unit = await _decided(payments, account_id, typed, token=token, ip=ip)
        try:
            await payments.writer.commit(unit)
        except ChangedMeanwhile:
            if left:  # somebody told more of her at this moment
                continue
            raise
        return


async def _decided(
    payments: Payments, account_id: str, typed: Typed, *, token: BankToken | None, ip: str
) -> Unit:
    before = await known(payments, account_id)
    at, unit = payments.clock.now(), Unit()
    after = changed(before.account, **_of_account(payments, before.account, typed, ip=ip))
    behind = before.person
    if typed.person:
        behind = await _person(payments, before, typed, unit=unit)
    place: ExternalAccount | None = None
    if token is not None:
        placed = await places.add(payments, owner=account_id, token=token, default=True, at=at)
        place = placed.place
        unit.puts += placed.unit.puts
        unit.events += placed.unit.events
    rules = onboarding.rules_of(payments)
    after = onboarding.judged(after, behind, rules=rules)
    unit.put(after)
    (shown,) = await accounts_shown(payments, [after], person=behind, place=place)
    (was,) = await accounts_shown(payments, [before.account])
    unit.events.append(event("account.updated", shown, account_id=account_id, at=at, before=was))
    if not after.vouched:
        unit.events += onboarding.capability_events(
            before.account, after, person=behind, rules=rules, at=at
        )
    return unit


def _of_account(
    payments: Payments, account: Account, typed: Typed, *, ip: str
) -> dict[str, object]:
    fields: dict[str, object] = {}
    if typed.company:
        fields["company"] = {**account.company, **typed.company}
    if typed.accepted:
        sealed = Safe(payments.config).close("tos", "ip", value=ip)
        fields["tos"] = {"date": int(payments.clock.now().timestamp()), "ip": sealed}
    return fields


async def _person(payments: Payments, before: Known, typed: Typed, *, unit: Unit) -> Person:
    at, account, old = payments.clock.now(), before.account, before.person
    given = dict(typed.person)
    if old is None:
        given["relationship"] = {"representative": True}
    if "address" in given and old is not None and "address" in old.sealed:
        # What is asked for anew may be one line of two.
        safe = Safe(payments.config)
        there = safe.open(old.id, "address", sealed=old.sealed["address"])
        given["address"] = {**there, **given["address"]}
    fresh = old or new_person(account.id, at=at)
    new = told(fresh, given, safe=Safe(payments.config), at=at, first=old is None)
    new = await onboarding.checked(payments, new)
    unit.put(new)
    what = "person.created" if old is None else "person.updated"
    was = None if old is None else person(old)
    unit.events.append(event(what, person(new), account_id=account.id, at=at, before=was))
    return new


def provided(found: Known) -> set[str]:
    """The fields of which something is known already: they may be left empty."""
    behind, company = found.person, found.account.company
    has = set()
    if behind is not None:
        has |= {name for name in ("first_name", "last_name") if getattr(behind, name)}
        has |= {name for name in ("phone", "id_number") if name in behind.sealed}
        has |= {name for name in ("line1", "city") if name in behind.address_lines}
        has |= {"born"} if "dob" in behind.sealed else set()
    names = {"name": "company_name", "registration_number": "registration", "tax_id": "ice"}
    has |= {names[name] for name, value in company.items() if value and name in names}
    return has | ({"rib", "holder"} if found.has_bank else set())


def refused(found: Known) -> list[str]:
    """The codes of what did not pass, of what is left to be told."""
    errors = found.account.requirements.get("errors", ())
    return [str(each["code"]) for each in msgspec.to_builtins(errors)]
