"""`maalem morning`: everything that waits for a person, with the words to type about it."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from maalem.cli.installation import Installation
from maalem.cli.plain import printable
from maalem.cli.verify import books_of

if TYPE_CHECKING:
    from maalem.payments.settlement.bank.morning import Morning, Thing, Waiting

SHOWN_MAX = 5
Line = Callable[["Thing"], str]


def _money(one: "Thing") -> str:
    return f"{one.amount:,} {one.currency}"


def _day(one: "Thing") -> str:
    return f"{one.since:%Y-%m-%d}"


def _asked_at(one: "Thing") -> str:
    return f"{one.about or one.id}  asked at {one.since:%Y-%m-%d %H:%M:%S}"


def _proof(one: "Thing") -> str:
    if not one.id:
        return "no proof was made yet"
    return f"{one.about}: {one.amount:,} too much or too little; {one.says}"


# What it is, what to type about it, and how one of them is told.
_KINDS: dict[str, tuple[str, str, Line]] = {
    "proof": ("clients' money is not proved to be there", "maalem safeguarding", _proof),
    "clearing": (
        "clearing accounts that are not explained",
        "maalem clearing",
        lambda one: f"{one.id}: {_money(one)}",
    ),
    "findings": (
        "findings that nobody has closed",
        "maalem findings",
        lambda one: f"{one.kind}  {one.about}  {one.says}",
    ),
    "bank_lines": (
        "lines of the bank without an explanation",
        "maalem bank",
        lambda one: f"{_day(one)}  {one.amount}  {one.about}",
    ),
    "suspense": (
        "lines in suspense",
        "maalem bank",
        lambda one: f"{_day(one)}  {one.amount}  {one.says}",
    ),
    "deeds": (
        "deeds that wait for a second officer",
        "maalem approve",
        lambda one: f"{one.id}  {one.kind}  {one.about}  by {one.officer}",
    ),
    "payouts": (
        "payouts that wait for officers",
        "maalem approve",
        lambda one: f"{one.id}  {_money(one)}",
    ),
    "payout_batches": (
        "files that the bank has not answered for an hour",
        "call the bank",
        lambda one: f"{one.about}  {one.kind}",
    ),
    "dispute_notices": (
        "notices of disputes that nothing could be made of",
        "maalem disputes",
        lambda one: f"{one.id}  {one.kind}  {one.about}",
    ),
    "disputes": (
        "disputes whose last day is near",
        "the till, or /v1/disputes",
        lambda one: f"{one.id}  {_money(one)}  until {_day(one)}",
    ),
    "payments": ("payments without an answer for an hour", "maalem story", _asked_at),
    "refunds": (
        "refunds without an answer for an hour",
        "maalem story",
        lambda one: f"{one.id}  asked at {one.since:%Y-%m-%d %H:%M:%S}",
    ),
    "parked": (
        "work that failed each time and was set aside",
        "maalem parked",
        lambda one: f"{one.kind}: {one.id}  {one.says}",
    ),
}


def morning() -> int:
    """Print what waits in each mode's books; 1 where anything does."""
    something = False
    with books_of(Installation.of_environment()) as books:
        for mode, dsn in books.items():
            print(f"{mode} mode:")
            waiting = asyncio.run(_asked(dsn)).waiting
            for each in waiting:
                _show(each)
            something = something or bool(waiting)
            if not waiting:
                print("  nothing waits for you")
    print("Are the books right? maalem verify")
    return 1 if something else 0


def _show(each: "Waiting") -> None:
    what, words, line = _KINDS[each.kind]
    print(f"  {what}: {len(each.things)}   ({words})")
    for one in each.things[:SHOWN_MAX]:
        print(f"    {printable(line(one))}")
    if len(each.things) > SHOWN_MAX:
        print(f"    and {len(each.things) - SHOWN_MAX} more")


async def _asked(dsn: str) -> "Morning":
    import asyncpg

    from maalem.payments import db
    from maalem.payments.settlement.bank.morning import morning as of

    connection = await asyncpg.connect(dsn)
    try:
        await db.prepare(connection)
        return await of(connection, recount=True)
    finally:
        await connection.close()
