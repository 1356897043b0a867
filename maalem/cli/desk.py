"""What is done by hand: `maalem findings`, `maalem bank …`, `approve`, `disputes`, `parked`."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from maalem.cli import secrets_file
from maalem.cli.bank import deed_line
from maalem.cli.installation import Installation
from maalem.cli.plain import printable
from maalem.cli.verify import books_of

if TYPE_CHECKING:
    from maalem.payments.accounts.officers import Officer
    from maalem.payments.context import Payments

T = TypeVar("T")
TAKES_TARGET = {"match": "what it is", "give": "whose it is", "offset": "the other line"} | {
    "accept": "scheme or interchange"
}


def deed(words: Any) -> int:
    """Do or propose one deed; 1 where it can't be, 2 where something was not said."""
    kind, about, target = words.deed, words.about, getattr(words, "target", None)
    if not about or not words.note:
        return say(f"maalem … {kind} WHAT --key YOUR_KEY_FILE --note WHY", status=2)
    if kind in TAKES_TARGET and not target:
        return say(f"say {TAKES_TARGET[kind]} too: maalem bank {kind} {about} …", status=2)

    async def done(payments: "Payments", by: "Officer") -> str:
        from maalem.payments.settlement.bank import desk

        made = await desk.propose(payments, kind, about, by=by, note=words.note, target=target)
        if made.status == "done":
            return f"{made.id} is done."
        return (
            f"{made.id} waits for a second officer, who types:"
            f" maalem approve {made.id} --key HER_KEY_FILE"
        )

    return by_her_key(done, words)


def end(words: Any) -> int:
    """An officer approves a proposal or payout, or withdraws a proposal; 1 where that can't be."""

    async def done(payments: "Payments", by: "Officer") -> str:
        from maalem.payments.settlement.bank import desk

        if words.verb == "approve" and words.id.startswith("po_"):
            return await _payout_approved(payments, words.id, by=by)
        ended = await getattr(desk, words.verb)(payments, words.id, by=by)
        return f"{ended.id} ({ended.kind} {ended.about}) is {ended.status}."

    return by_her_key(done, words)


async def _payout_approved(payments: "Payments", payout_id: str, *, by: "Officer") -> str:
    from maalem.payments import store
    from maalem.payments.errors import Refused
    from maalem.payments.settlement import making
    from maalem.payments.settlement.bank.desk import NotPossible
    from maalem.payments.settlement.records import Payout
    from maalem.payments.units import UnitRefused

    payout = await store.get(payments.pool, Payout, payout_id)
    if payout is None:
        raise NotPossible(f"there is no payout {payout_id}")
    try:
        given = await making.given(payments, payout)
        done = making.approve(payments, payout, officer=by, given=given)
        await payments.writer.commit(done.unit)
    except Refused as refused:
        raise NotPossible(str(refused).rstrip(".")) from refused
    except UnitRefused as refused:
        raise NotPossible(f"{refused.word}: look at it again") from refused
    new = done.payout
    return f"{new.id} has {new.approvals} of {new.approvals_needed} yeses."


def by_her_key(work: "Callable[[Payments, Officer], Awaitable[str]]", words: Any) -> int:
    """`work` by the officer whose key was given: her name is what the key says, and no other."""
    from maalem.cli.officers import KEY_FILE, key_of

    key = key_of(words)
    if not key:
        return say(f"show your key: --key FILE, or {KEY_FILE}=FILE", status=2)

    async def done(payments: "Payments") -> str:
        from maalem.payments.accounts import officers

        by = await officers.shown(
            payments.pool, key, fingerprint_key=payments.config.fingerprint_key
        )
        return await work(payments, by)

    return at_the_desk(done, live=words.live)


def history(words: Any) -> int:
    """Print every deed about a finding, a line, an account or a network's day; 1 for none."""

    async def asked(payments: "Payments") -> str:
        rows = await payments.pool.fetch(
            "SELECT * FROM desk_deeds WHERE $1 IN (id, about, target) ORDER BY created_at, id",
            words.about,
        )
        return "\n".join(deed_line(row) for row in rows)

    return at_the_desk(asked, live=words.live, nothing="nobody has done anything about it")


def findings(words: Any) -> int:
    """Print the open findings with who looks after each; 1 while there are any."""

    async def asked(payments: "Payments") -> str:
        rows = await payments.pool.fetch(
            "SELECT f.*, (SELECT officer FROM desk_deeds d WHERE d.about = f.id"
            "  AND d.kind = 'take' ORDER BY created_at DESC LIMIT 1) AS officer"
            " FROM findings f WHERE status = 'open' ORDER BY found_at, id"
        )
        now = payments.clock.now()
        return "\n".join(_finding(row, age=(now - row["found_at"]).days) for row in rows)

    return 1 - at_the_desk(asked, live=words.live, nothing="nothing is open")


def _finding(row: Any, *, age: int) -> str:
    frozen = f"\n    payouts to {row['account_id']} are frozen" if row["freezes"] else ""
    with_whom = f"\n    with {row['officer']}" if row["officer"] else ""
    amount = "" if row["amount"] is None else f"  {row['amount']:,} {row['currency']}"
    return (
        f"{row['id']}  {row['kind']}  {age} d{amount}\n    {row['about']}: {row['detail']}"
        f"{frozen}{with_whom}"
    )


def disputes(words: Any) -> int:
    """Print what the network told of disputes and nothing could be made of yet, or try it again."""

    async def asked(payments: "Payments") -> str:
        from maalem.payments.acquiring.disputes import notices

        if words.deed == "retry":
            await notices.follow(payments)
        waiting = await notices.waiting(payments)
        return "\n".join(
            f"{one.notice.id}  {one.notice.told_at:%Y-%m-%d %H:%M}  {one.notice.kind}"
            f"  case {one.notice.case_reference}, payment {one.notice.original},"
            f" {one.notice.amount:,} {one.notice.currency}\n    {one.why}"
            for one in waiting
        )

    return 1 - at_the_desk(asked, live=words.live, nothing="no notice waits")


def parked(words: Any) -> int:
    """Print what failed each time and was set aside, or have one of it (or all) tried again."""

    async def asked(payments: "Payments") -> str:
        from maalem.payments import parked as work

        if words.deed == "retry":
            again = await work.retry(payments, words.item)
            return f"{again} will be tried again at once" if again else ""
        return "\n".join(
            f"{one['item']}  {one['work']}  {one['tries']} times since"
            f" {one['first_at']:%Y-%m-%d %H:%M}\n    {one['reason']}"
            for one in await work.listed(payments)
        )

    status = at_the_desk(asked, live=words.live, nothing="nothing is set aside")
    return status if words.deed == "retry" else 1 - status


def at_the_desk(
    work: "Callable[[Payments], Awaitable[str]]", *, live: bool, nothing: str = ""
) -> int:
    """Do `work` in one mode's books and print what it says; 1 where it refuses or says nothing."""
    from maalem.payments.accounts.officers import NoOfficer
    from maalem.payments.settlement.bank.desk import NotPossible

    place, mode = Installation.of_environment(), "live" if live else "test"
    with books_of(place) as books:
        if mode not in books:
            return say("there are no live books here")
        try:
            said = asyncio.run(_inside(place, books[mode], work, live=live))
        except (NotPossible, NoOfficer) as problem:
            return say(f"Not done: {problem}.")
    print("\n".join(map(printable, said.split("\n"))) or nothing)
    return 0 if said else 1


async def _inside(
    place: Installation, dsn: str, work: "Callable[[Payments], Awaitable[T]]", *, live: bool
) -> T:
    """`work` in the service's own surroundings, on the books at `dsn`."""
    from maalem.payments.compose import opened
    from maalem.payments.config import Config
    from maalem.payments.mode import Working

    environment = {**os.environ, **_secrets(place)}
    config = Config.from_env({**environment, "MAALEM_PAYMENTS_DATABASE_URL": dsn})
    if live:
        config = replace(config, live_database_url=dsn, live_rails="simulator").of_mode(live=True)
    with Working(live=live):
        async with opened(config, pool_size=2) as payments:
            return await work(payments)


def _secrets(place: Installation) -> dict[str, str]:
    return secrets_file.load(place.home) if (place.home / secrets_file.FILE).exists() else {}


def say(problem: str, *, status: int = 1) -> int:
    print(problem, file=sys.stderr)
    return status
