"""A payments service on a real socket, and a payer without JavaScript to walk its pages."""

import asyncio
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import psycopg
import stripe

from maalem.payments import bootstrap, db

SECRET_KEY = "sk_test_payer_pages"
WEBHOOK_SECRET = "whsec_nowhere"
SHOP = "http://shop.test"
# Where events go that no test waits for: nobody listens there, and no name has to be looked up.
NOWHERE = "http://127.0.0.1:9/webhooks/payments"


@dataclass
class Service:
    """Where the service listens, and how to look into its database and its log."""

    url: str
    dsn: str
    superuser_dsn: str
    log: str
    key: str = SECRET_KEY
    environment: dict[str, str] = field(default_factory=dict)
    _line: "psycopg.Connection[Any] | None" = field(default=None, init=False, repr=False)
    _looking: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def client(self) -> stripe.StripeClient:
        """The official SDK, pointed at us."""
        return stripe.StripeClient(
            self.key,
            base_addresses={"api": self.url, "files": self.url},
            max_network_retries=0,
        )

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds, as its superuser sees it.

        On one connection that stays: to open one costs more than most of what is asked.
        """
        with self._looking:
            if self._line is not None:
                try:
                    return _fetched(self._line, sql, values)
                except psycopg.OperationalError:
                    if not self._line.broken:
                        raise
                    self._line = None  # the server was away meanwhile
            self._line = psycopg.connect(self.superuser_dsn, autocommit=True)
            return _fetched(self._line, sql, values)

    def close(self) -> None:
        """Nobody looks into the database any more."""
        if self._line is not None:
            self._line.close()

    def session(self, **fields: Any) -> stripe.checkout.Session:
        """A carpet and two tagines, 5,410.00 MAD, unless told otherwise."""
        params: dict[str, Any] = {
            "mode": "payment",
            "line_items": [line("Tapis Taznakht", 485_000), line("Tajine de Safi", 28_000, 2)],
            "success_url": SHOP + "/fr/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": SHOP + "/fr/cart",
            "client_reference_id": "G-1",
            "locale": "fr",
            "payment_method_types": ["card", "wallet"],
            "payment_intent_data": {"transfer_group": "G-1", "metadata": {"group": "G-1"}},
        }
        return self.client().v1.checkout.sessions.create(params={**params, **fields})

    def retrieve(self, session: stripe.checkout.Session) -> stripe.checkout.Session:
        """The session as it stands, its intent expanded."""
        return self.client().v1.checkout.sessions.retrieve(
            session.id, params={"expand": ["payment_intent"]}
        )

    def events(self, object_id: str) -> list[str]:
        """The types of the events about an object, in order."""
        return [
            row[0]
            for row in self.rows(
                "SELECT type FROM events WHERE object_id = %s ORDER BY id", object_id
            )
        ]


def _fetched(
    line: "psycopg.Connection[Any]", sql: str, values: tuple[Any, ...]
) -> list[tuple[Any, ...]]:
    cursor = line.execute(sql, values)  # type: ignore[call-overload]
    return cursor.fetchall() if cursor.description else []


def line(name: str, unit_amount: int, quantity: int = 1) -> dict[str, Any]:
    """A line item in dirhams' centimes."""
    return {
        "price_data": {
            "currency": "mad",
            "unit_amount": unit_amount,
            "product_data": {"name": name},
        },
        "quantity": quantity,
    }


def open_platform(dsn: str) -> None:
    """The platform's account and key in the database `dsn`; its events go nowhere."""

    async def open_it() -> None:
        pool = await db.connect(dsn, size=1)
        await bootstrap.ensure_platform(
            pool, secret_key=SECRET_KEY, webhook_url=NOWHERE, webhook_secret=WEBHOOK_SECRET
        )
        await pool.close()

    asyncio.run(open_it())


@contextmanager
def serving(dsns: Any, *, log: Path, workers: int = 1) -> Iterator[Service]:
    """The service on the databases of a `payments_dsn` fixture, with the platform as customer."""
    open_platform(dsns.app)
    process, running = start(
        dsn=dsns.app,
        admin=dsns.admin,
        superuser_dsn=dsns.superuser,
        log=str(log),
        workers=workers,
    )
    try:
        yield running
    finally:
        running.close()
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
    """A port nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    *, dsn: str, admin: str, superuser_dsn: str, log: str, workers: int = 1, **settings: str
) -> tuple[Any, Service]:
    """Start the service on a free port; return when it is healthy."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "MAALEM_PAYMENTS_URL": url,
        "MAALEM_PLATFORM_URL": SHOP,
        "MAALEM_PAYMENTS_DATABASE_URL": dsn,
        "MAALEM_PAYMENTS_ADMIN_DATABASE_URL": admin,
        **settings,
    }
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "maalem.payments.serve", "--port", str(port)),
                *("--workers", str(workers), "--app", "maalem.payments.tests.described:app"),
            ],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    for _ in range(200):
        try:
            if httpx.get(url + "/health", timeout=1).status_code == 200:
                return process, Service(url, dsn, superuser_dsn, log, environment=environment)
        except httpx.TransportError:
            assert process.poll() is None, Path(log).read_text()
            time.sleep(0.05)
    raise AssertionError(Path(log).read_text())


def start_jobs(service: Service, *, log: str) -> "subprocess.Popen[bytes]":
    """Start the worker process beside a service."""
    with open(log, "wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "maalem.payments.jobs"],
            env=service.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def working(service: Service, *, log: Path) -> Iterator[None]:
    """The worker process beside a service, for as long as the block runs; it has to end well.

    It is waited for until it has written itself down: one that is told to stop before it listens
    to signals dies of the signal, as happened to short tests on a busy machine.
    """

    def started() -> int:
        return int(service.rows("SELECT count(*) FROM runs WHERE role = 'worker'")[0][0])

    before = started()
    process = start_jobs(service, log=str(log))
    try:
        eventually(lambda: process.poll() is not None or started() > before, within_s=60)
        yield
    finally:
        process.terminate()
        ended = process.wait(timeout=60)
    assert ended == 0, log.read_text()


def eventually(look: Callable[[], Any], *, within_s: float = 10.0) -> Any:
    """What `look` returns once it is true; fails when that takes too long."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


class Forms(HTMLParser):
    """The forms of a page with their fields and buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.forms.append({"action": found["action"], "fields": {}, "buttons": []})
        elif tag == "input" and self.forms and found.get("name"):
            if found.get("type") != "radio" or "checked" in found:
                self.forms[-1]["fields"][found["name"]] = found.get("value") or ""
        elif tag == "button" and self.forms:
            self.forms[-1]["buttons"].append((found.get("name"), found.get("value")))
        elif tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))


@dataclass
class Payer:
    """Walks pages as a browser without JavaScript does. Leaving the payments origin ends a walk."""

    service: Service
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))
    page: str = ""
    status: int = 0
    at: str = ""
    headers: httpx.Headers = field(default_factory=httpx.Headers)

    def open(self, url: str) -> "Payer":
        """Visit an address and follow where it leads."""
        return self._follow(self.http.get(url))

    def press(self, button: str = "", /, form: int = 0, **typed: str) -> "Payer":
        """Fill the page's form and press a button (by its value, where it has one)."""
        url, data = self.filled(button, form, **typed)
        return self._follow(self.http.post(url, data=data))

    def filled(
        self, button: str = "", form: int = 0, /, **typed: str
    ) -> tuple[str, dict[str, str]]:
        """The address of a form and what would be posted."""
        parser = Forms()
        parser.feed(self.page)
        for found in parser.forms:
            for name, value in found["buttons"]:
                if button and value == button:
                    data = {**found["fields"], **typed, name: value}
                    return urljoin(self.at, found["action"]), data
        assert not button, f"no button {button!r} on {self.text}"
        found = parser.forms[form]
        return urljoin(self.at, found["action"]), {**found["fields"], **typed}

    def pay(self, number: str = "4242424242424242", /, **typed: str) -> "Payer":
        """Fill and send the card form."""
        filled = {"number": number, "exp": "12 / 34", "cvc": "123", "holder": "Claire Martin"}
        return self.press(**{**filled, **typed})

    @property
    def text(self) -> str:
        """The words of the page."""
        body = re.sub(r"(?s)<(script|style|title).*?</\1>|<[^>]+>", " ", self.page)
        return re.sub(r"\s+", " ", unescape(body)).strip()

    @property
    def left(self) -> bool:
        """Whether the payer is back at the shop."""
        return self.at.startswith(SHOP)

    def _follow(self, response: httpx.Response) -> "Payer":
        for _ in range(10):
            self.at, self.status = str(response.url), response.status_code
            self.page, self.headers = response.text, response.headers
            if not response.is_redirect:
                return self
            self.at = urljoin(self.at, response.headers["location"])
            if not self.at.startswith(self.service.url):
                self.page = ""
                return self
            response = self.http.get(self.at)
        raise AssertionError(f"too many redirects, at {self.at}")
