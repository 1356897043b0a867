"""What a worker does item by item: one that fails is tried again later, and set aside at last.

Between its tries, and once it is set aside (parked), an item is left out of what its job looks at,
so that however many fail, those behind them have their turn. Nothing is lost: what is parked is
shown to operators (`maalem morning`) until one of them has it tried again (`maalem parked retry`).

A failure that is no item's fault is not counted: the database or the outside world could not be
had, or somebody else was quicker. Such an item is tried at the next run, as long as it takes.
"""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg

from maalem.payments.context import Payments
from maalem.payments.units import ChangedMeanwhile

# Ten tries are about twenty minutes: what heals by itself has done so by then.
MAX_TRIES = 10
PAUSE_S, PAUSE_MAX_S = 5, 300
# Asked for by name, because nothing else remembers that they are still to be done.
SCHEDULED = "scheduled payouts"
# One that was not tried for so long is not due any more: its end came by other hands.
FORGOTTEN_AFTER = timedelta(days=1)
REASON_MAX = 500
# Connection lost, deadlock or serialisation, no room, object in use, operator's intervention.
_PASSING = ("08", "40", "53", "55", "57", "58")
_FAILED = """
INSERT INTO failing_work AS f (work, item, tries, reason, first_at, last_at, next_at, parked_at)
VALUES ($1, $2, 1, $3, $4, $4, $5, CASE WHEN $6 <= 1 THEN $4::timestamptz END)
ON CONFLICT (work, item) DO UPDATE SET tries = f.tries + 1, reason = excluded.reason,
    last_at = excluded.last_at, next_at = excluded.next_at,
    parked_at = coalesce(f.parked_at, CASE WHEN f.tries + 1 >= $6 THEN excluded.last_at END)
RETURNING tries, parked_at = last_at AS parked
"""
_log = logging.getLogger("maalem.payments.parked")


def is_passing(problem: BaseException) -> bool:
    """Whether it says nothing of the item: a line that broke, or somebody who was quicker."""
    if isinstance(problem, asyncpg.PostgresError):
        return (problem.sqlstate or "").startswith(_PASSING)
    return isinstance(problem, OSError | asyncpg.InterfaceError | ChangedMeanwhile)


@dataclass
class Tries:
    """One run of one kind of work. `held` must wait or are parked; `due` failed before and are to
    be tried now; `put_off` counts the failures of this run that were no item's fault."""

    payments: Payments
    work: str
    held: list[str] = field(default_factory=list)
    due: dict[str, int] = field(default_factory=dict)
    put_off: int = 0

    def knows(self, item: str) -> bool:
        """Whether it failed before this run, and is not done since."""
        return item in self.due or item in self.held

    @asynccontextmanager
    async def of(self, item: str) -> AsyncIterator[None]:
        """Do the work of `item` inside; whatever it raises is written down and goes no further."""
        try:
            yield
        except ChangedMeanwhile:
            self.put_off += 1  # its next run reads it again
        except Exception as problem:
            if is_passing(problem):
                self.put_off += 1
                _log.warning("%s: %s is tried again: %s", self.work, item, _reason(problem))
                return
            await self._failed(item, problem)
        else:
            if self.knows(item):
                await succeeded(self.payments, self.work, item)

    async def _failed(self, item: str, problem: Exception) -> None:
        tries, parked = await failed(
            self.payments, self.work, item, problem=problem, before=self.due.get(item, 0)
        )
        end = "set aside" if parked else "will be tried again"
        _log.error("%s: %s failed %d times, %s", self.work, item, tries, end, exc_info=problem)


async def tries(payments: Payments, work: str) -> Tries:
    """What is known of the failures of `work` at this moment."""
    run = Tries(payments, work)
    now = payments.clock.now()
    rows = await payments.pool.fetch(
        "SELECT item, tries, parked_at, next_at FROM failing_work WHERE work = $1", work
    )
    for row in rows:
        if row["parked_at"] is not None or row["next_at"] > now:
            run.held.append(row["item"])
        else:
            run.due[row["item"]] = row["tries"]
    return run


async def failed(
    payments: Payments, work: str, item: str, /, *, problem: Exception, before: int = 0
) -> tuple[int, bool]:
    """Write a failure down; returns how many there are, and whether this one parked it."""
    now = payments.clock.now()
    pause = min(PAUSE_S * 2.0 ** min(before, 10), PAUSE_MAX_S)
    row = await payments.pool.fetchrow(
        _FAILED, work, item, _reason(problem), now, now + timedelta(seconds=pause), MAX_TRIES
    )
    return row["tries"], bool(row["parked"])


async def succeeded(payments: Payments, work: str, item: str) -> None:
    """It has come to its end: nothing is remembered of its failures."""
    await payments.pool.execute(
        "DELETE FROM failing_work WHERE work = $1 AND item = $2", work, item
    )


async def listed(payments: Payments) -> Sequence[Any]:
    """What was set aside, the oldest first."""
    rows: Sequence[Any] = await payments.pool.fetch(
        "SELECT * FROM failing_work WHERE parked_at IS NOT NULL ORDER BY parked_at, work, item"
    )
    return rows


async def retry(payments: Payments, item: str | None) -> int:
    """Have `item`, or all that is parked, tried again at the next run; returns how many."""
    tag = await payments.pool.execute(
        "UPDATE failing_work SET parked_at = NULL, tries = 0, next_at = $2"
        " WHERE parked_at IS NOT NULL AND ($1::text IS NULL OR item = $1)",
        item,
        payments.clock.now(),
    )
    return int(tag.rpartition(" ")[2])


async def forget(payments: Payments) -> int:
    """Drop failures of what is not due any more; there is nothing left for a second round."""
    await payments.pool.execute(
        "DELETE FROM failing_work WHERE parked_at IS NULL AND next_at < $1 AND work <> $2",
        payments.clock.now() - FORGOTTEN_AFTER,
        SCHEDULED,
    )
    return 0


def _reason(problem: Exception) -> str:
    """Its first line: what follows there may quote a row with what is nobody's business."""
    first = next(iter(str(problem).splitlines()), "")
    return f"{type(problem).__name__}: {first}"[:REASON_MAX]
