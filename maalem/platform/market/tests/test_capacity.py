"""How much a workshop takes on: months fill up, one after another, and nobody is promised more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.checkout.actions.pay import place
from maalem.platform.market.checkout.actions.place import Refused
from maalem.platform.market.orders import capacity
from maalem.platform.market.orders.actions.limit import note_full, take_on
from maalem.platform.market.orders.actions.parcels import cancel
from maalem.platform.market.orders.models import Order
from maalem.platform.market.tests.test_studio import text, visit
from tests.cast import WEAVER

__all__ = ["visit"]

TODAY = date(2026, 11, 23)
MONTHS = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]


def rug(world, **more):
    world.rug = world.thing(
        world.weaver,
        "Tapis sur mesure",
        price=300_000,
        on_hand=0,
        supply="made_to_order",
        making_days=10,
        **more,
    )


@pytest.mark.parametrize(
    ("pieces", "taken", "day"),
    [
        (1, [0], TODAY),
        (1, [2], TODAY),
        (1, [3], MONTHS[1]),
        (2, [2], MONTHS[1]),
        (1, [3, 3, 1], MONTHS[2]),
        (9, [1, 1], MONTHS[2]),
        (9, [0], TODAY),
    ],
)
def test_making_begins_in_the_first_month_with_room(pieces, taken, day):
    found = capacity.begin(
        pieces=pieces, limit=3, taken=dict(zip(MONTHS, taken, strict=False)), today=TODAY
    )
    assert found == day


@given(
    orders=st.lists(st.integers(1, 5), max_size=30),
    limit=st.integers(1, 6),
    today=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
)
def test_no_month_is_filled_past_its_limit_but_by_one_order_alone(orders, limit, today):
    taken: dict[date, int] = {}
    counts: dict[date, int] = {}
    for pieces in orders:
        day = capacity.begin(pieces=pieces, limit=limit, taken=taken, today=today)
        assert day >= today
        month = day.replace(day=1)
        taken[month] = taken.get(month, 0) + pieces
        counts[month] = counts.get(month, 0) + 1
    assert all(taken[month] <= limit or counts[month] == 1 for month in taken)


@pytest.mark.django_db
def test_the_third_rug_of_two_is_begun_next_month_and_a_place_that_is_free_is_given(world):
    rug(world)
    take_on(world.weaver.pk, pieces=2)
    today = timezone.localdate()
    month = (today.replace(day=1) + timedelta(days=31)).replace(day=1)
    first, second, third = (world.paid(world.cart(rug=1)).orders.get() for _ in range(3))
    assert (first.making_from, second.making_from) == (today, today)
    assert third.making_from == month
    assert third.dispatch_by > month
    cancel(first.number, by="officer")
    again = world.paid(world.cart(rug=1)).orders.get()
    assert again.making_from == today


@pytest.mark.django_db
def test_what_is_not_made_to_order_takes_no_place_and_has_no_such_day(world):
    rug(world)
    take_on(world.weaver.pk, pieces=1)
    carpet = world.paid(world.cart(carpet=1)).orders.get()
    assert carpet.making_from is None
    assert world.paid(world.cart(rug=1)).orders.get().making_from == timezone.localdate()


@pytest.mark.django_db
def test_a_month_that_filled_up_since_the_review_is_shown_again(world):
    rug(world)
    take_on(world.weaver.pk, pieces=1)
    cart = world.cart(rug=1)
    world.address(cart)
    agreed = world.agreed(cart)
    world.paid(world.cart(rug=1))
    with pytest.raises(Refused) as no:
        place(cart=cart, agreed=agreed, language="fr")
    assert no.value.code == "changed"


@pytest.mark.django_db
def test_pages_read_until_when_it_is_full(world):
    rug(world)
    take_on(world.weaver.pk, pieces=1)
    world.paid(world.cart(rug=1))
    note_full()
    weaver = Artisan.objects.get(pk=world.weaver.pk)
    assert (weaver.full_until + timedelta(days=1)).day == 1
    take_on(world.weaver.pk, pieces=None)
    weaver.refresh_from_db()
    assert (weaver.monthly_capacity, weaver.full_until) == (None, None)


@pytest.mark.django_db
@pytest.mark.parametrize("pieces", [0, -1, 1000])
def test_a_limit_that_can_not_be_is_refused_twice(world, pieces):
    with pytest.raises(ValueError, match=str(pieces)):
        take_on(world.weaver.pk, pieces=pieces)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE artisans_artisan SET monthly_capacity = %s", [pieces])


def test_of_eight_who_order_at_once_two_get_this_month(live):
    rug(live)
    take_on(live.weaver.pk, pieces=2)
    carts = [live.cart(rug=1) for _ in range(8)]
    for cart in carts:
        live.address(cart)

    def order(cart) -> None:
        try:
            while True:
                try:
                    place(cart=cart, agreed=live.agreed(cart), language="fr")
                    return
                except Refused as no:
                    # Somebody was faster: she is shown the later month, and agrees to it.
                    if no.code not in {"changed", "busy"}:
                        raise
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(order, carts))
    begun = sorted(Order.objects.values_list("making_from", flat=True))
    months = [day.replace(day=1) for day in begun]
    assert all(months.count(month) <= 2 for month in months)
    assert len(set(months)) == 4


@pytest.mark.django_db
def test_she_says_how_much_she_takes_on_and_buyers_read_it(world, visit, client):
    rug(world)
    page = text(visit(WEAVER, "capacity/"))
    assert "Autant qu’on m’en commande" not in page, "there is no limit to take away"
    assert visit(WEAVER, "capacity/", post={"pieces": "٢"}).status_code == 302
    for _ in range(2):
        world.paid(world.cart(rug=1))
    assert "2 sur 2" in text(visit(WEAVER, "capacity/"))
    note_full()
    slug = world.rug.product.slug
    assert "L’atelier est complet" in text(client.get(f"/fr/products/{slug}/"))
    assert visit(WEAVER, "capacity/", post={"none": "1"}).status_code == 302
    assert "L’atelier est complet" not in text(client.get(f"/fr/products/{slug}/"))


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "0", "1000", "beaucoup", "-3"])
def test_what_is_no_number_is_asked_again(world, visit, typed):
    answer = visit(WEAVER, "capacity/", post={"pieces": typed})
    assert answer.status_code == 422
    assert "de 1 à 999" in answer.content.decode()
    world.weaver.refresh_from_db()
    assert world.weaver.monthly_capacity is None
