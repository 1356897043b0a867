"""What an amount is about in other money, how it is written, and the choice of it."""

from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from maalem.platform.ground.rates import decide
from maalem.platform.ground.rates.queries import Rate
from maalem.platform.ground.rates.shown import COOKIE, Shown
from maalem.platform.ground.rates.templatetags.currencies import about, rate_note

RATE = Rate("EUR", 10_800_000, date(2026, 3, 6), "Banque des tests", examples=False)
EUROS = Shown("EUR", RATE)
DOLLARS = Shown("USD", RATE._replace(currency="USD", mad_millionths=9_400_000))


@pytest.mark.parametrize(
    ("minor", "millionths", "other"),
    [
        (125_000, 10_800_000, 11_600),  # 115.74
        (120_960, 10_800_000, 11_200),  # 112 exactly
        (121_500, 10_800_000, 11_300),  # 112.50 goes up
        (121_499, 10_800_000, 11_200),
        (1_500, 10_800_000, 139),  # 1.3889
        (10_789, 10_800_000, 999),
        (10_799, 10_800_000, 1_000),  # 9.999 is ten
        (1, 100_000_000, 0),
        (10**14, 1_000_000, 10**14),
    ],
)
def test_an_amount_is_rounded_half_up_once(minor, millionths, other):
    assert decide.about(minor, mad_millionths=millionths) == other


@pytest.mark.parametrize(
    ("language", "shown", "text"),
    [
        ("fr", EUROS, "environ {}112\u00a0€"),
        ("en", EUROS, "about {}€112"),
        ("ar", EUROS, "حوالي {}112\u00a0يورو"),
        ("fr", DOLLARS, "environ {}129\u00a0$US"),
        ("en", DOLLARS, "about {}US$129"),
        ("ar", DOLLARS, "حوالي {}129\u00a0دولار"),
    ],
)
def test_it_is_written_as_the_language_writes_it(language, shown, text):
    with translation.override(language):
        written = about(120_960, shown)
    bare = written.removeprefix('<span class="about">').removesuffix("</bdi></span>")
    assert bare == text.format('<bdi class="money">')


def test_nothing_is_said_without_a_choice_or_a_rate():
    assert about(125_000, None) == about(125_000, Shown("EUR", None)) == about(None, EUROS) == ""
    assert rate_note(None) == ""


@pytest.mark.parametrize(
    ("language", "rate", "said"),
    [
        ("fr", RATE, ("taux du 6 mars 2026", "1 EUR = 10,80 MAD", "Vous payez en dirhams")),
        ("en", RATE, ("6 March 2026", "1 EUR = 10.80 MAD", "nearest whole unit", "Banque des")),
        ("ar", RATE, ("1 EUR = 10,80 MAD", "الأداء بالدرهم")),
        ("fr", RATE._replace(examples=True), ("exemple", "aucune banque")),
        ("en", RATE._replace(examples=True), ("example rate that no bank published",)),
        ("ar", RATE._replace(examples=True), ("للمثال", "لم ينشره أي بنك")),
        ("fr", None, ("pas de taux de change récent", "en dirhams seulement")),
        ("en", None, ("no exchange rate of these days", "in dirhams alone")),
        ("ar", None, ("لا يوجد سعر صرف حديث", "بالدرهم فقط")),
    ],
)
def test_the_rate_is_named_with_its_day_or_its_absence_said(language, rate, said):
    with translation.override(language):
        note = rate_note(Shown("EUR", rate)).replace("\u00a0", " ").replace("\u202f", " ")
    for words in said:
        assert words in note


def test_a_source_cannot_break_out_of_the_sentence():
    assert "<b>" not in rate_note(Shown("EUR", RATE._replace(source="<b>x</b>")))


def choose(client: Client, currency: str, **more: str):
    return client.post("/currency/", {"currency": currency, **more})


def test_a_choice_is_kept_and_leads_back_to_the_page():
    visitor = Client(enforce_csrf_checks=True)
    answer = choose(visitor, "EUR", next="/fr/search/?q=pouf")
    assert (answer.status_code, answer["Location"]) == (302, "/fr/search/?q=pouf")
    assert visitor.cookies[COOKIE].value == "EUR"
    assert visitor.cookies[COOKIE]["samesite"] == "Lax"
    choose(visitor, "MAD")
    assert visitor.cookies[COOKIE].value == ""


def test_the_page_that_is_seen_counts_more_than_the_one_that_was_made():
    answer = Client().post(
        "/currency/",
        {"currency": "USD", "next": "/fr/"},
        headers={"referer": "http://testserver/fr/search/?q=pouf&page=2"},
    )
    assert answer["Location"] == "/fr/search/?q=pouf&page=2"


@pytest.mark.parametrize(
    ("onward", "referer"),
    [
        ("https://elsewhere.example/", ""),
        ("//elsewhere.example/", ""),
        ("", "https://elsewhere.example/fr/"),
        ("", "http://testserver//elsewhere.example/"),
        ("javascript:alert(1)", ""),
    ],
)
def test_nobody_is_led_elsewhere(onward, referer):
    answer = Client().post(
        "/currency/", {"currency": "EUR", "next": onward}, headers={"referer": referer}
    )
    assert answer["Location"] == "/"


@pytest.mark.parametrize("currency", ["", "GBP", "eur", "€", "<script>"])
def test_another_money_is_refused(currency):
    answer = choose(Client(), currency)
    assert answer.status_code == 400
    assert COOKIE not in answer.cookies


def test_looking_at_the_address_changes_nothing():
    assert Client().get("/currency/").status_code == 405
