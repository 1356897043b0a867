import pytest
from django.utils import translation

from maalem.platform.ground.site.templatetags.money import cm, money, phone, weight


@pytest.mark.parametrize(
    ("language", "minor", "shown"),
    [
        ("fr", 125_000, "1\u202f250\u00a0MAD"),
        ("fr", 125_050, "1\u202f250,50\u00a0MAD"),
        ("en", 125_000, "MAD1,250"),
        ("ar", 9_000, "90\u00a0درهم"),
        ("ar", 125_050, "1\u202f250,50\u00a0درهم"),
        ("ar", -50, "\u2066\u22120,50\u2069\u00a0درهم"),
        ("fr", 0, "0\u00a0MAD"),
        ("fr", -50, "\u22120,50\u00a0MAD"),
    ],
)
def test_an_amount_reads_as_the_language_writes_it(language: str, minor: int, shown: str):
    with translation.override(language):
        assert money(minor, "MAD") == f'<bdi class="money">{shown}</bdi>'


def test_arabic_keeps_western_digits():
    with translation.override("ar"):
        text = money(123_456_789, "MAD")
    assert not set("٠١٢٣٤٥٦٧٨٩") & set(text)
    assert "1\u202f234\u202f567,89" in text


def test_an_amount_that_is_none_is_nothing():
    assert money(None) == ""


def test_a_telephone_is_grouped_and_runs_left_to_right():
    assert phone("+212661000101") == '<bdi dir="ltr" class="phone">+212 6 61 00 01 01</bdi>'
    assert phone("+33612345678") == '<bdi dir="ltr" class="phone">+33 6 12 34 56 78</bdi>'


def test_a_telephone_cannot_smuggle_markup():
    assert "<b>" not in phone("<b>1</b>")


@pytest.mark.parametrize(
    ("language", "length", "mass"),
    [
        ("fr", "125\u00a0cm", "2,2\u00a0kg"),
        ("en", "125\u00a0cm", "2.2\u00a0kg"),
        ("ar", "125\u00a0سم", "2,2\u00a0كغ"),
    ],
)
def test_a_measure_reads_as_the_language_writes_it(language: str, length: str, mass: str):
    with translation.override(language):
        assert cm(1250) == f"<bdi>{length}</bdi>"
        assert weight(2_200) == f"<bdi>{mass}</bdi>"


def test_what_weighs_under_a_kilogram_is_told_in_grams():
    with translation.override("fr"):
        assert weight(350) == "<bdi>350\u00a0g</bdi>"
        assert weight(None) == ""
