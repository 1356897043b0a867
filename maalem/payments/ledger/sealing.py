"""The books are sealed block by block, behind the payments: see `sql/0801_seals.sql`.

A seal proves that no row under it was changed since; that nobody wrote all of them anew is proved
by a seal that was written down elsewhere (`maalem seal`).
"""

from maalem.payments.context import Payments
from maalem.payments.db import Connection, Pool

BLOCK = 10_000
# A question about a moment adds up as many transfers at most: 20 ms.
CHECKPOINT_EVERY = 100_000


async def seal(payments: Payments) -> int:
    """Seal what the run before marked, mark what is there now; return how many are sealed."""
    sealed = await seal_next(payments.pool)
    if sealed:
        await payments.pool.execute("SELECT ledger.checkpoint($1)", CHECKPOINT_EVERY)
    return sealed


async def seal_next(source: Pool | Connection, /, *, most: int = BLOCK) -> int:
    """One block of up to `most` numbers; 0 when there is nothing that is settled."""
    done: int = await source.fetchval("SELECT ledger.seal($1)", most)
    return done


async def newest(source: Pool | Connection) -> str | None:
    """The newest seal as `NUMBER:HASH`, to be published where we can't rewrite it."""
    row = await source.fetchrow(
        "SELECT number, hash FROM ledger.seals ORDER BY number DESC LIMIT 1"
    )
    return None if row is None else f"{row['number']}:{row['hash'].hex()}"
