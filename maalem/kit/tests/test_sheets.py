"""No text that we write into a file is ever computed."""

import pytest

from maalem.kit.sheets import harmless


@pytest.mark.parametrize(
    "text", ["=1+1", "+212", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0+1", "＝1"]
)
def test_no_text_becomes_a_formula(text):
    assert harmless(text) == f"'{text}"
    assert harmless("Tapis = 2") == "Tapis = 2"


@pytest.mark.parametrize("amount", ["-12.50", "12.50", "0.00"])
def test_an_amount_stays_a_number(amount):
    assert harmless(amount) == amount


@pytest.mark.parametrize("text", ["-12.50+1", "-12.5", "-12.50\n=1"])
def test_what_only_begins_like_an_amount_does_not(text):
    assert harmless(text) == f"'{text}"
