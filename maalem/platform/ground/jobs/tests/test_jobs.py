import asyncio
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from maalem.platform.ground import jobs
from maalem.platform.ground.jobs import __main__ as program
from maalem.platform.ground.jobs import queries
from maalem.platform.ground.jobs.testing import drain
from maalem.platform.ground.jobs.wiring import Backoff

ran: list[str] = []


@jobs.task(queue="tests")
def remember(*, word: str) -> None:
    ran.append(word)


@jobs.task(queue="tests", tries=1)
def always_fail(*, word: str) -> None:
    raise RuntimeError(word)


@pytest.fixture(autouse=True)
def _fresh():
    ran.clear()


def work() -> None:
    """What the worker's process does, until nothing is due."""
    asyncio.run(_work())


async def _work() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as real:
        async with real.open_async():
            await real.run_worker_async(
                queues=["tests"], wait=False, install_signal_handlers=False, listen_notify=False
            )


class Undo(Exception):
    pass


def defer_and_undo() -> None:
    with transaction.atomic():
        remember.defer(word="never")
        raise Undo


@pytest.mark.django_db
def test_a_job_of_a_rolled_back_transaction_is_not_there():
    with pytest.raises(Undo):
        defer_and_undo()
    assert drain() == []
    assert ran == []


@pytest.mark.django_db
def test_a_job_of_a_committed_transaction_is_done_once():
    with transaction.atomic():
        remember.defer(word="now")
    assert drain() == ["remember"]
    assert drain() == []
    assert ran == ["now"]


@pytest.mark.django_db
def test_what_is_planned_for_later_stays():
    remember.configure(schedule_in={"minutes": 5}).defer(word="later")
    assert drain() == []
    assert queries.waiting().count() == 1


def test_a_real_worker_does_what_was_committed_and_nothing_else(committed_db):
    with pytest.raises(Undo):
        defer_and_undo()
    with transaction.atomic():
        remember.defer(word="one")
    work()
    assert ran == ["one"]


def test_a_job_that_fails_every_try_is_parked_for_a_person(committed_db):
    always_fail.defer(word="poison")
    work()
    assert [job.args for job in queries.parked()] == [{"word": "poison"}]


def test_pauses_grow_up_to_an_hour_and_end():
    backoff, pauses_s = Backoff(tries=8), []
    for attempts in range(7):
        begun = datetime.now(UTC)
        decision = backoff.get_retry_decision(
            exception=Undo(), job=SimpleNamespace(attempts=attempts)
        )
        pauses_s.append(round((decision.retry_at - begun).total_seconds()))
    assert pauses_s == [5, 20, 80, 320, 1280, 3600, 3600]
    assert backoff.get_retry_decision(exception=Undo(), job=SimpleNamespace(attempts=7)) is None


def let_in(yes: bool) -> None:
    """Open the database to the worker, or close it and throw everybody out."""
    name = settings.DATABASES["default"]["NAME"]
    with psycopg.connect(os.environ["MAALEM_TEST_SERVER"], autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS {yes}')
        if not yes:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


async def _holds(what: Callable[[], bool], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def _through_an_outage() -> None:
    stop = asyncio.Event()
    worker = asyncio.create_task(program.work(app, stop=stop))
    await _holds(lambda: "before" in ran)
    let_in(False)
    await asyncio.sleep(3)
    assert not worker.done()
    assert ran == ["before"]
    let_in(True)
    await _holds(lambda: "meanwhile" in ran)
    stop.set()
    await asyncio.wait_for(worker, timeout=30)


def test_a_worker_waits_for_a_lost_database_and_goes_on(committed_db):
    remember.defer(word="before")
    remember.configure(schedule_in={"seconds": 2}).defer(word="meanwhile")
    asyncio.run(_through_an_outage())
    assert ran == ["before", "meanwhile"]
