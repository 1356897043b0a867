"""The demo as a demanding reader finds it: enough of it, true to its places and its words."""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from maalem.demo.art import PALETTES_OF
from maalem.demo.make import make
from maalem.demo.records import Demo, Text
from maalem.demo.slugs import slugify, tag
from maalem.demo.sources import crafts, places
from maalem.demo.workshops import names

ARABIC = re.compile(r"[\u0600-\u06ff]")
DOUBLED = re.compile(r"\b(\w+)\s+\1\b", re.IGNORECASE)
UNFINISHED = re.compile(r"[{}<>]|TODO|XXX|lorem|\s{3,}|\s,|\.\.|None")
# Doubled on purpose: "wide, thin, thin, wide" has a comma; these have none.
MEANT = {"واحدة واحدة", "اثنتين اثنتين", "نقطة نقطة", "أزواجاً أزواجاً"}


@cache
def demo() -> Demo:
    return make()


def texts_in(thing: Any, path: str = "") -> Iterator[tuple[str, Text]]:
    """Every text of the demo with where it stands."""
    if isinstance(thing, Text):
        yield path, thing
    elif dataclasses.is_dataclass(thing):
        name = getattr(thing, "slug", "")
        for field in dataclasses.fields(thing):
            yield from texts_in(getattr(thing, field.name), f"{path}/{name}.{field.name}")
    elif isinstance(thing, tuple):
        for each in thing:
            yield from texts_in(each, path)


@cache
def every_text() -> tuple[tuple[str, Text], ...]:
    # A variant that is the only one has no label: there is nothing to tell apart.
    return tuple((p, t) for p, t in texts_in(demo()) if t != ("", "", "") or "label" not in p)


def test_there_is_a_shop_full_of_things():
    assert len(demo().artisans) >= 240
    assert len(demo().products) >= 1500
    assert len([c for c in demo().crafts if c.parent]) >= 18
    assert all(len(craft.templates) >= 8 for craft in crafts())
    assert {a.kind for a in demo().artisans} == {"artisan", "maalem", "cooperative", "enterprise"}


def test_every_region_has_artisans_and_every_craft_has_things():
    assert {a.commune[:2] for a in demo().artisans} == {f"{n:02}" for n in range(1, 13)}
    of_craft = Counter(p.craft for p in demo().products)
    assert min(of_craft[craft.record.code] for craft in crafts()) >= 25


def test_the_places_are_the_census_offices():
    assert {a.commune for a in demo().artisans} <= set(places())


def test_the_cast_comes_first_with_its_own_words():
    assert [a.slug for a in demo().artisans[:3]] == [
        "fadma-ait-baha",
        "driss-serghini",
        "cooperative-tifawin",
    ]
    assert demo().products[0].supply == "unique"
    assert demo().products[0].artisan == "fadma-ait-baha"
    phones = {p.name: p.phone for p in demo().persons}
    assert phones["Fadma Aït Baha"] == "+212661000101"
    assert phones["Omar Filali"] == "+212661000106"
    assert not next(p for p in demo().persons if p.name == "Omar Filali").artisan


def test_every_text_is_there_in_three_languages():
    assert [path for path, text in every_text() if not all(text)] == []


def test_arabic_is_arabic_and_french_is_not():
    assert [p for p, t in every_text() if not ARABIC.search(t.ar)] == []
    assert [p for p, t in every_text() if ARABIC.search(t.fr + t.en)] == []


def test_no_sentence_is_unfinished_and_no_word_stands_twice():
    for path, text in every_text():
        for said in text:
            assert not UNFINISHED.search(said), (path, said)
            twice = DOUBLED.search(said)
            assert not twice or twice.group() in MEANT, (path, said)


def test_french_is_set_as_french():
    for path, text in every_text():
        assert not re.search(r"[^\s\d][;:?!»](\s|$)", text.fr), (path, text.fr)
        # The eleventh is the one that takes no elision.
        gap = re.search(r"\b(le|la|de|que|ne|se|je|me|te) (?!onz)[aeéèêiou]\w+", text.fr.lower())
        assert not gap, (path, text.fr)


def test_titles_are_varied():
    titles = Counter(p.title.fr for p in demo().products)
    assert titles.most_common(1)[0][1] <= 6
    assert len(titles) >= 0.8 * len(demo().products)


def test_addresses_and_skus_are_never_shared():
    for shelf in (
        [c.slug for c in demo().crafts],
        [c.code for c in demo().crafts],
        [a.slug for a in demo().artisans],
        [a.account_key for a in demo().artisans],
        [p.slug for p in demo().products],
        [p.sku for p in demo().products],
        [p.phone for p in demo().persons],
    ):
        assert len(shelf) == len(set(shelf))
    assert all(slugify(p.slug) == p.slug and len(p.slug) <= 110 for p in demo().products)
    assert len({tag(n) for n in range(200_000)}) == 200_000


def test_telephones_are_of_the_invented_kind():
    invented = [p.phone for p in demo().persons if p.phone != "+33612345678"]
    assert all(re.fullmatch(r"\+21266100\d{4}", phone) for phone in invented)


@pytest.mark.parametrize(
    ("craft", "template", "low", "high", "heaviest_g"),
    [
        ("carpets", "ouaouzguite", 2500, 12_000, 20_000),
        ("carpets", "galette", 100, 400, 1_000),
        ("pottery", "assiette", 60, 180, 1_300),
        ("pottery", "tagine", 100, 350, 5_500),
        ("silver", "boucles", 150, 600, 30),
        ("babouches", "fassia", 150, 400, 520),
        ("zellige", "table-ronde", 1500, 5000, 70_000),
    ],
)
def test_prices_and_weights_are_those_of_the_souk(
    craft: str, template: str, low: int, high: int, heaviest_g: int
):
    of_kind = [p for p in demo().products if (p.craft, p.template) == (craft, template)]
    assert of_kind
    for product in of_kind:
        assert low * 100 <= product.price_minor <= high * 100, product.slug
        assert product.weight_g <= heaviest_g, product.slug


def test_sizes_stock_and_prices_hold_together():
    for p in demo().products:
        sizes = (p.length_mm, p.width_mm, p.height_mm, p.diameter_mm)
        assert any(sizes), p.slug
        assert all(1 <= size <= 6000 for size in sizes if size), p.slug
        assert 1 <= p.making_days <= 210, p.slug
        assert min(v.price_minor for v in p.variants) == p.price_minor, p.slug
        stock = sum(v.on_hand for v in p.variants)
        assert {"unique": stock == 1, "made_to_order": stock == 0, "stock": stock > 0}[p.supply]
        assert re.fullmatch(r"\d{6}", p.hs_code), p.slug


def test_every_picture_can_be_drawn_in_its_colours():
    for product in demo().products:
        for photo in product.photos:
            assert photo.palette in PALETTES_OF[photo.kind], product.slug


def test_a_pot_is_made_where_its_blue_is_from():
    homes = {"fes": {"03.231.01.0"}, "tamegroute": {"08.587.09.35"}, "sale": {"04.441.01.0"}}
    where = {a.slug: a.commune for a in demo().artisans}
    for product in demo().products:
        if product.craft == "pottery":
            home = homes.get(product.photos[0].palette)
            assert home is None or where[product.artisan] in home, product.slug


def test_nobody_claims_a_label():
    claims = re.compile(r"unesco|certifi|labelli|label\b|اليونسكو|officiel|official", re.IGNORECASE)
    assert [p for p, t in every_text() if claims.search(" ".join(t))] == []


def test_there_are_names_enough():
    for shelf in ("women", "men", "surnames"):
        latin = [name.fr for name in names()[shelf]]
        assert len(latin) == len(set(latin)) >= 60


def test_the_same_seed_makes_the_same_demo():
    one, two = (make(artisans=40, products=200) for _ in range(2))
    assert one == two
    assert make(seed=7, artisans=40, products=200) != one


def test_it_refuses_to_leave_the_cast_out():
    with pytest.raises(ValueError, match="cast"):
        make(artisans=2, products=5)
