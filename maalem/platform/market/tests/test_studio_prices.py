"""What the workshop is told buyers read about her prices: the same as on the piece's page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maalem.platform.market.catalog.models import Variant
from maalem.platform.market.catalog.tests.test_reductions import age, price
from maalem.platform.market.studio import prices as studio_prices
from maalem.platform.market.tests.test_studio import visit  # noqa: F401 - a fixture
from tests.cast import POTTER, WEAVER

pytestmark = pytest.mark.django_db


def read(page) -> str:
    html = page.content.decode()
    return html.replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def test_the_weaver_reads_what_buyers_read(world, visit, client):  # noqa: F811
    age(31)
    assert "Les acheteurs lisent ce prix seul." in read(visit(WEAVER, "prices/"))
    price(world.carpet, 300_000)
    page = read(visit(WEAVER, "prices/"))
    told = 'Prix précédent : <bdi class="money">3 200 MAD</bdi>, le plus bas des 30 jours'
    assert told in page
    assert told in read(client.get(f"/fr/products/{world.carpet.product.slug}/"))
    age(30)
    assert "baissé il y a plus de 30 jours" in read(visit(WEAVER, "prices/"))


def test_she_is_told_why_no_earlier_price_is_shown(world, visit):  # noqa: F811
    age(5)
    price(world.carpet, 300_000)
    assert "pas en vente depuis 30 jours" in read(visit(WEAVER, "prices/"))
    age(31)
    price(world.carpet, 400_000)
    age(1)
    price(world.carpet, 350_000)
    assert 'a déjà coûté <bdi class="money">3 000 MAD</bdi>' in read(visit(WEAVER, "prices/"))


def test_she_sees_her_own_prices_alone_and_a_link_to_them(world, visit):  # noqa: F811
    page = read(visit(POTTER, "prices/"))
    assert "Tajine de Safi" in page
    assert "Tapis de Taznakht" not in page
    assert "/fr/studio/prices/" in read(visit(POTTER, "money/"))


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "9" * 18, "0"])
def test_a_number_that_is_none_shows_the_newest(world, visit, before):  # noqa: F811
    assert "Tapis de Taznakht" in read(visit(WEAVER, f"prices/?before={before}"))


def test_a_long_list_is_read_in_pages_and_one_statement(world, visit):  # noqa: F811
    for number in range(studio_prices.PAGE):
        Variant.objects.create(
            product_id=world.tagine.product_id, sku=f"t{number}", price_minor=10_000 + number
        )
    with CaptureQueriesContext(connection) as asked:
        first, older = studio_prices.prices(world.potter)
    assert len(asked) == 1
    assert len(first) == studio_prices.PAGE
    rest, end = studio_prices.prices(world.potter, before=older)
    assert [one.pk for one in rest] == [world.tagine.pk]
    assert end == 0
