"""The pages that are made from the code are the code's own."""

import re

import pytest

from maalem.cli import pages
from maalem.cli.pages import promises


@pytest.mark.parametrize("name", sorted(pages.PAGES))
def test_a_page_made_from_the_code_is_not_stale(name: str):
    written = (pages.DOCS / name).read_text(encoding="utf-8")
    assert written == pages.PAGES[name](), "run: python -m maalem pages"


def test_every_promise_that_a_test_names_is_one():
    known = {number for group in promises.promised().values() for number in group}
    for proof in promises.proofs():
        assert set(proof.numbers) <= known, proof


def test_a_test_that_begins_with_a_promise_s_number_is_listed():
    """In whatever folder it is, and however it writes several numbers."""
    begins = {
        (file, test)
        for file, test, said in promises.docstrings()
        if test.startswith("test_") and re.match(r"P\d+\b", said)
    }
    assert begins <= {(proof.file, proof.test) for proof in promises.proofs()}


@pytest.mark.parametrize(
    ("test", "numbers"),
    [
        ("test_any_history_of_payments_and_holds_is_as_on_paper", {"P12", "P18"}),
        ("test_any_history_of_refunds_is_as_on_paper", {"P12", "P13"}),
        ("test_killed_at_any_statement_money_moves_once_or_not_at_all", {"P1"}),
        ("test_a_history_that_once_went_wrong", {"P1", "P15", "P18", "P29"}),
    ],
)
def test_the_machines_and_the_simulation_stand_on_the_page(test: str, numbers: set[str]):
    named = [set(proof.numbers) for proof in promises.proofs() if proof.test == test]
    assert named == [numbers]
    assert test.removeprefix("test_").replace("_", " ") in promises.page()
