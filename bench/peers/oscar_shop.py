"""django-oscar 4: its own pages, PostgreSQL, Haystack on Whoosh, served by Granian."""

import csv
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import requests

from bench.load import Request
from bench.peers.shop import HERE, TERMS, Database, Item, Processes, wait_for

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Oscar:
    """Installed by pip into its own environment; configured as its documentation does."""

    name = "django-oscar 4.2"

    def __init__(self, folder: Path, *, database: Database, port: int) -> None:
        self.folder = folder / "oscar"
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.python = str(self.folder / "environment" / "bin" / "python")
        self.processes = Processes(
            self.folder,
            {"PEER_DATABASE": database.as_environment(), "PEER_HOME": str(self.folder)},
        )
        self.items: list[Item] = []
        self.addresses: list[str] = []
        self._next = 0

    def install(self) -> None:
        """An environment of its own, once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in (HERE / "oscar").iterdir():
            if path.is_file():
                shutil.copy(path, self.folder / path.name)
        if not Path(self.python).exists():
            self.processes.once(sys.executable, "-m", "venv", "environment", log="install.log")
        self.processes.once(
            *(self.python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt"),
            log="install.log",
        )

    def populate(self, items: Sequence[Item]) -> None:
        """Rows in bulk, then its index."""
        self.items = list(items)
        path = self.folder / "products.csv"
        with path.open("w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(
                ["title", "slug", "description", "sku", "price_minor", "stock", "seller", "craft"]
            )
            for item in items:
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
            *("--workers", "2", "wsgi:application"),
            log="server.log",
        )
        wait_for(self.url + "/catalogue/")
        page = requests.get(self.url + "/catalogue/", timeout=60).text
        first = min(int(found) for found in re.findall(r"/catalogue/[\w-]+_(\d+)/", page))
        by_slug = {slug: int(pk) for slug, pk in re.findall(r"/catalogue/([\w-]+)_(\d+)/", page)}
        known = next((i for i, item in enumerate(self.items) if item.slug in by_slug), 0)
        base = by_slug.get(self.items[known].slug, first) - known
        self.addresses = [
            f"/catalogue/{item.slug}_{base + i}/" for i, item in enumerate(self.items)
        ]

    def stop(self) -> None:
        """End it."""
        self.processes.stop()

    def list_requests(self) -> list[Request]:
        """Its catalogue, page by page."""
        pages = min(10, max(1, len(self.items) // 20))
        return [Request(f"/catalogue/?page={page}") for page in range(1, pages + 1)]

    def product_requests(self) -> list[Request]:
        """Products spread over the catalogue."""
        return [Request(path) for path in self.addresses[:: max(1, len(self.items) // 200)]]

    def search_requests(self) -> list[Request]:
        """The words people type."""
        return [Request(f"/search/?q={quote(term)}") for term in TERMS]

    def checkout(self) -> None:
        """Two products, a guest, an address, its default free payment step: a placed order."""
        visit = requests.Session()
        first, second = self.addresses[self._next], self.addresses[-1 - self._next]
        self._next = (self._next + 1) % (len(self.addresses) // 2)
        for address in (first, second):
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
        visit.get(self.url + "/checkout/shipping-method/", timeout=60)
        visit.get(self.url + "/checkout/payment-details/", timeout=60)
        done = self._post(
            visit,
            "/checkout/preview/",
            to="/checkout/preview/",
            fields={"action": "place_order"},
        )
        if "thank-you" not in done.url:
            raise RuntimeError(f"django-oscar did not place the order: {done.url}")

    def _post(
        self, visit: requests.Session, page: str, *, to: str, fields: dict[str, str]
    ) -> requests.Response:
        token = _TOKEN.search(visit.get(self.url + page, timeout=60).text)
        form = {**fields, "csrfmiddlewaretoken": token.group(1) if token else ""}
        answer = visit.post(
            self.url + to, data=form, headers={"Referer": self.url + page}, timeout=60
        )
        answer.raise_for_status()
        return answer
