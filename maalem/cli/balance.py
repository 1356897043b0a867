"""`maalem balance OWNER [--at MOMENT]`: added up from the transfers, not read from a counter."""

import asyncio
import sys
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from maalem.cli.installation import Installation
from maalem.cli.verify import books_of

if TYPE_CHECKING:
    from maalem.payments.ledger.balances import Held


def balance(owner: str, *, at: str = "") -> int:
    """Print each account of `owner` with what it held; 1 where there is none, 2 for no moment."""
    try:
        moment = moment_of(at)
    except ValueError:
        print(f"{at!r} is no moment: write 2026-03-02 or 2026-03-02T09:00:00+01:00.")
        return 2
    with books_of(Installation.of_environment()) as books:
        found = {mode: asyncio.run(_held(dsn, owner, moment=moment)) for mode, dsn in books.items()}
    for mode, held in found.items():
        if held:
            _show(f"{owner} at {moment.isoformat(timespec='seconds')} ({mode} mode)", held)
    if not any(found.values()):
        print(f"{owner} has no account in the ledger.", file=sys.stderr)
    return 0 if any(found.values()) else 1


def _show(head: str, held: list["Held"]) -> None:
    print(f"{head}, in minor units:")
    for each in held:
        reserved = f"  ({each.debits_pending:,} reserved)" if each.debits_pending else ""
        print(f"{each.amount:>18,} {each.currency}  {each.kind}{reserved}")


def moment_of(text: str) -> datetime:
    """The moment that `text` names; a day alone is its end, and without a zone it is UTC.

    Raises ValueError.
    """
    if not text:
        return datetime.now(UTC)
    found = datetime.fromisoformat(text)
    if len(text) == len("2026-03-02"):
        found = datetime.combine(found.date(), time.max)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


async def _held(dsn: str, owner: str, *, moment: datetime) -> list["Held"]:
    import asyncpg

    from maalem.payments.ledger import balances

    connection = await asyncpg.connect(dsn)
    try:
        return await balances.at(connection, owner, moment)
    finally:
        await connection.close()
