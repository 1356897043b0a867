"""Vendure 3: its shop API over GraphQL, its own search plugin on PostgreSQL, server and worker."""

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import catalogue
from bench.browser import Browser
from bench.load import Request
from bench.peers.shop import HERE, Database, Item, Processes, wait_for

_COLUMNS = (
    "name,slug,description,assets,facets,optionGroups,optionValues,sku,price,"
    "taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets"
)
_JSON = (("Content-Type", "application/json"),)
_LIST = """query($slug: String!, $skip: Int!) { search(input: {collectionSlug: $slug,
 groupByProduct: true, take: 24, skip: $skip}) { totalItems items { slug productName
 description productAsset { preview } priceWithTax { ... on PriceRange { min max }
 ... on SinglePrice { value } } } } }"""
_PRODUCT = """query($slug: String!) { product(slug: $slug) { id name slug description
 featuredAsset { preview } assets { preview } collections { name slug }
 variants { id sku name priceWithTax currencyCode stockLevel } } }"""
_SEARCH = """query($term: String!) { search(input: {term: $term, groupByProduct: true, take: 24})
 { totalItems items { slug productName description priceWithTax {
 ... on PriceRange { min max } ... on SinglePrice { value } } } } }"""


class Vendure:
    """Installed by npm into its own folder; configured as its documentation does."""

    name = "Vendure 3.7"

    def __init__(
        self, folder: Path, *, database: Database, port: int, items: Sequence[Item]
    ) -> None:
        self.folder = folder / "vendure"
        self.url = f"http://127.0.0.1:{port}"
        self.processes = Processes(
            self.folder, {"PEER_DATABASE": database.as_environment(), "PEER_PORT": str(port)}
        )
        self.items = list(items)

    def install(self) -> None:
        """npm install, once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in (
            "package.json",
            "config.js",
            "server.js",
            "worker.js",
            "populate.js",
            "index.js",
        ):
            shutil.copy(HERE / "vendure" / name, self.folder / name)
        if not (self.folder / "node_modules" / "@vendure").exists():
            self.processes.once("npm", "install", "--no-audit", "--no-fund", log="install.log")

    def populate(self) -> None:
        """Import the catalogue by Vendure's own importer, and index it."""
        crafts = sorted({item.craft for item in self.items})
        self.processes.environment["PEER_CRAFTS"] = json.dumps(crafts)
        path = self.folder / "products.csv"
        with path.open("w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(_COLUMNS.split(","))
            for item in self.items:
                price = f"{item.price_minor / 100:.2f}"
                rows.writerow(
                    [
                        *(item.title, item.slug, item.description, "", f"craft:{item.craft}"),
                        *("", "", item.sku, price, "standard", 100_000, "true", "", ""),
                    ]
                )
        self.processes.once("node", "populate.js", str(path), log="populate.log")
        self.processes.once("node", "index.js", log="populate.log")

    def start(self) -> None:
        """Server and worker, as two processes."""
        self.processes.start("node", "server.js", log="server.log")
        self.processes.start("node", "worker.js", log="worker.log")
        wait_for(self.url + "/shop-api", data=b'{"query":"{ __typename }"}')

    def stop(self) -> None:
        """End both."""
        self.processes.stop()

    def _ask(self, query: str, **variables: object) -> Request:
        body = json.dumps({"query": query, "variables": variables}).encode()
        return Request("/shop-api", body, _JSON)

    def list_requests(self) -> list[Request]:
        """Lists of 24 in a craft's collection, the first pages of each."""
        known = _Visit(self.url + "/shop-api").ask(
            "{ collections(options: {take: 100}) { items { slug } } }"
        )
        slugs = [each["slug"] for each in known["collections"]["items"]]
        return [self._ask(_LIST, slug=slug, skip=24 * page) for page in range(3) for slug in slugs]

    def product_requests(self) -> list[Request]:
        """Every product, in an order that favours none."""
        return [self._ask(_PRODUCT, slug=item.slug) for item in catalogue.at_random(self.items)]

    def search_requests(self) -> list[Request]:
        """The words people type."""
        return [self._ask(_SEARCH, term=term) for term in catalogue.terms(self.items)]

    def checkout(self, pair: tuple[Item, Item]) -> None:
        """Two products, an address, a shipping method, its own dummy payment: a settled order."""
        visit = _Visit(self.url + "/shop-api")
        for item in pair:
            product = visit.ask(_PRODUCT, slug=item.slug)["product"]
            visit.ask(
                "mutation($id: ID!) { addItemToOrder(productVariantId: $id, quantity: 1) "
                "{ __typename ... on ErrorResult { message } } }",
                id=product["variants"][0]["id"],
            )
        visit.ask(
            "mutation { setCustomerForOrder(input: {firstName: "
            '"Claire", lastName: "Martin", emailAddress: "claire@example.org"}) { __typename } }'
        )
        visit.ask(
            'mutation { setOrderShippingAddress(input: {fullName: "Claire Martin", '
            'streetLine1: "1 rue X", city: "Rabat", countryCode: "MA"}) { __typename } }'
        )
        methods = visit.ask("{ eligibleShippingMethods { id } }")["eligibleShippingMethods"]
        visit.ask(
            "mutation($id: [ID!]!) "
            "{ setOrderShippingMethod(shippingMethodId: $id) { __typename } }",
            id=[methods[0]["id"]],
        )
        visit.ask('mutation { transitionOrderToState(state: "ArrangingPayment") { __typename } }')
        paid = visit.ask(
            'mutation { addPaymentToOrder(input: {method: "standard-payment", metadata: {}}) '
            "{ __typename ... on Order { state } ... on ErrorResult { message } } }"
        )["addPaymentToOrder"]
        if paid.get("state") != "PaymentSettled":
            raise RuntimeError(f"Vendure did not settle: {paid}")
        visit.browser.close()


class _Visit:
    """One buyer's session with the shop API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.token = ""
        self.browser = Browser()

    def ask(self, query: str, **variables: object) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        page = self.browser.send("POST", self.url, body=body, headers=headers)
        self.token = page.response.headers.get("vendure-auth-token") or self.token
        said = json.loads(page.body)
        if "errors" in said:
            raise RuntimeError(str(said["errors"])[:300])
        return said["data"]
