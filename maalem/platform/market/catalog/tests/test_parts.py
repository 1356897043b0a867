"""Lists answered in part, for the script that puts them into the page that is there."""

import re

import pytest
from django.test import Client

from maalem.platform.ground.site.tests.test_weight import must_be_light
from maalem.platform.market.catalog import kept
from maalem.platform.market.catalog.tests import shop

pytestmark = pytest.mark.django_db
PART = {"hx-request": "true"}
LISTS = (
    "/crafts/carpets/?price=500-1500",
    "/regions/draa-tafilalet/?sort=price",
    "/artisans/fadma-ait-baha/?supply=ready",
    "/search/?q=tajine",
)


@pytest.fixture
def open_shop(monkeypatch):
    yield shop.open_shop()
    for keep in kept.EVERY:
        keep.clear()


def listing(html: str) -> str:
    return html[html.index('<section class="listing"') :].partition("</section>")[0]


@pytest.mark.parametrize("address", LISTS)
def test_a_script_gets_the_list_alone_as_the_page_shows_it(open_shop, address):
    whole = Client().get("/ar" + address)
    part = Client().get("/ar" + address, headers=PART)
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert "<title" not in part.content.decode()
    assert listing(part.content.decode()) == listing(whole.content.decode())
    assert len(part.content) < len(whole.content) * 3 / 4
    for answer in (whole, part):
        assert "HX-Request" in answer["Vary"]


def test_what_is_kept_for_strangers_is_kept_apart(open_shop, monkeypatch):
    monkeypatch.setattr(kept, "KEEP_IN_TRANSACTIONS", True)
    address = "/fr/crafts/carpets/"
    for headers, whole in ((None, True), (PART, False), (None, True), (PART, False)):
        html = Client().get(address, headers=headers).content.decode()
        assert ("<html" in html) is whole
        assert html.count('id="results"') == 1


def test_the_count_is_announced_and_moves_with_the_results(open_shop):
    html = Client().get("/fr/search/?sort=price", headers=PART).content.decode()
    assert re.search(r'id="listing-count" role="status">\d+ pièce', html)
    assert html.index('id="filters"') < html.index('id="results"')


def test_nothing_of_a_visitor_is_kept_by_the_browser_beside_the_page(open_shop):
    html = Client().get("/fr/search/").content.decode()
    config = re.search(r"name=\"htmx-config\" content='([^']+)'", html)[1]
    for said in (
        '"allowEval":false',
        '"allowScriptTags":false',
        '"includeIndicatorStyles":false',
        '"selfRequestsOnly":true',
        '"historyCacheSize":0',
    ):
        assert said in config


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize(
    "page", ["/search/", "/regions/draa-tafilalet/", "/crafts/carpets/", "/products/tajine-bleu/"]
)
def test_a_first_visit_is_light_with_the_script(open_shop, language, page):
    html = Client().get(f"/{language}{page}").content
    assert b"htmx.min.js" in html
    must_be_light(html, language=language)
