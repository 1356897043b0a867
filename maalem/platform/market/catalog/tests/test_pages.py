"""Every browsing page, in three languages, and what it costs the database."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maalem.platform.market.catalog.actions import shelf
from maalem.platform.market.catalog.indexing import reindex
from maalem.platform.market.catalog.models import Product, Variant
from maalem.platform.market.catalog.tests import shop

pytestmark = pytest.mark.django_db

LANGUAGES = ("fr", "ar", "en")
PAGES = (
    "/",
    "/crafts/",
    "/crafts/carpets/",
    "/crafts/pottery/?region=marrakech-safi&price=500-1500&supply=ready&sort=price",
    "/regions/draa-tafilalet/",
    "/artisans/",
    "/artisans/?region=draa-tafilalet",
    "/artisans/fadma-ait-baha/",
    "/artisans/driss-serghini/",
    "/products/tapis-safran/",
    "/products/tajine-bleu/",
    "/search/",
    "/search/?q=tajine",
    "/search/?q=xyzzy",
    "/search/?q=lantren",
)


@pytest.fixture
def open_shop() -> dict[str, Product]:
    return shop.open_shop()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_in_every_language(client, open_shop, language, page):
    answer = client.get(f"/{language}{page}")
    assert answer.status_code == 200, page
    html = answer.content.decode()
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in html
    for other in LANGUAGES:
        # What was searched for and found has an address of its own; narrowings have not.
        kept = page if page == "/search/?q=tajine" else page.partition("?")[0]
        assert f'hreflang="{other}" href="http://localhost:8000/{other}{kept}"' in html
    for data in re.findall(r'ld\+json">(.+?)</script>', html):
        assert json.loads(data)["@context"] == "https://schema.org"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_the_database_six_times_at_most(client, open_shop, page):
    client.get(f"/fr{page}")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(f"/fr{page}")
    # In these tests nothing is kept, because each runs in a transaction: crafts, regions and the
    # counts of words are read anew for each use. They are not counted here.
    kept = ('FROM "catalog_craft"', 'FROM "places_region"', "FROM pg_class", "catalog_word WHERE")
    telling = [
        query["sql"]
        for query in asked.captured_queries
        if not any(table in query["sql"] for table in kept)
    ]
    assert len(telling) <= 6, "\n".join(telling)


def test_an_unknown_address_is_not_found(client, open_shop):
    for page in ("crafts/none", "regions/none", "artisans/none", "products/none"):
        assert client.get(f"/fr/{page}/").status_code == 404


def test_a_draft_has_no_page(client, open_shop):
    piece = open_shop["pouf"]
    draft = Product.objects.create(
        slug="brouillon", artisan=piece.artisan, craft=piece.craft, title="x"
    )
    assert client.get(f"/fr/products/{draft.slug}/").status_code == 404


def test_a_withdrawn_piece_says_so_and_shows_others(client, open_shop):
    shelf.withdraw(open_shop["tajine-bleu"], by="test")
    answer = client.get("/fr/products/tajine-bleu/")
    html = answer.content.decode()
    assert answer.status_code == 410
    assert "/fr/products/tajine-brut/" in html
    assert "noindex" in html
    assert "/cart/add/" not in html
    assert "/fr/products/tajine-bleu/" not in client.get("/fr/search/?q=tajine").content.decode()


def test_a_sold_piece_cannot_be_put_into_a_cart(client, open_shop):
    Variant.objects.filter(sku="pouf").update(on_hand=0)
    html = client.get("/en/products/pouf/").content.decode()
    assert "This piece is sold" in html
    assert "<button" not in html.partition("product__buy")[2].partition("product__promises")[0]
    assert "SoldOut" in html
    Variant.objects.filter(sku="pouf").update(on_hand=1, reserved=1)
    assert "buying this piece right now" in client.get("/en/products/pouf/").content.decode()


def test_sizes_are_isolated_and_drawn_to_scale(client, open_shop):
    Product.objects.filter(slug="tapis-safran").update(
        length_mm=2_400, width_mm=1_705, height_mm=None, diameter_mm=None, weight_g=12_800
    )
    read = client.get("/fr/products/tapis-safran/").content.decode()
    for name, value in (("Longueur", "240 cm"), ("Largeur", "170,5 cm"), ("Poids", "12,8 kg")):
        written = read.replace("\u00a0", " ")
        assert f"<dt>{name}</dt><dd><bdi>{value}</bdi></dd>" in written
    assert '<figure class="scale"><svg' in read
    arabic = client.get("/ar/products/tapis-safran/").content.decode()
    assert "<dt>الطول</dt><dd><bdi>" in arabic


def test_a_narrowed_list_points_to_the_plain_one(client, open_shop):
    html = client.get("/fr/crafts/carpets/?price=500-1500").content.decode()
    assert '<link rel="canonical" href="http://localhost:8000/fr/crafts/carpets/">' in html
    assert "noindex" in html
    assert "noindex" not in client.get("/fr/crafts/carpets/").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=-1", "page=99999", "page=٣", "page=1e9", "page=", "sort=x", "price=1",
        "supply=%00", "craft=%27", "region=" + "x" * 5_000, "q=" + "a" * 10_000, "q=%00",
        "q=%F0%9F%A7%BF", "q=%ED%A0%80", "q=';DROP TABLE catalog_product;--", "q=%25%25",
        "q=<script>alert(1)</script>", "page=50", "q=a&q=b",
    ],
)  # fmt: skip
def test_absurd_addresses_are_answered(client, open_shop, query):
    answer = client.get(f"/fr/search/?{query}")
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


def test_texts_cannot_break_out_of_the_page_or_its_data(client, open_shop):
    Product.objects.filter(slug="pouf").update(title='</script><b>"', description="<i>x</i>")
    html = client.get("/fr/products/pouf/").content.decode()
    assert "<b>" not in html
    assert "<i>x" not in html
    data = re.findall(r'ld\+json">(.+?)</script>', html)
    assert json.loads(data[0])["name"] == '</script><b>"'


def test_a_second_page_is_reached_and_named(client, open_shop):
    pouf = open_shop["pouf"]
    made = Product.objects.bulk_create(
        Product(
            slug=f"p{n}", artisan=pouf.artisan, craft=pouf.craft, title=f"p{n}", price_from_minor=1,
            status="published", published_at=pouf.published_at,
        )
        for n in range(30)
    )  # fmt: skip
    Variant.objects.bulk_create(
        Variant(product=one, sku=one.slug, price_minor=1, on_hand=1) for one in made
    )
    reindex([one.pk for one in made])
    first = client.get("/fr/crafts/leather/").content.decode()
    assert 'href="/fr/crafts/leather/?page=2"' in first
    second = client.get("/fr/crafts/leather/?page=2").content.decode()
    assert 'rel="canonical" href="http://localhost:8000/fr/crafts/leather/?page=2"' in second
    assert 'href="/fr/crafts/leather/"' in second


def test_a_search_is_indexed_only_where_every_word_was_found(client, open_shop):
    found = client.get("/fr/search/?q=tapis").content.decode()
    assert "noindex" not in found
    assert '<link rel="canonical" href="http://localhost:8000/fr/search/?q=tapis">' in found
    assert 'hreflang="ar" href="http://localhost:8000/ar/search/?q=tapis"' in found
    assert "« tapis »" in found.replace("\u00a0", " ").replace("\u202f", " ")
    for query in ("q=tapis&price=500-1500", "q=tapis+casino", "q=xyzzy", "q=tapisse"):
        assert "noindex" in client.get(f"/fr/search/?{query}").content.decode(), query


@pytest.mark.parametrize("path", ["", "crafts/", "artisans/", "search/", "cart/"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_once_what_it_is(client, open_shop, path, language):
    html = client.get(f"/{language}/{path}").content.decode()
    assert html.count('<meta name="description"') == 1


def test_robots_and_the_sitemap_name_every_piece_in_every_language(open_shop):
    client = Client()
    assert "sitemap.xml" in client.get("/robots.txt").content.decode()
    assert client.get("/sitemap.xml").status_code == 200
    pieces = client.get("/sitemap-products.xml").content.decode()
    for language in LANGUAGES:
        assert f"/{language}/products/tapis-safran/" in pieces
