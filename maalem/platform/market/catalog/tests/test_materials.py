"""The facet of materials: what workshops say, and nothing that only looks like it."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maalem.platform.market.catalog.indexing import reindex
from maalem.platform.market.catalog.materials import MATERIALS, made_of_what
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.catalog.search import Wish, find, materials_held, wish_words
from maalem.platform.market.catalog.tests import shop


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("Laine et coton", ["wool", "cotton"]),
        ("صوف وقطن", ["wool", "cotton"]),
        ("لحمة من الصوف وسدى من القطن", ["wool", "cotton"]),
        ("Fer forgé, patine laiton", ["iron"]),
        ("حديد مطروق بلمعة نحاسية", ["iron"]),
        ("Silver-plated nickel silver", []),
        ("Maillechort argenté", []),
        ("Laiton argenté percé", ["brass"]),
        ("Argent 925, perles de verre couleur corail", ["silver", "glass"]),
        ("Sterling silver (925)", ["silver"]),
        ("نحاس مفضّض مثقوب", ["brass"]),
        ("Goatskin upper and lining, leather sole", ["leather"]),
        ("Fleece wool on a wool warp", ["wool"]),
        ("", []),
    ],
)
def test_a_material_is_what_the_workshop_says_it_is(said, codes):
    assert made_of_what([said]) == codes


@pytest.fixture
def pieces(db: None) -> dict[str, Product]:
    return shop.open_shop()


def slugs(pieces: dict[str, Product], **more: object) -> set[str]:
    names = {product.pk: slug for slug, product in pieces.items()}
    return {names[one] for one, _ in find(Wish(**more)).rows}  # type: ignore[arg-type]


def test_it_narrows_a_shelf_and_a_search(pieces):
    assert slugs(pieces, material="cotton") == {"hanbel-raye", "boucherouite"}
    assert slugs(pieces, material="cotton", words=wish_words("hanbel")) == {"hanbel-raye"}
    assert slugs(pieces, material="plaster") == set()
    assert slugs(pieces, material="wool", root=pieces["djellaba"].craft_id) == {"djellaba"}
    assert slugs(pieces, material="wool", band="5000-") == set()


def test_it_follows_what_the_workshop_writes_later(pieces):
    Product.objects.filter(pk=pieces["pouf"].pk).update(materials='{"fr": "coton"}')
    reindex([pieces["pouf"].pk])
    assert "pouf" in slugs(pieces, material="cotton")
    assert "pouf" not in slugs(pieces, material="leather")


def test_a_narrowed_shelf_keeps_its_order_and_leafs_without_a_gap(pieces):
    whole = find(Wish(material="clay", sort="price")).rows
    leafed = [
        one
        for page in range(1, 9)
        for one in find(Wish(material="clay", sort="price", page=page, size=1)).rows
    ]
    assert len(whole) > 3
    assert leafed == whole


def test_only_materials_that_are_there_are_offered(pieces):
    assert "wool" in materials_held()
    assert "plaster" not in materials_held()
    assert set(materials_held()) <= set(MATERIALS)


def test_the_form_asks_for_it_and_a_chip_takes_it_away(pieces):
    html = Client().get("/fr/search/?material=cotton").content.decode()
    assert '<option value="cotton" selected>Coton</option>' in html
    assert re.search(r'<a class="chip" rel="nofollow" href="/fr/search/">Coton<', html)
    assert "Hanbel rayé" in html
    assert "Pouf brodé" not in html
    assert "noindex" in html


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_material_has_a_name_in_every_language(language, pieces):
    html = Client().get(f"/{language}/search/?sort=price").content.decode()
    html = html[html.index('id="f-material"') :].partition("</select>")[0]
    names = re.findall(r'<option value="(?:wool|leather|brass|straw)">([^<]+)<', html)
    assert len(names) == 4
    assert (language == "en") == ("Wool" in names)


def test_a_material_that_nobody_knows_narrows_nothing(pieces):
    everything = Client().get("/fr/search/").content.decode()
    html = Client().get("/fr/search/?material=%27%20|%20x").content.decode()
    assert re.findall(r"/fr/products/[^/]+/", html) == re.findall(
        r"/fr/products/[^/]+/", everything
    )


def test_it_costs_one_statement(pieces):
    with CaptureQueriesContext(connection) as asked:
        find(Wish(material="wool"))
    read = [one["sql"] for one in asked if "catalog_entry e" in one["sql"]]
    assert len(read) == 1
    assert "LIMIT 2000" in read[0]
