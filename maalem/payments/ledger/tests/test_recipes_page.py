"""docs/money.md quotes the recipes as they are."""

import pytest

from maalem.payments.ledger import recipes, recipes_page

ALL = [
    (module, recipe)
    for module in recipes_page.chapters()
    for recipe in recipes_page.recipes_of(module)
]


def test_the_page_of_money_is_not_stale():
    assert recipes_page.PAGE.read_text(encoding="utf-8") == recipes_page.page(), (
        "run: python -m maalem.payments.ledger.recipes_page"
    )


@pytest.mark.parametrize(("module", "recipe"), ALL, ids=[each.__name__ for _, each in ALL])
def test_every_recipe_has_its_t_account_and_is_at_hand(module, recipe):
    assert len(recipes_page.table_of(recipe)) >= 4, f"{recipe.__name__} needs its table"
    assert getattr(recipes, recipe.__name__) is recipe
