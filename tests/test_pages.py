"""The pages that are made from the code are the code's own."""

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
