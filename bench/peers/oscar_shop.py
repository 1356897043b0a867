"""django-oscar 4: its own pages, PostgreSQL, Haystack on Whoosh, served by Granian."""

import csv
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from bench import catalogue
from bench.browser import Browser, Lost, Page
from bench.load import Request
from bench.peers.shop import HERE, Database, Item, Processes, wait_for

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_ADDRESS = re.compile(r"/catalogue/([\w-]+)_(\d+)/")


class Oscar:
    """Installed by pip into its own environment; configured as its documentation does."""

    name = "django-oscar 4.2"

    def __init__(
        self, folder: Path, *, database: Database, port: int, items: Sequence[Item]
    ) -> None:
        self.folder = folder / "oscar"
        self.data = self.folder / f"data-{len(items)}"
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.python = str(self.folder / "environment" / "bin" / "python")
        self.processes = Processes(
            self.folder,
            {"PEER_DATABASE": database.as_environment(), "PEER_HOME": str(self.data)},
        )
        self.items = list(items)
        self.addresses: dict[str, str] = {}

    def install(self) -> None:
        """An environment of its own, once."""
        self.data.mkdir(parents=True, exist_ok=True)
        for path in (HERE / "oscar").iterdir():
            if path.is_file():
                shutil.copy(path, self.folder / path.name)
        if Path(self.python).exists():
            return
        self.processes.once(sys.executable, "-m", "venv", "environment", log="install.log")
        self.processes.once(
            *(self.python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt"),
            log="install.log",
        )

    def populate(self) -> None:
        """Rows in bulk, then its index."""
        path = self.data / "products.csv"
        with path.open("w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(
                ["title", "slug", "description", "sku", "price_minor", "stock", "seller", "craft"]
            )
            for item in self.items:
                rows.writerow(
                    [
                        *(item.title, item.slug, item.description, item.sku, item.price_minor),
                        *(100_000, item.seller, item.craft),
                    ]
                )
        self.processes.once(self.python, "populate.py", str(path), log="populate.log")

    def start(self) -> None:
        """Two workers, as ours has."""
        self.processes.start(
            *(self.python, "-m", "granian", "--interface", "wsgi", "--port", str(self.port)),
            *("--workers", "2", "--blocking-threads", "2", "wsgi:application"),
            log="server.log",
        )
        wait_for(self.url + "/catalogue/")
        # Its addresses end in a row's number; rows were made in the catalogue's order.
        page = Browser().get(self.url + "/catalogue/").body
        place = {item.slug: number for number, item in enumerate(self.items)}
        slug, key = next(found for found in _ADDRESS.findall(page) if found[0] in place)
        first = int(key) - place[slug]
        self.addresses = {
            item.slug: f"/catalogue/{item.slug}_{first + number}/"
            for number, item in enumerate(self.items)
        }

    def stop(self) -> None:
        """End it."""
        self.processes.stop()

    def list_requests(self) -> list[Request]:
        """Its catalogue, page by page."""
        pages = min(10, max(1, len(self.items) // 20))
        return [Request(f"/catalogue/?page={page}") for page in range(1, pages + 1)]

    def product_requests(self) -> list[Request]:
        """Every product, in an order that favours none."""
        return [Request(self.addresses[item.slug]) for item in catalogue.at_random(self.items)]

    def search_requests(self) -> list[Request]:
        """The words people type."""
        return [Request(f"/search/?q={quote(term)}") for term in catalogue.terms(self.items)]

    def checkout(self, pair: tuple[Item, Item]) -> None:
        """Two products, a guest, an address, its default free payment step: a placed order."""
        visit = Browser()
        for item in pair:
            address = self.addresses[item.slug]
            product = address.rstrip("/").rpartition("_")[2]
            self._post(visit, address, to=f"/basket/add/{product}/", fields={"quantity": "1"})
        guest = {"username": "claire@example.org", "options": "anonymous"}
        self._post(visit, "/checkout/", to="/checkout/", fields=guest)
        where = {
            "first_name": "Claire",
            "last_name": "Martin",
            "line1": "1 rue X",
            "line4": "Rabat",
            "postcode": "10000",
            "country": "MA",
        }
        step = "/checkout/shipping-address/"
        self._post(visit, step, to=step, fields=where)
        visit.get(self.url + "/checkout/shipping-method/")
        visit.get(self.url + "/checkout/payment-details/")
        done = self._post(
            visit,
            "/checkout/preview/",
            to="/checkout/preview/",
            fields={"action": "place_order"},
        )
        if "thank-you" not in done.url:
            raise Lost(f"django-oscar did not place the order: {done.url}")
        visit.close()

    def _post(self, visit: Browser, page: str, *, to: str, fields: dict[str, str]) -> Page:
        token = _TOKEN.search(visit.get(self.url + page).body)
        form = {**fields, "csrfmiddlewaretoken": token.group(1) if token else ""}
        return visit.post(self.url + to, form, referer=self.url + page)
