"""One merchant who sells much, beside ten thousand who sell little: the hot account's price.

Direct charges, so that each merchant's own balance, books and events are written.
"""

import asyncio

from bench import paying, rounds
from bench.ours import Maalem
from bench.plan import Plan
from bench.report import Row, row
from maalem.payments import bootstrap, db

MERCHANTS = 10_000
_OPENING_S = 1.0


def compare(ours: Maalem, *, plan: Plan) -> list[Row]:
    """One row: all payments to one merchant, against the same spread over many."""
    accounts = asyncio.run(_accounts(ours))
    _open(ours, accounts)
    one, many = "one merchant", f"{MERCHANTS:,} merchants"
    sides = {
        one: paying.payments(ours, seconds=plan.seconds, accounts=accounts[:1]),
        many: paying.payments(ours, seconds=plan.seconds, accounts=accounts),
    }
    found = rounds.interleaved(
        sides, rounds=plan.rounds, seconds=plan.seconds, what="direct charges"
    )
    return [
        row(
            "direct charges, all of one merchant",
            unit="1/s",
            ours=found[one].rate,
            peer=found[many].rate,
            peer_name=f"ours, spread over {many}",
            note="both ours: what a hot account costs",
        )
    ]


async def _accounts(ours: Maalem) -> list[str]:
    rows = [{"artisan": f"bench-{n}", "name": f"Workshop {n}"} for n in range(MERCHANTS)]
    pool = await db.connect(ours.books, size=1)
    try:
        return list((await bootstrap.ensure_accounts(pool, rows)).values())[:MERCHANTS]
    finally:
        await pool.close()


def _open(ours: Maalem, accounts: list[str]) -> None:
    """A first payment for each, which opens its accounts in the ledger: not what is measured."""
    made = 0
    first = paying.payments(ours, seconds=_OPENING_S, accounts=accounts, warm_s=0.0)
    while made < len(accounts):
        result = first()
        if result.errors:
            raise RuntimeError(f"payments failed: {result.first_error[:200]}")
        made += result.answers
