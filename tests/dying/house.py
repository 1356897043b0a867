"""A whole payment institution on a database server of its own, and customers who insist."""

import asyncio
import contextlib
import json
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from maalem.cli import databases, postgres, up
from maalem.cli.children import Child
from maalem.payments import db
from maalem.payments.acquiring import chores
from maalem.payments.compose import opened
from maalem.payments.config import Config
from maalem.payments.ledger.verify import verify
from maalem.payments.tests import service as driver

PAY = {"amount": "1000", "currency": "mad", "confirm": "true", "payment_method": "pm_card_visa"}
CUSTOMERS = 6


class NoPlace:
    """A place whose disk is never said to be full: the supervisor asks."""

    def full_disk(self) -> None:
        """Nothing to say."""


@dataclass
class Load:
    """Customers who pay one after the other, each payment under a key of its own.

    Every third gives up at the first trouble and never asks again.
    """

    url: str
    kept: dict[str, bytes] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> "list[threading.Thread]":
        """Let them in."""
        threads = [threading.Thread(target=self._pay, args=(n,)) for n in range(CUSTOMERS)]
        for thread in threads:
            thread.start()
        return threads

    def _pay(self, number: int) -> None:
        with httpx.Client(auth=(driver.SECRET_KEY, ""), timeout=60) as http:
            while not self.over.is_set():
                key = uuid.uuid4().hex
                while (answer := self.ask(http, key)) is None:
                    if number % 3 == 0:
                        self.given_up.add(key)
                        break
                    time.sleep(0.1)
                time.sleep(0.01)
                if answer is not None:
                    self.kept[key] = answer

    def ask(self, http: httpx.Client, key: str) -> bytes | None:
        """The answer to the payment `key`, or None where it has to be asked again."""
        try:
            said = http.post(
                f"{self.url}/v1/payment_intents", data=PAY, headers={"Idempotency-Key": key}
            )
        except httpx.TransportError:
            return None
        if said.status_code == 200:
            return said.content
        self.refused += said.status_code == 503
        if said.status_code not in (409, 503) or said.headers.get("stripe-should-retry") != "true":
            self.wrong.append(f"{said.status_code} {said.text}")
        return None


@dataclass
class House:
    """The server, the service and its worker, kept running by our own supervisor."""

    server: postgres.Server
    dsns: databases.Dsns
    service: driver.Service

    def lives(self) -> bool:
        """Whether a payment can be made now."""
        load = Load(self.service.url)
        with httpx.Client(auth=(driver.SECRET_KEY, ""), timeout=60) as http:
            return load.ask(http, uuid.uuid4().hex) is not None

    def await_life(self) -> None:
        """Wait until payments can be made again."""
        driver.eventually(self.lives, within_s=90)

    def check(self, load: Load) -> None:
        """Each acknowledged payment is there once, each other one whole or not at all."""
        assert load.wrong == [], load.wrong[0]
        with httpx.Client(auth=(driver.SECRET_KEY, ""), timeout=60) as http:
            for key, body in load.kept.items():
                assert load.ask(http, key) == body, key
        asyncio.run(self._finish())
        stands = self.service.rows(
            "SELECT e.idempotency_key, count(*), min(i.status), sum(i.amount_received)"
            " FROM events e JOIN payment_intents i ON i.id = e.object_id"
            " WHERE e.type = 'payment_intent.created' AND e.idempotency_key IS NOT NULL GROUP BY 1"
        )
        by_key = {key: (count, status, amount) for key, count, status, amount in stands}
        paid, not_paid = (1, "succeeded", 1000), (1, "requires_payment_method", 0)
        for key, body in load.kept.items():
            # Whose network could not write either was told "processing": it may end both ways.
            waited = json.loads(body)["status"] == "processing"
            assert by_key[key] == paid or (waited and by_key[key] == not_paid), (key, by_key[key])
        for key in load.given_up & set(by_key):
            assert by_key[key] in (paid, not_paid), (key, by_key[key])
        report = asyncio.run(verify(self.dsns.payments_admin))
        assert report.clean, report.findings

    async def _finish(self) -> None:
        """The worker's job, without its patience."""
        async with opened(Config.from_env(self.service.environment), pool_size=2) as payments:
            await chores.resolve_unknown(payments, grace_s=0)


@contextmanager
def house(
    home: Path, *, logs: Path, environment: dict[str, str] | None = None, **settings: str
) -> Iterator[House]:
    """One under `home`; what it writes about itself goes to `logs`. The database's server has
    `environment` and `settings`."""
    with postgres.running(home, settings=settings, environment=environment) as server:
        dsns = databases.prepare(server.dsn("postgres"))
        asyncio.run(db.migrate(dsns.payments_admin))
        driver.open_platform(dsns.payments)
        process, service = driver.start(
            dsn=dsns.payments,
            admin=dsns.payments_admin,
            superuser_dsn=server.dsn("maalem_payments"),
            log=str(logs / "service.log"),
        )
        jobs = [sys.executable, "-m", "maalem.payments.jobs"]
        worker = Child("payments-jobs", jobs, service.environment, logs / "jobs.log")
        worker.start()
        stop = threading.Event()
        # The kernel stops a server whose starter is gone: this thread lives until all is over.
        watcher = threading.Thread(
            target=up._watch, args=(NoPlace(), [worker]), kwargs={"server": server, "stop": stop}
        )
        watcher.start()
        try:
            yield House(server, dsns, service)
        finally:
            process.terminate()
            process.wait(timeout=60)
            stop.set()
            watcher.join()
            worker.stop()


@contextmanager
def under_load(place: House) -> Iterator[Load]:
    """Customers for as long as the block lasts; afterwards everything must be right."""
    load = Load(place.service.url)
    threads = load.start()
    with contextlib.ExitStack() as after:
        after.callback(lambda: [thread.join(120) for thread in threads])
        after.callback(load.over.set)
        yield load
    place.await_life()
    place.check(load)
