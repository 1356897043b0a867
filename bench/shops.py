"""The shops of a run at one size: installed, filled once, started together, ended together."""

import contextlib
import csv
import time
from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path

from bench import catalogue, server
from bench.ours import Maalem
from bench.peers.oscar_shop import Oscar
from bench.peers.shop import Item, Shop
from bench.peers.vendure_shop import Vendure
from bench.plan import Plan
from maalem.cli import postgres


def items_of(home: Path, size: int) -> list[Item]:
    """The catalogue that every shop under `home` holds at this size, made once and kept."""
    path = home / f"catalogue-{size}.csv"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".new").open("w", newline="") as out:
            csv.writer(out).writerows(astuple(item) for item in catalogue.items(size))
        path.with_suffix(".new").replace(path)
    names = [each.name for each in fields(Item)]
    with path.open(newline="") as source:
        rows = [dict(zip(names, row, strict=True)) for row in csv.reader(source)]
    return [Item(**{**row, "price_minor": int(row["price_minor"])}) for row in rows]


def filled(plan: Plan, *, on: postgres.Server, size: int, peers: bool) -> list[Shop]:
    """Ours first, then the peers; each installed and holding the catalogue, none running."""
    home, items = plan.home, items_of(plan.home, size)
    shops: list[Shop] = [Maalem(plan, server=on, size=size, items=items)]
    if peers:
        for maker, port in ((Vendure, plan.port + 20), (Oscar, plan.port + 30)):
            word = maker.__name__.lower()
            database = server.database(on, f"{word}_{size}")
            shops.append(maker(home, database=database, port=port, items=items))
    for shop in shops:
        shop.install()
        _fill_once(shop, home=home, on=on, size=size)
    return shops


def _fill_once(shop: Shop, *, home: Path, on: postgres.Server, size: int) -> None:
    word = type(shop).__name__.lower()
    stamp = home / f"{word}-{size}.filled"
    if stamp.exists():
        return
    began = time.monotonic()
    if not isinstance(shop, Maalem):
        # Ours goes on where a broken run stopped; a peer's importer begins anew.
        server.database(on, f"{word}_{size}", anew=True)
    print(f"  {shop.name}: putting {size:,} products on the shelves …", flush=True)
    shop.populate()
    server.analyse(on, f"maalem_platform_{size}" if word == "maalem" else f"{word}_{size}")
    took = time.monotonic() - began
    stamp.write_text(f"{took:.1f}\n")
    print(f"  {shop.name}: done in {took:.0f} s", flush=True)


@contextlib.contextmanager
def open_for_visits(shops: list[Shop]) -> Iterator[None]:
    """All of them running; whatever happens, all of them ended."""
    with contextlib.ExitStack() as stack:
        for shop in shops:
            stack.callback(shop.stop)
            shop.start()
        yield
