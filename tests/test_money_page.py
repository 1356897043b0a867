"""docs/money.md quotes the recipes as they are."""

import re
from pathlib import Path

import pytest

from maalem.cli.pages import money
from maalem.payments.ledger import recipes, records
from maalem.payments.settlement.bank import safeguarding

PAYMENTS = Path(recipes.__path__[0]).parents[1]

ALL = [(module, recipe) for module in money.chapters() for recipe in money.recipes_of(module)]


@pytest.mark.parametrize(("module", "recipe"), ALL, ids=[each.__name__ for _, each in ALL])
def test_every_recipe_has_its_t_account_and_is_at_hand(module, recipe):
    assert len(money.table_of(recipe)) >= 4, f"{recipe.__name__} needs its table"
    assert getattr(recipes, recipe.__name__) is recipe


def test_every_account_of_a_recipe_is_explained():
    """The chart of accounts names each kind that a recipe can touch, and says what it is."""
    folder = Path(recipes.__path__[0])
    said = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    kinds = {
        value
        for name, value in vars(records).items()
        if isinstance(value, str) and name.isupper() and name in said
    } - {records.HOUSE, records.RAIL}
    chart = money.PAGE.read_text(encoding="utf-8").split("## The accounts")[1].split("\n## ")[0]
    assert len(kinds) >= 13
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in chart] == []


def test_every_file_that_the_page_names_is_there():
    named = re.findall(r"`([a-z_/0-9]+\.(?:py|sql))`", money.PAGE.read_text(encoding="utf-8"))
    root = PAYMENTS.parents[1]
    gone = [name for name in named if not (PAYMENTS / name).exists() | (root / name).exists()]
    assert named
    assert gone == []


def test_the_page_names_the_sql_that_commits_a_batch_now():
    makes = re.compile(r"CREATE (OR REPLACE )?FUNCTION commit_batch\(")
    files = sorted((PAYMENTS / "sql").glob("*.sql"))
    newest = [path.name for path in files if makes.search(path.read_text(encoding="utf-8"))][-1]
    assert f"`sql/{newest}` (`commit_batch`)" in money.PAGE.read_text(encoding="utf-8")


def test_the_page_says_which_terms_of_the_proof_are_the_ledger_s_own():
    own = {name for name, query in safeguarding._TERMS.items() if "ledger." in query}
    said = money.PAGE.read_text(encoding="utf-8").split("summed from the ledger's transfers")[1]
    assert set(re.findall(r"\(`([a-z_]+)`", said.split("<!-- run")[0])) == own
