"""What the search box suggests while one types."""

import re
from urllib.parse import quote

import pytest
from django.test import Client

from maalem.platform.market.catalog import kept
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.catalog.suggesting import Kind, suggestions
from maalem.platform.market.catalog.tests import shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def open_shop() -> dict[str, Product]:
    return shop.open_shop()


def ask(typed: str, *, language: str = "fr") -> str:
    answer = Client().get(f"/{language}/search/suggestions/?q={quote(typed)}")
    assert answer.status_code == 200
    return answer.content.decode()


def names(typed: str, kind: Kind) -> list[str]:
    return [one.name for one in suggestions(typed) if one.kind is kind]


@pytest.mark.parametrize("typed", ["tap", "rug", "زربية", "ⵜⴰⵣⵔⴱⵉⵜ", "Tapis"])
def test_a_craft_is_suggested_by_a_beginning_or_by_another_word_for_it(typed):
    assert names(typed, Kind.CRAFT) == ["Tapis"]


@pytest.mark.parametrize("typed", ["sergh", "Driss", "السرغيني", "driss ser"])
def test_a_workshop_is_suggested_by_its_name(typed):
    assert names(typed, Kind.WORKSHOP) == ["Driss Serghini"]


def test_pieces_are_suggested_as_a_search_would_find_them(open_shop):
    found = [one for one in suggestions("tajine ble") if one.kind is Kind.PIECE]
    assert found[0].name == "Tajine bleu de Safi"
    assert found[0].url == open_shop["tajine-bleu"].get_absolute_url()
    assert len(suggestions("laine")) <= 9


@pytest.mark.parametrize("typed", ["", "t", " t ", "ط", "\x00", "' | !x:*", "🧿🧿", "a" * 5_000])
def test_too_little_or_nonsense_suggests_nothing(typed):
    assert suggestions(typed) == []
    assert "role=" not in ask(typed[:500])


def test_the_answer_is_a_list_of_options_in_the_language_of_the_page():
    html = ask("طاجين", language="ar")
    assert re.findall(r'role="option" id="(top-found-\d)"', html)[:2] == [
        "top-found-1",
        "top-found-2",
    ]
    assert "طاجين أزرق من آسفي" in html
    assert 'data-url="/ar/products/' in html
    assert 'data-hx-swap-oob="innerHTML">اقتراحان.' in html


def test_what_is_written_into_a_title_stays_text(open_shop):
    Product.objects.filter(pk=open_shop["pouf"].pk).update(title='{"fr": "Pouf <b>"}')
    assert "Pouf &lt;b&gt;" in ask("pouf")


def test_a_withdrawn_piece_is_not_suggested(open_shop):
    pouf = open_shop["pouf"]
    pouf.entry.delete()
    assert names("pouf", Kind.PIECE) == []


def test_suggestions_cost_few_statements(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(kept, "KEEP_IN_TRANSACTIONS", True)
    try:
        suggestions("laine")
        # One that was asked for within the minute: its pieces' versions, and their names.
        with django_assert_num_queries(2):
            suggestions("laine")
    finally:
        for shelf in kept.EVERY:
            shelf.clear()


def test_the_box_of_every_page_asks_for_them_and_searches_without_a_script():
    html = Client().get("/fr/crafts/").content.decode()
    form = html[html.index('<form class="top__search"') :].partition("</form>")[0]
    assert 'action="/fr/search/"' in form
    assert 'method="get"' in form
    assert 'data-hx-get="/fr/search/suggestions/"' in form
    assert re.search(r'<ul class="places__list" id="top-found" role="listbox".* hidden>', form)
