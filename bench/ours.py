"""Maalem as a shop of the run: what `maalem up` starts, on the server that all share."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import psycopg

from bench import catalogue, memory
from bench.browser import Browser, Lost
from bench.load import Request
from bench.peers.shop import Item, Processes, wait_for
from bench.plan import Plan
from maalem.cli import databases, installation, postgres, up
from maalem.cli.installation import Installation

ROOT = Path(__file__).resolve().parent.parent
# Answers "paid" without a challenge; see docs/test-cards.md.
_CARD = {"number": "4242 4242 4242 4242", "exp": "12 / 34", "cvc": "123", "holder": "Claire Martin"}
_BUYER = {
    "name": "Claire Martin",
    "phone": "0612345678",
    "email": "claire@example.org",
    "commune": "Taznakht (Ouarzazate)",
    "quarter": "1 rue X",
    "landmark": "",
    "note": "",
}
# What htmx tells a page's server.
_SCRIPT = {"HX-Request": "true", "HX-Target": "buy-answer"}


class Maalem:
    """An installation of a given size; HTML pages in English, as a stranger sees them."""

    name = "Maalem"

    def __init__(
        self, plan: Plan, *, server: postgres.Server, size: int, items: Sequence[Item]
    ) -> None:
        self.place = Installation(
            home=plan.home / "maalem" / str(size),
            platform_url=f"http://127.0.0.1:{plan.port}",
            payments_url=f"http://127.0.0.1:{plan.port + 10}",
        )
        self.url = self.place.platform_url
        self.items = list(items)
        self.server = server
        self.names = (f"maalem_payments_{size}", f"maalem_platform_{size}")
        self.processes = Processes(self.place.home, {"PYTHONPATH": str(ROOT)})
        self.children = []
        self.slugs: list[str] = []

    def install(self) -> None:
        """Folders, databases, migrations."""
        self.place.make_home()
        installation.refuse_busy_port(self.place.platform_url, what="the shop")
        installation.refuse_busy_port(self.place.payments_url, what="the institution")
        payments, platform = self.names
        dsns = databases.prepare(self.server.dsn("postgres"), payments=payments, platform=platform)
        environment = {**os.environ, **self.place.environment(dsns, demo=False)}
        self.processes.environment = environment = {**environment, "PYTHONPATH": str(ROOT)}
        self.processes.once(sys.executable, "-m", "maalem", "prepare", log="log/prepare.log")
        self.children = up.children_of(self.place, environment=environment)

    def populate(self) -> None:
        """The same catalogue, by the demo's loader; it opens accounts at the institution."""
        self._start(self.children[:1])
        try:
            size = str(len(self.items))
            words = (sys.executable, "-m", "bench.fill", "--products", size)
            self.processes.once(*words, log="log/fill.log")
        finally:
            self.stop()

    def start(self) -> None:
        """Both services and their workers."""
        self._start(self.children)
        with psycopg.connect(self.server.dsn(self.names[1])) as connection:
            rows = connection.execute(
                "SELECT slug FROM catalog_craft WHERE parent_id IS NOT NULL ORDER BY slug"
            )
            self.slugs = [slug for (slug,) in rows]

    def start_payments(self) -> None:
        """The payment institution alone, without the worker that delivers its events."""
        self._start(self.children[:1])

    @property
    def payments_processes(self) -> list[int]:
        """The process ids of the payment service that answer requests."""
        assert self.children[0].process is not None
        first = self.children[0].process.pid
        return [first, *memory.below(first)]

    def _start(self, children: Sequence[object]) -> None:
        for child in children:
            child.start()
        wait_for(self.place.payments_url + "/health")
        if len(children) > 1:
            wait_for(self.url + "/health")

    def stop(self) -> None:
        """End what runs, the shop before what it stands on."""
        for child in reversed(self.children):
            child.stop()

    @property
    def books(self) -> str:
        """The URL by which an auditor reads the books."""
        return self.server.dsn(self.names[0])

    @property
    def key(self) -> str:
        """The platform's secret key at the payment institution."""
        return self.processes.environment["MAALEM_STRIPE_API_KEY"]

    def list_requests(self) -> list[Request]:
        """Lists of 24 of a craft, the first pages of each: whole HTML pages."""
        return [
            Request(f"/en/crafts/{slug}/" + (f"?page={page}" if page > 1 else ""))
            for page in (1, 2, 3)
            for slug in self.slugs
        ]

    def product_requests(self) -> list[Request]:
        """Every product, in an order that favours none."""
        return [Request(f"/en/products/{item.slug}/") for item in catalogue.at_random(self.items)]

    def search_requests(self) -> list[Request]:
        """The words people type."""
        return [Request(f"/en/search/?q={quote(term)}") for term in catalogue.terms(self.items)]

    def for_sale(self) -> set[str]:
        """Slugs of what can be bought more than once."""
        with psycopg.connect(self.server.dsn(self.names[1])) as connection:
            rows = connection.execute(
                "SELECT slug FROM catalog_product WHERE supply <> 'unique' AND status = 'published'"
            )
            return {slug for (slug,) in rows}

    def paid(self) -> int:
        """How many purchases are paid, as the shop's own rows say."""
        with psycopg.connect(self.server.dsn(self.names[1])) as connection:
            row = connection.execute("SELECT count(*) FROM orders_ordergroup WHERE status = 'paid'")
            return row.fetchone()[0]

    def undelivered(self) -> int:
        """Signed webhooks that the shop has not acknowledged yet."""
        with psycopg.connect(self.books) as connection:
            row = connection.execute(
                "SELECT count(*) FROM event_deliveries WHERE status = 'pending'"
            )
            return row.fetchone()[0]

    def checkout(self, pair: tuple[Item, Item]) -> None:
        """Two sellers' pieces in one cart, an address, the payment page, a card: a paid order.

        As in a browser with scripts: what is added is answered in place, the cart is seen once.
        """
        visit = Browser()
        for press, item in enumerate(pair):
            page = visit.get(f"{self.url}/en/products/{item.slug}/")
            address, fields = page.form("/cart/add/")
            visit.post(address, fields, headers={**_SCRIPT, "X-Press": f"{id(visit)}-{press}"})
        visit.get(f"{self.url}/en/cart/")
        address, fields = visit.get(f"{self.url}/en/checkout/").form("/checkout/")
        page = visit.post(address, {**fields, **_BUYER})
        page = visit.post(*page.form("/checkout/review/"))
        address, fields = page.form("/card")
        page = visit.post(address, {**fields, **_CARD})
        visit.close()
        if "/orders/" not in page.url:
            raise Lost(f"Maalem did not come to a paid order but to {page.url}")
