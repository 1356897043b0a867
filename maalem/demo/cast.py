"""The cast that every visitor meets, with what they make: read from data/cast.toml."""

import random
from functools import cache
from typing import Any
from zlib import crc32

from maalem.demo.records import (
    EMPTY,
    DemoArtisan,
    DemoMaker,
    DemoPerson,
    DemoProduct,
    DemoVariant,
    Text,
)
from maalem.demo.sources import read, said
from maalem.demo.things import SET_SIZES, of_set, photos


@cache
def persons() -> tuple[DemoPerson, ...]:
    """Everybody of the cast, also those who sell nothing."""
    return tuple(
        DemoPerson(
            name=p["name"],
            phone=p["phone"],
            email=p.get("email", ""),
            language=p["language"],
            artisan=p.get("artisan", ""),
            role=p.get("role", ""),
        )
        for p in read("cast.toml")["person"]
    )


@cache
def artisans() -> tuple[DemoArtisan, ...]:
    """The workshops of the cast."""
    contacts = {p.phone: p.name for p in persons()}
    return tuple(
        DemoArtisan(
            slug=a["slug"],
            kind=a["kind"],
            name=Text(*a["name"]),
            gender=a["gender"],
            craft=a["craft"],
            commune=a["commune"],
            workshop=Text(*a["workshop"]),
            story=Text(*a["story"]),
            since_year=a["since_year"],
            contact=contacts[a["phone"]],
            phone=a["phone"],
            account_key=f"demo-account-{a['slug']}",
            makers=tuple(
                DemoMaker(Text(*m["name"]), Text(*m["story"]), m["since_year"])
                for m in a.get("maker", ())
            ),
        )
        for a in read("cast.toml")["artisan"]
    )


@cache
def products() -> tuple[DemoProduct, ...]:
    """What the cast sells, in the order it was written: the best pieces first."""
    crafts = {a.slug: a.craft for a in artisans()}
    return tuple(
        _product(raw, number=number, craft=crafts[raw["artisan"]])
        for number, raw in enumerate(read("cast.toml")["product"])
    )


def _product(raw: dict[str, Any], *, number: int, craft: str) -> DemoProduct:
    shelf = read(f"crafts/{craft}.toml")
    title = Text(*raw["title"])
    kind, colours = raw["picture"]
    return DemoProduct(
        slug=raw["slug"],
        sku=f"C-{number + 1:03}",
        artisan=raw["artisan"],
        maker=raw.get("maker"),
        craft=craft,
        template="",
        title=title,
        description=Text(*raw["description"]),
        materials=said(shelf, "materials", raw["materials"]),
        technique=said(shelf, "technique", raw["technique"]),
        care=said(shelf, "care", raw["care"]),
        length_mm=raw.get("length_mm"),
        width_mm=raw.get("width_mm"),
        height_mm=raw.get("height_mm"),
        diameter_mm=raw.get("diameter_mm"),
        weight_g=raw["weight_g"],
        making_days=raw["making_days"],
        supply=raw["supply"],
        price_minor=100 * raw["price_mad"],
        hs_code=raw["hs_code"],
        published_min_ago=5 + 7 * number,
        variants=_variants(raw),
        photos=photos(title, kind=kind, colours=colours, seed=crc32(raw["slug"].encode()), views=3),
    )


def _variants(raw: dict[str, Any]) -> tuple[DemoVariant, ...]:
    minor, have = 100 * raw["price_mad"], raw.get("on_hand", 0)
    if raw.get("variants") == "set":
        dice = random.Random(raw["slug"])
        return tuple(
            DemoVariant(label, of_set(minor, percent), have // (n + 1) + dice.randrange(3))
            for n, (label, percent) in enumerate(SET_SIZES)
        )
    return (DemoVariant(EMPTY, minor, 1 if raw["supply"] == "unique" else have),)
