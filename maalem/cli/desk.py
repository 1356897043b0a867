"""What an officer does by hand: `maalem findings`, `maalem bank …`, `approve`, `disputes`."""

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
    from maalem.payments.context import Payments

T = TypeVar("T")
TAKES_TARGET = {"match": "what it is", "give": "whose it is", "offset": "the other line"} | {
    "accept": "scheme or interchange"
}


def deed(words: Any) -> int:
    """Do or propose one deed; 1 where it can't be, 2 where something was not said."""
    kind, about, target = words.deed, words.about, getattr(words, "target", None)
    if not about or not words.by or not words.note:
        return _say(f"maalem … {kind} WHAT --by YOUR_NAME --note WHY", status=2)
    if kind in TAKES_TARGET and not target:
        return _say(f"say {TAKES_TARGET[kind]} too: maalem bank {kind} {about} …", status=2)

    async def done(payments: "Payments") -> str:
        from maalem.payments.settlement.bank import desk

        made = await desk.propose(
            payments, kind, about, by=words.by, note=words.note, target=target
        )
        if made.status == "done":
            return f"{made.id} is done."
        return (
            f"{made.id} waits for a second officer, who types:"
            f" maalem approve {made.id} --by HER_NAME"
        )

    return _at_the_desk(done, live=words.live)


def end(words: Any) -> int:
    """A second officer approves a proposal, or somebody withdraws it; 1 where that can't be."""

    async def done(payments: "Payments") -> str:
        from maalem.payments.settlement.bank import desk

        ended = await getattr(desk, words.verb)(payments, words.id, by=words.by)
        return f"{ended.id} ({ended.kind} {ended.about}) is {ended.status}."

    return _at_the_desk(done, live=words.live)


def history(words: Any) -> int:
    """Print every deed about a finding, a line, an account or a network's day; 1 for none."""

    async def asked(payments: "Payments") -> str:
        rows = await payments.pool.fetch(
            "SELECT * FROM desk_deeds WHERE $1 IN (id, about, target) ORDER BY created_at, id",
            words.about,
        )
        return "\n".join(deed_line(row) for row in rows)

    return _at_the_desk(asked, live=words.live, nothing="nobody has done anything about it")


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

    return 1 - _at_the_desk(asked, live=words.live, nothing="nothing is open")


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

    return 1 - _at_the_desk(asked, live=words.live, nothing="no notice waits")


def _at_the_desk(
    work: "Callable[[Payments], Awaitable[str]]", *, live: bool, nothing: str = ""
) -> int:
    """Do `work` in one mode's books and print what it says; 1 where it refuses or says nothing."""
    from maalem.payments.settlement.bank.desk import NotPossible

    place, mode = Installation.of_environment(), "live" if live else "test"
    with books_of(place) as books:
        if mode not in books:
            return _say("there are no live books here")
        try:
            said = asyncio.run(_inside(place, books[mode], work, live=live))
        except NotPossible as problem:
            return _say(f"Not done: {problem}.")
    print("\n".join(map(printable, said.split("\n"))) or nothing)
    return 0 if said else 1


async def _inside(
    place: Installation, dsn: str, work: "Callable[[Payments], Awaitable[T]]", *, live: bool
) -> T:
    """`work` in the service's own surroundings, on the books at `dsn`."""
    from maalem.payments.compose import opened
    from maalem.payments.config import Config

    environment = {**os.environ, **_secrets(place)}
    config = Config.from_env({**environment, "MAALEM_PAYMENTS_DATABASE_URL": dsn})
    if live:
        config = replace(config, live_database_url=dsn, live_rails="simulator").of_mode(live=True)
    async with opened(config, pool_size=2) as payments:
        return await work(payments)


def _secrets(place: Installation) -> dict[str, str]:
    return secrets_file.load(place.home) if (place.home / secrets_file.FILE).exists() else {}


def _say(problem: str, *, status: int = 1) -> int:
    print(problem, file=sys.stderr)
    return status
