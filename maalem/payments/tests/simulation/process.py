"""A process of the payment institution, as far as others can tell: it answers, works and dies.

Its connections outlive it, because opening them anew would take longer than the history. What a
connection's loss would undo is undone: open transactions, and the lock that shows that it lives.
"""

import asyncio
from typing import Any

import asyncpg
import msgspec
from starlette.applications import Starlette

from maalem.payments import db
from maalem.payments.api.endpoint import Api
from maalem.payments.compose import put_together
from maalem.payments.config import Config
from maalem.payments.context import Modes, Payments
from maalem.payments.hosted.routes import routes
from maalem.payments.rails.ports import Rails
from maalem.payments.tests.doorless import request
from maalem.payments.tests.simulation.clock import LoopClock
from maalem.payments.tests.simulation.stepped import NOBODY, Owner, named, start

CONNECTIONS = 3


class Process:
    """`connect` once; `renew` makes it another process of the same name. `rails` are its ways
    out."""

    def __init__(self, name: str, config: Config, *, clock: LoopClock, rails: Rails) -> None:
        self.name, self._config, self._clock, self._rails = name, config, clock, rails
        self._pool: Any = None
        self._line: Any = None
        self.pages = Starlette(routes=routes())
        self.deaths = 0

    async def connect(self) -> None:
        """Open every connection that it and its successors will have."""
        self._pool = await warm_pool(self._config.database_url, size=CONNECTIONS)
        self._line = await asyncpg.connect(self._config.database_url)
        _lasting(self._line)

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()
        await self._pool.close()

    async def renew(self) -> None:
        """Nothing of what was in memory is known any more."""
        await self._line.execute("SELECT pg_advisory_unlock_all()")
        self.owner = Owner(self.name)
        self.payments: Payments = put_together(
            self._pool, self._config, clock=self._clock, rails=self._rails
        )
        self.api = Api()
        self.pages.state.modes = self.api.modes = Modes(self.payments)
        holder = self.api._holders[False]
        holder.number = await self._line.fetchval("SELECT nextval('process_numbers')::int")
        await self._line.execute("SELECT pg_advisory_lock(7002, $1)", holder.number)
        holder._connection = self._line

    @property
    def can_die(self) -> bool:
        """Not while a statement of its is under way: a moment later it can."""
        return not self.owner.under_way

    async def die(self) -> None:
        """Nothing is finished, nothing is said; its successor opens at once."""
        self.deaths += 1
        dead = self.owner
        dead.alive = False
        for task in list(dead.tasks):
            task.cancel()
        # What they begin on their way out is given back to the pool, or refused a turn.
        while left := [task for task in dead.tasks if not task.done()]:
            await asyncio.wait(left)
        with named(NOBODY):
            await self.renew()

    def post(self, path: str, words: bytes, headers: dict[str, str]) -> "asyncio.Task[Any]":
        """A request that has arrived; the task gives (status, body)."""
        return start(self.owner, lambda: request(self.api, "POST", path, words, headers))


async def warm_pool(dsn: str, *, size: int) -> Any:
    """A pool with all its connections open; nothing of them is dropped as time goes by."""
    pool = await db.connect(dsn, size=size)
    lent = [await pool.acquire() for _ in range(size)]
    for one in lent:
        await one.fetchval("SELECT 1")
        _lasting(one._con)
        await pool.release(one)
    for holder in pool._holders:
        holder._max_inactive_time, holder._max_queries = 0, 10**9
        if holder._inactive_callback is not None:
            holder._inactive_callback.cancel()
            holder._inactive_callback = None
    return pool


def _lasting(connection: Any) -> None:
    """Months go by in a history; what a connection has prepared is not forgotten meanwhile."""
    connection._stmt_cache.set_max_lifetime(0)


def decoded(body: bytes) -> Any:
    """JSON."""
    return msgspec.json.decode(body)
