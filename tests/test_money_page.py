"""docs/money.md quotes the recipes as they are."""

import pytest

from maalem.cli.pages import money
from maalem.payments.ledger import recipes

ALL = [(module, recipe) for module in money.chapters() for recipe in money.recipes_of(module)]


@pytest.mark.parametrize(("module", "recipe"), ALL, ids=[each.__name__ for _, each in ALL])
def test_every_recipe_has_its_t_account_and_is_at_hand(module, recipe):
    assert len(money.table_of(recipe)) >= 4, f"{recipe.__name__} needs its table"
    assert getattr(recipes, recipe.__name__) is recipe
