"""What is kept between requests, and that nobody gets another's page or an old one."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog import kept, pages, search
from maalem.platform.market.catalog.actions import shelf
from maalem.platform.market.catalog.models import Product, Variant
from maalem.platform.market.catalog.tests import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeping(monkeypatch) -> dict[str, Product]:
    made = shop.open_shop()
    monkeypatch.setattr(kept, "KEEP_IN_TRANSACTIONS", True)
    for keep in kept.EVERY:
        keep.clear()
    yield made
    for keep in kept.EVERY:
        keep.clear()


def test_a_stranger_gets_the_page_of_another_stranger(keeping):
    first = Client().get("/fr/crafts/carpets/").content
    with CaptureQueriesContext(connection) as asked:
        assert Client().get("/fr/crafts/carpets/").content == first
    assert len(asked) == 1
    assert Client().get("/ar/crafts/carpets/").content != first


def test_a_new_price_shows_at_once(keeping):
    assert "1\u202f250" in Client().get("/fr/search/?q=pouf").content.decode()
    Variant.objects.filter(sku="pouf").update(price_minor=999_900)
    assert "9\u202f999" in Client().get("/fr/search/?q=pouf").content.decode()
    assert "9\u202f999" in Client().get("/fr/products/pouf/").content.decode()


def test_the_last_piece_shows_as_sold_at_once(keeping):
    assert "Ajouter au panier" in Client().get("/fr/products/pouf/").content.decode()
    Variant.objects.filter(sku="pouf").update(on_hand=0)
    assert "Ajouter au panier" not in Client().get("/fr/products/pouf/").content.decode()
    assert "/products/pouf/" not in Client().get("/fr/crafts/leather/").content.decode()


def test_a_workshop_that_cannot_be_paid_sells_nothing_from_that_moment(keeping):
    assert "Ajouter au panier" in Client().get("/fr/products/pouf/").content.decode()
    Artisan.objects.filter(pk=keeping["pouf"].artisan_id).update(payments_account=None)
    for language, said in (
        ("fr", "ne peut pas encore être commandée"),
        ("ar", "لا يمكن طلب هذه القطعة بعد"),
        ("en", "can’t be ordered yet"),
    ):
        html = Client().get(f"/{language}/products/pouf/").content.decode()
        assert said in html
        assert "/cart/add/" not in html
        assert "https://schema.org/OutOfStock" in html


def test_another_name_of_a_workshop_or_a_place_shows_at_once(keeping):
    assert "Fadma" in Client().get("/fr/products/pouf/").content.decode()
    Artisan.objects.filter(pk=keeping["pouf"].artisan_id).update(name={"fr": "Atelier Neuf"})
    html = Client().get("/fr/products/pouf/").content.decode().partition('id="related"')[0]
    assert "Atelier Neuf" in html
    assert "Fadma" not in html


def test_a_withdrawn_piece_is_gone_at_once(keeping):
    assert Client().get("/fr/products/pouf/").status_code == 200
    shelf.withdraw(keeping["pouf"], by="test")
    assert Client().get("/fr/products/pouf/").status_code == 410


def test_each_visitor_has_a_token_of_their_own(keeping):
    tokens = set()
    for _ in range(3):
        visitor = Client(enforce_csrf_checks=True)
        html = visitor.get("/fr/products/pouf/").content.decode()
        assert pages._TOKEN not in html
        token = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', html)[0]
        tokens.add(token)
        variant = Variant.objects.get(sku="pouf").pk
        added = visitor.post(
            "/fr/cart/add/",
            {"variant": variant, "quantity": 1, "csrfmiddlewaretoken": token},
        )
        assert added.status_code == 302
        mine = visitor.get("/fr/products/pouf/").content.decode()
        assert 'class="top__count">1' in mine
    assert len(tokens) == 3
    assert "top__count" not in Client().get("/fr/products/pouf/").content.decode()


def test_a_browser_that_has_this_very_page_gets_no_other(keeping):
    visitor = Client()
    lists = ("/fr/", "/fr/crafts/", "/fr/artisans/", "/fr/crafts/leather/", "/fr/search/?q=pouf")
    for page in (*lists, "/fr/artisans/fadma-ait-baha/", "/fr/products/pouf/"):
        first = visitor.get(page)
        assert first["Cache-Control"] == "private, no-cache"
        again = visitor.get(page, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert {"HX-Request", "Cookie"} <= set(again["Vary"].split(", "))
    Variant.objects.filter(sku="pouf").update(price_minor=999_900)
    changed = visitor.get("/fr/products/pouf/", headers={"if-none-match": first["ETag"]})
    assert "9\u202f999" in changed.content.decode()


def test_a_page_with_the_token_of_another_is_not_confirmed(keeping):
    first = Client().get("/fr/products/pouf/")
    other = Client().get("/fr/products/pouf/", headers={"if-none-match": first["ETag"]})
    assert other.status_code == 200


def test_whoever_is_signed_in_gets_nothing_to_keep(keeping):
    visitor = Client()
    visitor.force_login(Person.objects.create(name="Claire", email="claire@example.org"))
    answer = visitor.get("/fr/products/pouf/")
    assert not answer.has_header("ETag")
    assert "no-cache" not in answer.get("Cache-Control", "")


def test_a_page_without_the_cart_is_not_confirmed_once_there_is_one(keeping):
    visitor = Client()
    first = visitor.get("/fr/crafts/leather/")
    visitor.post("/fr/cart/add/", {"variant": Variant.objects.get(sku="pouf").pk, "quantity": 1})
    later = visitor.get("/fr/crafts/leather/", headers={"if-none-match": first["ETag"]})
    assert later.status_code == 200
    assert 'class="top__count">1' in later.content.decode()


def test_a_remembered_search_leaves_out_what_has_left_the_shelf(keeping):
    assert "/products/pouf/" in Client().get("/fr/search/?q=pouf").content.decode()
    shelf.withdraw(keeping["pouf"], by="test")
    assert "/products/pouf/" not in Client().get("/fr/search/?q=pouf").content.decode()


def test_a_broad_query_finds_the_same_and_is_counted_again_when_it_is_narrow(keeping, monkeypatch):
    wool = search.Wish(words=search.wish_words("laine"), sort="relevance")
    narrow = search.find(wool)
    assert narrow.total > 3
    for walk_is_short in (20_000, 0):
        search._FOUND.clear()
        monkeypatch.setattr(search, "_CANDIDATES", 3)
        monkeypatch.setattr(search, "_STEPS", walk_is_short)
        broad = search.find(wool)
        assert (broad.rows, broad.total) == (narrow.rows, narrow.total)
    for one, _ in narrow.rows[1:]:
        shelf.withdraw(Product.objects.get(pk=one), by="test")
    search._FOUND.clear()
    assert search.find(wool).total == 1
