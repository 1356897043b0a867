"""The book of fees in memory: read whole, once, and again when the database's has moved on.

Payments are decided on it without asking the database. A rate is announced an hour or more before
it applies (a trigger holds that), and no book is used that was last compared longer ago than half
an hour: so each payment is decided on the rates of its day, in every process.
"""

import asyncio
import logging
import time
from collections import defaultdict
from dataclasses import replace
from typing import Any

import asyncpg
import msgspec

from maalem.payments.db import Pool
from maalem.payments.fees.decide import Schedule
from maalem.payments.fees.records import Rate, Terms

COMPARE_AFTER_S, TOO_OLD_S = 60.0, 1_800.0
_log = logging.getLogger("maalem.payments.fees")
_READ = """
    SELECT version, coalesce(r.rows, '[]') AS rates, coalesce(t.rows, '[]') AS terms
    FROM fee_book
    CROSS JOIN (SELECT jsonb_agg(to_jsonb(f) ORDER BY f.id) AS rows FROM fee_rates f) r
    CROSS JOIN (SELECT jsonb_agg(to_jsonb(f) ORDER BY f.valid_from) AS rows FROM fee_terms f) t
"""


class FeeBook:
    """The schedule of this process. The defaults are the settings that stand in for rates."""

    def __init__(self, pool: Pool, *, default_bps: int, default_dispute: int = 0) -> None:
        self._pool = pool
        self._schedule: Schedule | None = None
        self._defaults = (default_bps, default_dispute)
        self._compared_at = 0.0
        self._task: asyncio.Task[None] | None = None

    async def current(self) -> Schedule:
        """The rates to decide on. Asks the database only when the last look is long ago."""
        age_s = time.monotonic() - self._compared_at
        if self._schedule is None or age_s > TOO_OLD_S:
            await self._compare()
        elif age_s > COMPARE_AFTER_S and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._compare_quietly())
        assert self._schedule is not None
        return self._schedule

    def forget(self) -> None:
        """Read the book again at the next payment."""
        self._schedule = None

    async def _compare(self) -> None:
        asked_at = time.monotonic()
        known = self._schedule
        if known is not None:
            version = await self._pool.fetchval("SELECT version FROM fee_book")
            if version == known.version:
                self._compared_at = asked_at
                return
        found = schedule_of(await self._pool.fetchrow(_READ))
        bps, dispute = self._defaults
        self._schedule = replace(found, default_bps=bps, default_dispute=dispute)
        self._compared_at = asked_at

    async def _compare_quietly(self) -> None:
        try:
            await self._compare()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            _log.warning("the book of fees could not be compared; the one at hand is used on")


def schedule_of(row: Any) -> Schedule:
    """The book as the database has it."""
    rates = tuple(msgspec.convert(_days(rate), Rate) for rate in row["rates"])
    terms: dict[str, list[Terms]] = defaultdict(list)
    for one in row["terms"]:
        agreed = msgspec.convert(_days(one), Terms)
        terms[agreed.account_id].append(agreed)
    return Schedule(
        version=row["version"],
        rates=rates,
        terms={account: tuple(agreed) for account, agreed in terms.items()},
    )


def _days(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "valid_from": row["valid_from"].replace("-infinity", "0001-01-01")}
