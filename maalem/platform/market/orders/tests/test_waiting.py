"""The page of an unpaid order asks by itself, with a script, until there is something to see."""

import pytest
from django.test import Client

from maalem.platform.market.orders import links

pytestmark = pytest.mark.django_db
PART = {"hx-request": "true"}


def test_nothing_new_costs_nothing(world):
    address = links.path(world.placed().number)
    page = Client().get(address).content.decode()
    assert f'data-hx-get="{address}" data-hx-trigger="every 10s"' in page
    answer = Client().get(address, headers=PART)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "HX-Refresh" not in answer


def test_a_paid_order_is_loaded_again_and_asks_no_more(world):
    address = links.path(world.paid().number)
    assert Client().get(address, headers=PART)["HX-Refresh"] == "true"
    page = Client().get(address).content.decode()
    assert 'data-hx-trigger="every' not in page
    assert "site/lively" not in page
