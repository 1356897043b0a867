"""Places suggested while an address is typed."""

import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from maalem.platform.ground.places.models import Commune
from maalem.platform.market.checkout import queries

pytestmark = pytest.mark.django_db


def suggested(typed: str, language: str = "fr") -> list[str]:
    answer = Client().get(f"/{language}/checkout/communes/", {"commune": typed})
    assert answer.status_code == 200
    return [html.unescape(name) for name in re.findall(r'data-name="([^"]*)"', str(answer.text))]


@pytest.mark.parametrize("typed", ["Tazna", "tazna", "TAZNA", "  tazna ", "تازنا", "تَازْنا"])
def test_any_spelling_and_script_finds_a_place(typed):
    assert suggested(typed)[0] == "Taznakht (Ouarzazate)"


def test_accents_do_not_matter_and_names_are_in_the_language_of_the_page():
    assert suggested("tetou")[0] == "Tétouan (Tétouan)"
    assert suggested("fes", language="ar")[0] == "فاس (فاس)"


def test_what_is_suggested_is_understood_by_the_form():
    for name in suggested("sidi") + suggested("سيدي", language="ar"):
        with override("fr"):
            assert queries.find_communes(name), name


@pytest.mark.parametrize("typed", ["", "t", " ", "-", "%%", "__", "no such place", "\x00\x00"])
def test_too_little_or_nothing_sensible_suggests_nothing(typed):
    assert suggested(typed) == []


def test_a_chosen_name_is_known_again_and_a_long_one_does_no_harm():
    assert suggested("Taznakht (Ouarzazate)") == ["Taznakht (Ouarzazate)"]
    assert suggested("a" * 5_000) == []


def test_the_answer_is_small_asks_once_and_may_be_kept_by_anybody():
    with CaptureQueriesContext(connection) as asked:
        answer = Client().get("/fr/checkout/communes/?commune=sidi")
    assert len(asked) == 1
    assert len(re.findall("role=.option", answer.text)) == queries.OFFERED
    assert len(answer.content) < 2_000
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


def test_only_reading_is_possible():
    assert Client().post("/fr/checkout/communes/").status_code == 405


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Taznakht (Ouarzazate)", "Taznakht"),
        ("taznakht", "Taznakht"),
        ("أزيلال", "Azilal"),
        ("ازيلال", "Azilal"),
        ("AZILAL", "Azilal"),
        ("Safi", "Safi"),
    ],
)
def test_a_commune_is_found_however_it_is_written(words, name):
    (found,) = queries.find_communes(words)
    assert found.name.localize("fr") == name


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_commune_a_page_offers_is_read_back_as_itself(language):
    every = list(Commune.objects.select_related("province").order_by("code"))[::40]
    for commune in every:
        found = queries.find_communes(queries.commune_name(commune, language=language))
        assert commune in found, commune
        assert found == [commune] or len({str(one.name) for one in found}) == 1
