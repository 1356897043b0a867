"""Promises that several rooms keep together: reservations, what can be lost, and weight."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from maalem.platform.ground.site.tests.test_weight import must_be_light, unhashed_static
from maalem.platform.market.catalog import kept
from maalem.platform.market.catalog.indexing import reindex
from maalem.platform.market.catalog.models import Entry, Product, Word
from maalem.platform.market.orders import links
from maalem.platform.market.orders.actions.expire import expire
from maalem.platform.market.orders.models import History, Order, OrderGroup
from maalem.platform.market.tests.test_faults import assert_stock_is_whole, together
from maalem.platform.market.tests.test_studio import person
from tests.cast import WEAVER

# Asked for by name below; the weights are of the files as the folders name them.
__all__ = ["unhashed_static"]
ASKED = ("tapis", "tajine", "tapi", "Tájine", "تاجين", "safi", "rien de tel")


@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_a_reservation_ends_once_whatever_the_servers_clock_says(live, hours):
    """P27: the database's clock decides; ten workers at once end it once, with its pieces."""
    group = live.placed(live.cart(tagine=2))
    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True):
        assert together(5, lambda _: expire(group.number)) == [False] * 5, "its time is not over"
        OrderGroup.objects.filter(pk=group.pk).update(expires_at=Now())
        ended = together(10, lambda _: expire(group.number))
    assert sorted(ended) == [False] * 9 + [True]
    assert History.objects.filter(group=group, event="expired", order=None).count() == 1
    live.tagine.refresh_from_db()
    assert (live.tagine.on_hand, live.tagine.reserved) == (10, 0)
    assert_stock_is_whole()


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Africa/Casablanca", "Europe/Paris", "UTC"])
@pytest.mark.parametrize(
    "moment",
    [
        "2026-02-15 01:45:00+00",  # Morocco sets its clocks back for Ramadan in that night
        "2026-03-29 00:45:00+00",  # France goes on by an hour
        "2026-10-25 00:45:00+00",  # and back
    ],
)
def test_half_an_hour_is_half_an_hour_in_every_night(world, zone, moment):
    """P27: a reservation is an instant, whatever clocks on walls do in between."""
    group = world.placed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [zone])
        cursor.execute(
            "SELECT expires_at - placed_at, (%s::timestamptz + (expires_at - placed_at))"
            " - %s::timestamptz FROM orders_ordergroup WHERE id = %s",
            [moment, moment, group.pk],
        )
        held, across = cursor.fetchone()
    assert timedelta(minutes=30) <= held < timedelta(minutes=31)
    assert across == held


def told(client) -> dict[str, object]:
    """What the shop answers to everything that the index and the caches are asked for."""
    pages = {f"search {words}": f"/fr/search/?q={words}" for words in ASKED}
    pages |= {f"typed {words}": f"/fr/search/suggestions/?q={words}" for words in ASKED}
    pages |= {"all": "/fr/search/", "pottery": "/fr/crafts/pottery/", "home": "/fr/"}
    return {name: client.get(path).content for name, path in pages.items()}


@pytest.mark.django_db
def test_the_index_and_every_cache_can_be_lost(world, client):
    """P32: the rows that lists and search read are made from the catalogue, and again."""
    world.thing(world.potter, "Grand tajine berbère", price=25_000, supply="stock", on_hand=3)
    reindex()
    before = told(client)
    assert b"Grand tajine" in before["search tajine"]
    Entry.objects.all().delete()
    Word.objects.all().delete()
    cache.clear()
    for shelf in kept.EVERY:
        shelf.clear()
    assert b"Grand tajine" not in client.get("/fr/search/?q=tajine").content
    assert reindex() == Product.objects.filter(status="published").count()
    assert told(client) == before


@pytest.fixture
def journey(world, client):
    """The addresses of a buyer's way, with a piece bought, and of the seller's."""
    cart = world.cart(carpet=1)
    group = world.paid(cart)
    order = Order.objects.get(group=group)
    mark, slug = links.mark(group.number), world.tagine.product.slug
    client.post("/fr/cart/add/", {"variant": world.tagine.pk, "quantity": 1})
    buyer = {
        "home": "",
        "search": "search/?q=tajine",
        "product": f"products/{slug}/",
        "delivered": f"products/{slug}/delivered/?to=US",
        "cart": "cart/",
        "checkout": "checkout/",
        "order": f"orders/{group.number}/{mark}/",
        "receipt": f"orders/{group.number}/{mark}/receipt/",
        "conversation": f"talk/{group.number}/{mark}/{order.number}/",
    }
    seller = {
        "sales": "studio/",
        "sale": f"studio/orders/{order.number}/",
        "conversation": f"studio/orders/{order.number}/conversation/",
        "pieces": "studio/pieces/",
        "new piece": "studio/pieces/new/",
        "money": "studio/money/",
    }
    return buyer, seller


@pytest.mark.django_db
@pytest.mark.usefixtures("unhashed_static")
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_page_of_a_purchase_and_of_a_workshop_is_light(journey, client, language):
    """P67: with styles, scripts and letters, compressed, none is above 100 kB."""
    buyer, seller = journey
    for side in (buyer, seller):
        if side is seller:
            client.force_login(person(WEAVER))
        for name, path in side.items():
            page = client.get(f"/{language}/{path}")
            assert page.status_code == 200, (name, page.status_code)
            assert unescape(page.content.decode()).strip()
            must_be_light(page.content, language=language)


# Pages without a price of one's own: looking at the shop is no page about money.
ONLY_LOOKING = {"home", "search", "product"}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_page_about_money_can_be_heard(journey, client, language):
    """P70: cart, checkout, order, receipt, cost to the door, and all of a workshop's pages."""
    buyer, seller = journey
    more = {
        "prices": "studio/prices/",
        "invoices": "studio/invoices/",
        "returns": "studio/returns/",
    }
    for side in (buyer, {**seller, **more, "till": f"payments/{WEAVER.artisan}/"}):
        if side is not buyer:
            client.force_login(person(WEAVER))
        for name, path in side.items():
            page = client.get(f"/{language}/{path}", follow=True).content.decode()
            can_be_heard = "data-aloud" in page and "design/aloud" in page
            assert can_be_heard == (name not in ONLY_LOOKING), name
