"""Run jobs side by side until told to stop. One that fails disturbs nobody, and tries again.

A job is a function that does a batch of what is due and says how much that was; more than none
and it is run again at once. A notification from PostgreSQL wakes the jobs that wait for its
channel; the clock wakes them in any case, so a lost notification costs seconds, never an event.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import asyncpg

from maalem.payments import parked
from maalem.payments.context import Payments
from maalem.payments.mode import Working

BACKOFF_MAX_S = 30.0
RECONNECT_S = 2.0
# What `maalem parked` calls a job that fails as a whole.
JOBS = "jobs"
_log = logging.getLogger("maalem.payments.jobs")


@dataclass(frozen=True, slots=True)
class Job:
    """`run` is called every `every_s` seconds, and when `channel` is notified."""

    name: str
    run: Callable[[Payments], Awaitable[int]]
    every_s: float
    channel: str | None = None


async def run_jobs(payments: Payments, jobs: Sequence[Job], *, stop: asyncio.Event) -> None:
    """Run `jobs` until `stop` is set; what is under way then is finished first."""
    wakes = {job.name: asyncio.Event() for job in jobs}
    with Working(live=payments.config.live):  # the tasks take the mode with them
        listener = asyncio.create_task(_listen(payments, jobs, wakes=wakes))
        runners = [
            asyncio.create_task(_repeat(payments, job, stop=stop, wake=wakes[job.name]))
            for job in jobs
        ]
    await stop.wait()
    for wake in wakes.values():
        wake.set()
    await asyncio.gather(*runners)
    listener.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listener


async def _repeat(
    payments: Payments, job: Job, *, stop: asyncio.Event, wake: asyncio.Event
) -> None:
    failures, known = 0, True  # what another worker wrote down may stand there
    while not stop.is_set():
        wake.clear()
        try:
            busy = await job.run(payments) > 0
            if known:
                await parked.succeeded(payments, JOBS, job.name)
            failures, known = 0, False
        except Exception as problem:
            # A job that fails now may succeed later: the database may be starting again.
            failures += 1
            busy, known = False, True
            _log.exception("job %s failed (%d times in a row)", job.name, failures)
            await _tell(payments, job, problem)
        if busy:
            await asyncio.sleep(0)
            continue
        pause = job.every_s if not failures else min(job.every_s * 2**failures, BACKOFF_MAX_S)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), timeout=pause)


async def _tell(payments: Payments, job: Job, problem: Exception) -> None:
    """Put a job that fails each time before a person; unlike an item it is never left out."""
    if parked.is_passing(problem):
        return
    try:
        await parked.failed(payments, JOBS, job.name, problem=problem)
    except Exception:
        _log.exception("the failure of job %s could not be written down", job.name)


async def _listen(
    payments: Payments, jobs: Sequence[Job], *, wakes: dict[str, asyncio.Event]
) -> None:
    """Hold one connection that listens; open another when it is lost."""
    channels = {job.channel for job in jobs if job.channel}

    def heard(_connection: object, _pid: int, channel: str, _payload: object, /) -> None:
        for job in jobs:
            if job.channel == channel:
                wakes[job.name].set()

    while channels:
        try:
            connection = await asyncpg.connect(payments.config.database_url)
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(RECONNECT_S)
            continue
        try:
            for channel in channels:
                await connection.add_listener(channel, heard)
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _, lost=lost: lost.set())
            if not connection.is_closed():
                await lost.wait()
        finally:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=2)
