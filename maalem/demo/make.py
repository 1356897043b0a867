"""Makes the demo: real places, invented people, things that belong to both. Pure and seeded.

    python -m maalem.demo.make --products 100000 --out figures.jsonl

writes one product a line for measuring.
"""

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

from maalem.demo import cast
from maalem.demo.records import Demo, DemoArtisan, DemoPerson, DemoProduct, Text
from maalem.demo.sources import crafts, families
from maalem.demo.things import things
from maalem.demo.workshops import workshops

__all__ = ["SEED", "Demo", "DemoArtisan", "DemoPerson", "DemoProduct", "make", "plain"]

SEED = 2026


def make(*, seed: int = SEED, artisans: int = 260, products: int = 1600) -> Demo:
    """The whole demo. The same arguments give the same demo; the cast is always first in it.

    `artisans` and `products` count the cast in; ValueError where they leave no room for it.
    """
    known, pieces = cast.artisans(), cast.products()
    if artisans <= len(known) or products <= len(pieces):
        raise ValueError(f"the cast alone is {len(known)} artisans with {len(pieces)} products")
    invented = workshops(
        seed=seed, count=artisans - len(known), taken={artisan.slug for artisan in known}
    )
    # The cast shows its hand-written pieces only, so that a visitor sees the best of them.
    made = things(seed=seed, artisans=invented, count=products - len(pieces))
    return Demo(
        crafts=families() + tuple(craft.record for craft in crafts()),
        artisans=known + tuple(invented),
        persons=cast.persons() + tuple(_person(artisan) for artisan in invented),
        products=pieces + tuple(made),
    )


def _person(artisan: DemoArtisan) -> DemoPerson:
    return DemoPerson(
        name=artisan.contact,
        phone=artisan.phone,
        email="",
        language=("fr", "ar")[len(artisan.slug) % 2],
        artisan=artisan.slug,
        role="owner",
    )


def plain(record: Any) -> Any:
    """A record as JSON takes it: texts become {"fr": …, "ar": …, "en": …}."""
    if isinstance(record, Text):
        return record._asdict()
    if dataclasses.is_dataclass(record):
        return {f.name: plain(getattr(record, f.name)) for f in dataclasses.fields(record)}
    if isinstance(record, tuple):
        return [plain(each) for each in record]
    return record


def main() -> None:
    """Write products as JSON lines."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--products", type=int, default=1600)
    parser.add_argument("--artisans", type=int, default=260)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    demo = make(seed=given.seed, artisans=given.artisans, products=given.products)
    with given.out.open("w", encoding="utf-8") as out:
        for product in demo.products:
            out.write(json.dumps(plain(product), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
