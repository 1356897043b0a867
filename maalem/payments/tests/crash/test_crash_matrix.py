"""Each money path, killed right before and right after each of its statements.

A child process does the path and kills itself at statement k; then another one does what follows:
the client's retry with the same keys, or the worker's jobs an hour later, or first the jobs and
then a late retry. What stands afterwards is compared with a run that nobody killed.

With each change a few moments of each path are tried; all of them with MAALEM_NIGHTLY=1.
"""

import asyncio
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import psycopg
import pytest

from maalem.payments.events.deliver import Deliverer
from maalem.payments.jobs.table import table
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement.bank import desk
from maalem.payments.tests import service
from maalem.payments.tests.bookings import codes
from maalem.payments.tests.crash.by_hand import TRIED
from maalem.payments.tests.crash.every import ALSO, BOOKED_BY, EVERY, IN_JOBS, NO_MONEY, must_book
from maalem.payments.tests.crash.world import booked, differences, money, picture, price, undecided

NIGHTLY = "MAALEM_NIGHTLY" in os.environ
POINTS = 2
AN_HOUR = timedelta(hours=1)
# The last noon that has passed: networks settle at midnight, and a history takes some hours.
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
NOW = NOON if datetime.now(UTC) >= NOON else NOON - timedelta(days=1)


class Driver:
    """The process whose forks are killed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "maalem.payments.tests.crash.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, **words: Any) -> dict[str, Any]:
        """Have something done; what was told of it, and whether it was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return dict(json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """There are no more orders."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    one = Driver()
    yield one
    one.close()


@dataclass
class Bench:
    """A path, prepared in a database that is copied for each run."""

    driver: Driver
    dsn: Any
    path: str
    state: dict[str, str]

    @contextmanager
    def copy(self) -> Iterator["Run"]:
        """Another run on what was prepared."""
        name = f"crash_{secrets.token_hex(6)}"
        old = self.dsn.app.split("?")[0].rpartition("/")[2]
        with psycopg.connect(os.environ["MAALEM_TEST_SERVER"], autocommit=True) as db:
            db.execute(f'CREATE DATABASE "{name}" TEMPLATE "{old}" STRATEGY file_copy')
            yield Run(
                self,
                app=self.dsn.app.replace(f"/{old}?", f"/{name}?"),
                superuser=self.dsn.superuser.replace(f"/{old}?", f"/{name}?"),
            )
            db.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@dataclass
class Run:
    """One database, and what is done in it."""

    bench: Bench
    app: str
    superuser: str

    def do(self, part: str, *, since: timedelta = timedelta(0), **kill: Any) -> dict[str, Any]:
        """Have a part done by a new process."""
        return self.bench.driver.order(
            dsn=self.app,
            path=self.bench.path,
            part=part,
            state=self.bench.state,
            at=(NOW + EVERY[self.bench.path].later + since).isoformat(),
            **kill,
        )

    def whole(self, part: str, **more: Any) -> dict[str, Any]:
        """The same, and it must come to its end."""
        done = self.do(part, **more)
        assert not done["killed"], done
        assert done["told"], done
        assert "count" in done["told"][-1], done
        return done

    def books(self) -> Any:
        """What stands now; the audit must find nothing."""
        report = asyncio.run(verify(self.superuser))
        assert report.clean, report.findings
        return picture(self.superuser)


@pytest.fixture(params=EVERY)
def bench(request: pytest.FixtureRequest, driver: Driver, fresh_payments_dsn: Any) -> Bench:
    service.open_platform(fresh_payments_dsn.app)
    if EVERY[request.param].priced:
        price(fresh_payments_dsn.superuser)
    prepared = driver.order(
        dsn=fresh_payments_dsn.app,
        path=request.param,
        part="prepare",
        state={},
        at=(NOW - timedelta(minutes=1)).isoformat(),
    )
    assert "state" in prepared["told"][-1], prepared
    return Bench(driver, fresh_payments_dsn, request.param, prepared["told"][-1]["state"])


def answers(done: dict[str, Any]) -> list[tuple[int, str]]:
    """What a client was answered, in order."""
    return [(line["status"], line["body"]) for line in done["told"] if "body" in line]


def moments(count: int) -> list[tuple[int, bool, bool]]:
    """(statement, after it, somebody retries) of the runs to try."""
    every = [(k, after, tried) for k in range(1, count + 1) for after in (0, 1) for tried in (0, 1)]
    if not NIGHTLY:
        step = max(len(every) // POINTS, 1) | 1  # odd, so that it meets every kind
        every = every[step // 2 :: step]
    return [(k, bool(after), bool(tried)) for k, after, tried in every]


def test_every_kind_of_booking_is_killed_while_it_is_made():
    """P1: what a recipe books, a path of the matrix books; each path says so when it is run."""
    assert set(BOOKED_BY) == codes()
    assert {*BOOKED_BY.values(), *chain.from_iterable(ALSO.values())} <= set(EVERY)


def test_every_job_and_every_deed_of_the_desk_is_killed_or_says_why_not():
    assert IN_JOBS.keys() | NO_MONEY.keys() == {job.name for job in table(Deliverer())}
    assert set(IN_JOBS.values()) <= set(EVERY)
    assert desk._DEEDS.keys() == TRIED


def test_killed_at_any_statement_money_moves_once_or_not_at_all(bench: Bench):
    """P1: whatever the statement, and whether the client comes back, or the jobs must finish it."""
    path = EVERY[bench.path]
    with bench.copy() as run:
        before = booked(run.superuser)
        count = run.whole("act")["told"][-1]["count"]
        made = booked(run.superuser) - before
        run.whole("jobs", since=AN_HOUR)
        done = run.books()
    with bench.copy() as run:
        run.whole("jobs", since=AN_HOUR)
        nothing = run.books()
    assert count > 0
    assert must_book(bench.path) <= made.keys(), made
    # Connections that are opened or not make the count differ by a few from run to run: one that
    # comes to its end has to be right all the same.
    kills = 0
    for k, after, tried in moments(count):
        with bench.copy() as run:
            first = run.do("act", k=k, after=after)
            kills += first["killed"]
            if tried:
                again = run.whole("act")
                acknowledged = answers(first)
                assert answers(again)[: len(acknowledged)] == acknowledged
                run.whole("jobs", since=AN_HOUR)
                apart = differences(run.books(), done)
                assert apart.keys() <= path.twice, (k, after, apart)
                continue
            run.whole("jobs", since=AN_HOUR)
            left = money(run.books())
            assert left in (money(nothing), money(done)), (k, after)
            assert undecided(run.superuser).keys() <= path.waits, (k, after)
            run.do("act", since=2 * AN_HOUR)  # she comes back late
            run.whole("jobs", since=3 * AN_HOUR)
            assert money(run.books()) in (money(nothing), money(done)), (k, after)
    assert kills, "none of the runs was killed"
