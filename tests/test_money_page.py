"""docs/money.md quotes the recipes as they are."""

from pathlib import Path

import pytest

from maalem.cli.pages import money
from maalem.payments.ledger import recipes, records

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
