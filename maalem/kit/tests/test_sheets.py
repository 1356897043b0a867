"""No text that we write into a file is ever computed."""

import pytest

from maalem.kit.sheets import harmless


@pytest.mark.parametrize(
    "text", ["=1+1", "+212", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0+1", "＝1"]
)
def test_no_text_becomes_a_formula(text):
    assert harmless(text) == f"'{text}"
    assert harmless("Tapis = 2") == "Tapis = 2"
