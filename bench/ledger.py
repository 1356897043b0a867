"""The ledger alone: transfers a second between ten hot accounts, each durable when it counts.

Ours in bulk (`ledger/bulk.py`, batches of a thousand, two on their way), the very same transfers
one per transaction under row locks, and django-hordak, all on one PostgreSQL in turn.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

from bench import books, rounds, server
from bench.load import Result
from bench.ours import Maalem
from bench.peers.hordak_ledger import Hordak
from bench.plan import Plan
from bench.report import Row, row
from maalem.cli import postgres
from maalem.payments import db
from maalem.payments.ledger import bulk
from maalem.payments.ledger.records import LedgerAccount, LedgerTransfer, account_id

BATCH = 1_000
WRITERS = 2
CONNECTIONS = 8
HOT = 10
_FUNDS = 10**15
_NOTE = f"{HOT} hot accounts that may not go below zero, batches of {BATCH:,}, fsync on"


def transfers(plan: Plan, *, on: postgres.Server) -> list[Row]:
    """Two rows: against one per transaction with row locks, and against django-hordak."""
    ours = Maalem(plan, server=on, size=0, items=())
    ours.install()
    peer = Hordak(plan.home, database=server.database(on, "hordak"))
    peer.install()
    dsn = ours.processes.environment["MAALEM_PAYMENTS_DATABASE_URL"]
    till, hot = asyncio.run(_opened(dsn))
    make = _maker(till, hot)
    found = rounds.interleaved(
        {
            ours.name: lambda: asyncio.run(_in_bulk(dsn, make, seconds=plan.seconds)),
            "row locks": lambda: asyncio.run(_one_by_one(dsn, make, seconds=plan.seconds)),
            peer.name: lambda: peer.transfers(plan.seconds),
        },
        rounds=plan.rounds,
        seconds=plan.seconds,
        what="ledger transfers",
    )
    books.check(ours)
    mine = found[ours.name]
    return [
        row(
            "ledger transfers in bulk",
            unit="1/s",
            ours=mine.rate,
            peer=found[name].rate,
            peer_name=name,
            note=found[name].note or note,
        )
        for name, note in (
            ("row locks", f"the same function, one per transaction, {CONNECTIONS} connections"),
            (peer.name, _NOTE),
        )
    ]


Make = Callable[[], LedgerTransfer]


async def _opened(dsn: str) -> tuple[UUID, list[UUID]]:
    """A till and ten accounts with money on them."""
    pool = await db.connect(dsn, size=1)
    owner = f"bench_{uuid4().hex[:12]}"
    accounts = [
        LedgerAccount(
            id=account_id(owner, kind=f"hot_{number}", currency="mad"),
            owner=owner,
            kind=f"hot_{number}",
            currency="mad",
            debits_must_not_exceed_credits=number > 0,
        )
        for number in range(HOT + 1)
    ]
    till, *hot = [account.id for account in accounts]
    await bulk.open_accounts(pool, accounts)
    funding = [(_transfer(till, account, amount=_FUNDS),) for account in hot]
    assert await bulk.post_many(pool, funding) == [bulk.Done.CREATED] * HOT
    await pool.close()
    return till, hot


def _maker(till: UUID, hot: list[UUID]) -> Make:
    pairs = list(itertools.permutations(hot, 2))
    random.Random(7).shuffle(pairs)
    wheel = itertools.cycle(pairs)
    amounts = itertools.cycle(range(1, 900))

    def make() -> LedgerTransfer:
        debit, credit = next(wheel)
        return _transfer(debit, credit, amount=next(amounts))

    return make


def _transfer(debit: UUID, credit: UUID, *, amount: int) -> LedgerTransfer:
    # As a source's id would make it: the time first, so that new rows lie together.
    head = (time.time_ns() // 1_000_000) << 80
    return LedgerTransfer(
        id=UUID(int=head | random.getrandbits(80)),
        debit_account=debit,
        credit_account=credit,
        amount=amount,
        currency="mad",
        code="bench",
        source="bench_1",
    )


async def _in_bulk(dsn: str, make: Make, *, seconds: float) -> Result:
    pool = await db.connect(dsn, size=WRITERS)

    async def batch() -> int:
        outcomes = await bulk.post_many(pool, [(make(),) for _ in range(BATCH)])
        return sum(outcome is bulk.Done.CREATED for outcome in outcomes)

    try:
        return await _for(seconds, batch, at_once=WRITERS, size=BATCH)
    finally:
        await pool.close()


async def _one_by_one(dsn: str, make: Make, *, seconds: float) -> Result:
    pool = await db.connect(dsn, size=CONNECTIONS)

    async def one() -> int:
        await pool.execute("SELECT ledger.post_rows($1)", [make().row()])
        return 1

    try:
        return await _for(seconds, one, at_once=CONNECTIONS, size=1)
    finally:
        await pool.close()


async def _for(
    seconds: float, work: Callable[[], Awaitable[int]], *, at_once: int, size: int
) -> Result:
    """Repeat `work` for so long; every transfer that it did not make is an error."""
    took_ms: list[float] = []
    made = tried = 0
    began = time.perf_counter()

    async def repeat() -> None:
        nonlocal made, tried
        while time.perf_counter() - began < seconds:
            start = time.perf_counter()
            tried += size
            done = await work()
            made += done
            took_ms.append((time.perf_counter() - start) * 1_000)

    await asyncio.gather(*(repeat() for _ in range(at_once)))
    took_s = time.perf_counter() - began
    took_ms.sort()
    return Result(
        made,
        took_s,
        errors=tried - made,
        p50_ms=took_ms[len(took_ms) // 2],
        p99_ms=took_ms[len(took_ms) * 99 // 100],
    )
