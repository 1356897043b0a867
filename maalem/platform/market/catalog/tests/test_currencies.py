"""Prices beside dirhams on browsing pages, and that what is kept never mixes two moneys."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maalem.platform.ground.rates import queries as rates
from maalem.platform.ground.rates.actions import take_in
from maalem.platform.ground.rates.shown import COOKIE
from maalem.platform.ground.rates.sources import read
from maalem.platform.market.catalog import kept
from maalem.platform.market.catalog.actions import shelf
from maalem.platform.market.catalog.models import Variant
from maalem.platform.market.catalog.tests import shop

pytestmark = pytest.mark.django_db
LISTS = ("/fr/", "/fr/crafts/leather/", "/fr/search/?q=pouf", "/fr/artisans/fadma-ait-baha/")
PAGES = (*LISTS, "/fr/products/pouf/")


class File:
    """A file of rates that is not on a disk."""

    def __init__(self, *lines: str) -> None:
        self.text = "\n".join(("date,currency,mad", *lines))

    def sheet(self):
        return read(self.text.encode(), name="rates.csv")


@pytest.fixture
def open_shop(monkeypatch):
    with time_machine.travel("2026-03-06T10:00:00+00:00"):
        made = shop.open_shop()
        take(File("2026-03-06,EUR,10.8", "2026-03-06,USD,9.4"))
        yield made


@pytest.fixture
def keeping(open_shop, monkeypatch):
    monkeypatch.setattr(kept, "KEEP_IN_TRANSACTIONS", True)
    monkeypatch.setattr(rates, "KEEP_IN_TRANSACTIONS", True)
    forget()
    yield open_shop
    forget()


def forget() -> None:
    rates.forget()
    for keep in kept.EVERY:
        keep.clear()


def take(source: File) -> None:
    take_in(source, publisher="Banque des tests", by="Naïma")


def visitor(currency: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = currency
    return client


def read_page(client: Client, page: str) -> str:
    html = client.get(page).content.decode()
    return html.replace("\u00a0", " ").replace("\u202f", " ")


EUROS = '<span class="about">environ <bdi class="money">116 €</bdi></span>'
DOLLARS = '<span class="about">environ <bdi class="money">133 $US</bdi></span>'
DIRHAMS = '<bdi class="money">1 250 MAD</bdi>'


@pytest.mark.parametrize("page", PAGES)
def test_a_price_is_shown_in_the_chosen_money_beside_dirhams(open_shop, page):
    plain = read_page(Client(), page)
    assert 'class="about' not in plain
    for currency, amount in (("EUR", EUROS), ("USD", DOLLARS)):
        html = read_page(visitor(currency), page)
        assert f"{DIRHAMS} {amount}" in html
        assert html.count(amount) == html.count(DIRHAMS)
        assert "le taux du 6 mars 2026" in html
        assert "Vous payez en dirhams" in html
        assert f'value="{currency}" aria-pressed="true"' in html


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_is_paid_and_offers_the_choice(open_shop, page):
    html = read_page(Client(), page)
    assert "Vous payez toujours en dirhams (MAD)." in html
    assert 'value="MAD" aria-pressed="true"' in html
    assert f'<input type="hidden" name="next" value="{page}">' in html


@pytest.mark.parametrize("page", PAGES)
def test_what_is_kept_for_one_money_is_not_given_to_another(keeping, page):
    for _ in range(2):
        assert EUROS in read_page(visitor("EUR"), page)
        assert DOLLARS in read_page(visitor("USD"), page)
        assert 'class="about' not in read_page(Client(), page)


@pytest.mark.parametrize("page", PAGES)
def test_a_part_for_a_script_keeps_to_the_money_too(keeping, page):
    for client, there in ((visitor("EUR"), True), (Client(), False), (visitor("EUR"), True)):
        html = client.get(page, headers={"hx-request": "true"}).content.decode()
        assert ('class="about"' in html) is (there and "product-card" in html)


def test_a_cookie_of_somebodys_own_making_shows_dirhams_and_makes_no_page(keeping):
    first = Client().get("/fr/crafts/leather/").content
    with CaptureQueriesContext(connection) as asked:
        for word in ("GBP", "eur", "x" * 3_000, "<b>"):
            assert visitor(word).get("/fr/crafts/leather/").content == first
    assert len(asked) == 4


@pytest.mark.parametrize("page", LISTS)
def test_a_list_in_euros_asks_the_database_no_more_often(keeping, page):
    asked = {}
    for currency in ("MAD", "EUR"):
        read_page(visitor(currency), page)
        with CaptureQueriesContext(connection) as queries:
            read_page(visitor(currency), page)
        asked[currency] = len(queries)
    assert asked["EUR"] == asked["MAD"]


def test_the_rate_is_read_once_for_a_page_however_many_prices_it_shows(open_shop):
    with CaptureQueriesContext(connection) as asked:
        read_page(visitor("EUR"), "/fr/search/")
    assert sum("rates_rate" in query["sql"] for query in asked.captured_queries) == 1
    with CaptureQueriesContext(connection) as asked:
        read_page(Client(), "/fr/search/")
    assert not any("rates_rate" in query["sql"] for query in asked.captured_queries)


def test_a_new_rate_and_a_new_price_show_at_once(keeping):
    for page in PAGES:
        assert EUROS in read_page(visitor("EUR"), page)
    with time_machine.travel("2026-03-09T10:00:00+00:00"):
        take(File("2026-03-09,EUR,12.5"))
        for page in PAGES:
            assert "100 €" in read_page(visitor("EUR"), page)
        Variant.objects.filter(sku="pouf").update(price_minor=250_000)
        for page in PAGES[1:3]:
            assert "200 €" in read_page(visitor("EUR"), page)


def test_a_browser_with_the_page_in_dirhams_is_given_the_one_in_euros(keeping):
    client = Client()
    first = client.get("/fr/crafts/leather/")
    client.cookies[COOKIE] = "EUR"
    later = client.get("/fr/crafts/leather/", headers={"if-none-match": first["ETag"]})
    assert later.status_code == 200
    assert "Cookie" in later["Vary"]


@pytest.mark.parametrize("page", PAGES)
def test_an_old_rate_is_not_used_and_that_is_said_quietly(keeping, page):
    assert EUROS in read_page(visitor("EUR"), page)
    with time_machine.travel("2026-03-14T10:00:00+00:00"):
        html = read_page(visitor("EUR"), page)
    assert 'class="about"' not in html
    assert html.count("Il n'y a pas de taux de change récent") == 1
    assert DIRHAMS in html


def test_the_neighbours_of_a_withdrawn_piece_are_in_the_chosen_money(open_shop):
    shelf.withdraw(open_shop["tajine-bleu"], by="test")
    assert f"{DIRHAMS} {EUROS}" in read_page(visitor("EUR"), "/fr/products/tajine-bleu/")
