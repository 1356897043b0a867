"""Everything that a history is played in: two processes, a worker, a line, a receiver, a clock.

A world is opened once and plays one history after the other; each begins on the same ground.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import urlencode

import psycopg

from maalem.kit.rib import rib_key
from maalem.payments import bootstrap
from maalem.payments.api import auth
from maalem.payments.config import Config
from maalem.payments.events import deliver
from maalem.payments.events.deliver import Deliverer
from maalem.payments.fees import book as fee_book
from maalem.payments.jobs.table import table
from maalem.payments.rails.simulator import simulated
from maalem.payments.risk import book as risk_book
from maalem.payments.settlement.tests.cast import bank_account
from maalem.payments.tests.doorless import request
from maalem.payments.tests.service import NOWHERE, SECRET_KEY, WEBHOOK_SECRET
from maalem.payments.tests.simulation.clock import BEGINNINGS, LoopClock
from maalem.payments.tests.simulation.ground import Ground
from maalem.payments.tests.simulation.model import DISPUTE_FEE
from maalem.payments.tests.simulation.process import Process, decoded, warm_pool
from maalem.payments.tests.simulation.receiver import Receiver
from maalem.payments.tests.simulation.statements import watched
from maalem.payments.tests.simulation.stepped import ELSEWHERE, Schedule, SteppedLoop
from maalem.payments.tests.simulation.unruly import Line, UnrulyBank, unruly
from maalem.payments.tests.simulation.wishes import RULE

T = TypeVar("T")
NO_CAPS = ((None, None),) * 3
# A weaver whose bank takes what it is sent, and a potter whose account there is closed.
BANKS = {"Fadma Aït Baha": "0117800000000000000042", "Driss Serghini": "0117800000000000000104"}
OWN_BANK = "0077800000000000000077"


@dataclass
class World:
    """See the top of the file. `config` is what every process is told."""

    config: Config
    schedule: Schedule
    clock: LoopClock
    line: Line
    receiver: Receiver
    ground: Ground
    apps: list[Process]
    worker: Process
    outside: Any
    sellers: dict[str, str]
    customer: str
    platform: str = bootstrap.PLATFORM

    @property
    def processes(self) -> list[Process]:
        """All that can die."""
        return [*self.apps, self.worker]

    async def begin(self, seed: int) -> None:
        """The ground is put back, the clock is set, and every process is a new one."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SteppedLoop)
        loop.begin_anew()
        self.ground.put_back()
        self.schedule.begin(random.Random(f"{seed}/turns"))
        self.clock.begin(random.Random(f"{seed}/clock").choice(BEGINNINGS))
        self.line.chooser = random.Random(f"{seed}/line")
        self.receiver.begin(random.Random(f"{seed}/receiver"))
        random.seed(seed)  # the back-off of deliveries has a spread
        for process in self.processes:
            await process.renew()
        self.deliverer = self.new_deliverer()

    def new_deliverer(self) -> Deliverer:
        """The worker's, whose events go to the receiver."""
        deliverer = Deliverer()
        deliverer._poster = self.receiver  # type: ignore[assignment]
        return deliverer

    def jobs(self) -> dict[str, Any]:
        """Every job of the worker by its name."""
        return {job.name: job.run for job in table(self.deliverer)}


@asynccontextmanager
async def opened(dsn: Any, loop: SteppedLoop, ground: Ground) -> AsyncIterator[World]:
    """A world on the database of `dsn`, with the platform, two sellers and their banks in it."""
    config = replace(
        Config.from_env({"MAALEM_PAYMENTS_DATABASE_URL": dsn.app}),
        level_caps=NO_CAPS,
        payout_change_wait_s=0,
        payout_minimum=1,
        dispute_fee=DISPUTE_FEE,
        fee_bps=190,
    )
    schedule, clock = loop.schedule, LoopClock(loop)
    with schedule.doing(ELSEWHERE):
        outside = await warm_pool(dsn.app, size=4)
    line = Line(schedule)
    rails = unruly(
        line,
        simulated(outside, clock, iban=config.bank_iban),
        UnrulyBank(outside, clock, iban=config.bank_iban),
    )
    apps = [Process(name, config, clock=clock, rails=rails) for name in ("one", "two")]
    worker = Process("worker", config, clock=clock, rails=rails)
    for process in (*apps, worker):
        with schedule.doing(ELSEWHERE):
            await process.connect()
    clock.begin(BEGINNINGS[0] - timedelta(days=30))
    sellers = await _settled(config, outside, apps[0])
    ears = {"url": NOWHERE, "enabled_events[]": "*", "connect": "true"}
    connected = await _made(apps[0], "webhook_endpoints", ears)
    customer = (await _made(apps[0], "customers", {"name": "Claire Martin"}))["id"]
    with psycopg.connect(dsn.superuser, autocommit=True) as db:
        db.execute("UPDATE webhook_endpoints SET created_at = %s", [clock.now()])
        db.execute("SET session_replication_role = replica")
        # The published rules keep for months; by this one all comes back before a history ends.
        db.execute(
            "INSERT INTO reserve_rules (id, reason, share_bps, days, published_on)"
            " VALUES (%s, 'Some of it may come back.', 3000, 9, '2026-01-01')",
            [RULE],
        )
        db.execute(
            "INSERT INTO reserve_conditions (rule_id, measure) VALUES (%s, 'account_closing')",
            [RULE],
        )
        db.execute("DELETE FROM event_deliveries; DELETE FROM events")
    ground.keep()
    receiver = Receiver(schedule, clock, secrets=(WEBHOOK_SECRET, connected["secret"]))
    yield World(
        *(config, schedule, clock, line, receiver, ground, apps, worker, outside),
        sellers=sellers,
        customer=customer,
    )
    with schedule.doing(ELSEWHERE):
        for process in (*apps, worker):
            await process.close()
        await outside.close()


async def _settled(config: Config, pool: Any, app: Process) -> dict[str, str]:
    """The platform with its webhooks, and the sellers with their bank accounts."""
    platform = await bootstrap.ensure_platform(
        pool,
        secret_key=SECRET_KEY,
        webhook_url=NOWHERE,
        webhook_secret=WEBHOOK_SECRET,
        config=config,
    )
    await app.renew()
    found = {}
    for name, first22 in BANKS.items():
        profile = {"business_profile[name]": name}
        made = await _made(app, "accounts", {"type": "custom", "country": "MA", **profile})
        found[name] = made["id"]
        await _given_a_bank(app, made["id"], first22)
    await _given_a_bank(app, platform, OWN_BANK)
    return found


async def _given_a_bank(app: Process, account: str, first22: str) -> None:
    place = bank_account(first22 + rib_key(first22))
    data = {f"external_account[{name}]": word for name, word in place.items()}
    await _made(app, f"accounts/{account}/external_accounts", data)


async def _made(app: Process, path: str, data: dict[str, str]) -> Any:
    headers = {"authorization": f"Bearer {SECRET_KEY}"}
    status, body = await request(app.api, "POST", f"/v1/{path}", urlencode(data).encode(), headers)
    assert status == 200, body
    return decoded(body)


@contextmanager
def steady(loop: SteppedLoop) -> Iterator[None]:
    """What is kept for some seconds is kept for seconds of the loop's own time."""
    places = ((fee_book, "time"), (risk_book, "time"), (auth, "monotonic"), (deliver, "monotonic"))
    before = [getattr(module, name) for module, name in places]
    for module, name in places:
        ours = loop.time if name == "monotonic" else SimpleNamespace(monotonic=loop.time)
        setattr(module, name, ours)
    try:
        yield
    finally:
        for (module, name), was in zip(places, before, strict=True):
            setattr(module, name, was)


class Stage:
    """A world with a loop of its own, for tests that are plain functions."""

    def __init__(self, dsn: Any) -> None:
        self.dsn = dsn
        self._ground = Ground(dsn.superuser)
        schedule = Schedule(blocked=self._ground.all_wait)
        self._runner = asyncio.Runner(loop_factory=lambda: SteppedLoop(schedule))
        loop = self._runner.get_loop()
        assert isinstance(loop, SteppedLoop)
        self._within = ExitStack()
        self._within.enter_context(watched(schedule))
        self._within.enter_context(steady(loop))
        self._opened = opened(dsn, loop, self._ground)
        self.world: World = self.run(self._opened.__aenter__())

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        """Do it, to its end."""
        return self._runner.run(doing)

    def close(self) -> None:
        """Let go of everything."""
        self.run(self._opened.__aexit__(None, None, None))
        self._within.close()
        self._runner.close()
        self._ground.close()
