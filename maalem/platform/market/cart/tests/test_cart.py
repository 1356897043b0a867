"""The cart: what may go in, what became of it, and whose it is."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from maalem.platform.ground.people.models import Person
from maalem.platform.market.cart import decide, jobs, queries, visitor
from maalem.platform.market.cart.actions import holds
from maalem.platform.market.cart.actions.lines import (
    Refused,
    add_line,
    change_line,
    claim,
    make_cart,
    remove_line,
)
from maalem.platform.market.cart.models import MAX_LINES, MAX_QUANTITY, Cart, CartLine
from maalem.platform.market.catalog.models import Product, Variant

ADD, CART = "/fr/cart/add/", "/fr/cart/"


def trouble_of(cart, variant):
    lines = {line.piece.variant: line for line in queries.contents(cart).lines}
    return lines[variant.pk].trouble


def test_adding_a_thing_again_makes_it_more(world):
    cart = world.cart(tagine=2)
    add_line(cart, variant_id=world.tagine.pk, quantity=3)
    assert cart.lines.get().quantity == 5


def test_one_of_a_kind_is_bought_once(world):
    cart = world.cart(carpet=1)
    with pytest.raises(Refused) as refusal:
        add_line(cart, variant_id=world.carpet.pk, quantity=1)
    assert (refusal.value.code, refusal.value.free) == ("too_few", 1)
    assert cart.lines.get().quantity == 1


def test_a_line_has_a_most(world):
    Variant.objects.filter(pk=world.tagine.pk).update(on_hand=1_000)
    cart = world.cart(tagine=15)
    add_line(cart, variant_id=world.tagine.pk, quantity=15)
    assert cart.lines.get().quantity == MAX_QUANTITY


def test_a_cart_has_a_most(world):
    cart = make_cart()
    product = world.tagine.product
    variants = Variant.objects.bulk_create(
        Variant(product=product, sku=f"many-{n}", price_minor=100, on_hand=5)
        for n in range(MAX_LINES)
    )
    CartLine.objects.bulk_create(
        CartLine(cart=cart, variant=variant, quantity=1, price_seen_minor=100)
        for variant in variants
    )
    with pytest.raises(Refused) as refusal:
        add_line(cart, variant_id=world.carpet.pk, quantity=1)
    assert refusal.value.code == "full"


def test_what_is_not_there_is_refused(world):
    with pytest.raises(Refused, match="unknown"):
        add_line(make_cart(), variant_id=10**9, quantity=1)


def test_the_price_seen_is_kept_and_the_change_is_shown_until_it_is_seen(world):
    cart = world.cart(tagine=2)
    Variant.objects.filter(pk=world.tagine.pk).update(price_minor=19_500)
    (line,) = queries.contents(cart).lines
    assert (line.trouble, line.price_seen_minor, line.price_minor) == (
        "price_changed",
        18_000,
        19_500,
    )
    assert not line.stops
    change_line(cart, variant_id=world.tagine.pk, quantity=1)
    assert trouble_of(cart, world.tagine) is None


def test_a_withdrawn_product_stops_the_sale_and_costs_nothing(world):
    cart = world.cart()
    Product.objects.filter(pk=world.carpet.product_id).update(status="withdrawn")
    contents = queries.contents(cart)
    assert trouble_of(cart, world.carpet) == "withdrawn"
    assert contents.stops
    assert contents.goods_minor == 2 * 18_000


def test_pieces_bought_by_others_meanwhile_are_said(world):
    cart = world.cart(tagine=4)
    Variant.objects.filter(pk=world.tagine.pk).update(on_hand=2)
    assert trouble_of(cart, world.tagine) == "too_few"
    Variant.objects.filter(pk=world.tagine.pk).update(on_hand=0)
    assert trouble_of(cart, world.tagine) == "sold_out"


def test_a_workshop_that_cannot_be_paid_sells_nothing(world):
    cart = world.cart()
    world.weaver.payments_account = None
    world.weaver.save()
    assert trouble_of(cart, world.carpet) == "seller_closed"


def test_pieces_held_for_this_cart_are_its_own(world):
    cart = world.cart()
    world.placed(cart)
    assert trouble_of(cart, world.carpet) is None
    other = make_cart()
    with pytest.raises(Refused, match="sold_out"):
        add_line(other, variant_id=world.carpet.pk, quantity=1)


def test_what_is_made_to_order_never_runs_out(world):
    belt = world.thing(
        world.weaver, "Ceinture", price=9_000, on_hand=0, supply="made_to_order", making_days=9
    )
    cart = make_cart()
    add_line(cart, variant_id=belt.pk, quantity=20)
    group = world.placed(cart)
    belt.refresh_from_db()
    assert (belt.on_hand, belt.reserved) == (0, 0)
    assert group.orders.get().lines.get().quantity == 20


def test_parcels_are_by_seller(world):
    contents = queries.contents(world.cart())
    assert [parcel.seller.slug for parcel in contents.parcels] == [
        world.weaver.slug,
        world.potter.slug,
    ]
    assert contents.goods_minor == 320_000 + 36_000
    assert contents.pieces == 3


def test_removing_twice_is_no_trouble(world):
    cart = world.cart()
    for _ in range(2):
        remove_line(cart, variant_id=world.carpet.pk)
    assert cart.lines.count() == 1


def test_a_guests_cart_becomes_the_persons_with_what_she_had_put_aside(world):
    person = Person.objects.create(name="Claire Martin", email="claire@example.org")
    old = world.cart(tagine=3)
    Cart.objects.filter(pk=old.pk).update(person=person)
    guest = world.cart(carpet=1, tagine=1)
    mine = claim(guest, person=person)
    assert mine.pk == guest.pk
    assert dict(mine.lines.values_list("variant_id", "quantity")) == {
        world.carpet.pk: 1,
        world.tagine.pk: 3,
    }
    assert Cart.objects.filter(person=person).count() == 1


def test_signing_in_brings_the_guests_cart_along(world, client):
    client.post(ADD, {"variant": world.carpet.pk, "quantity": 1})
    person = Person.objects.create(name="Claire Martin", email="claire@example.org")
    client.force_login(person)
    assert "Tapis de Taznakht" in client.get(CART).content.decode()
    assert Cart.objects.get(person=person).lines.count() == 1


def test_after_signing_out_the_next_one_sees_nothing_of_it(world, client):
    person = Person.objects.create(name="Claire Martin", email="claire@example.org")
    client.force_login(person)
    client.post(ADD, {"variant": world.carpet.pk, "quantity": 1})
    cookie = client.cookies[visitor.COOKIE].value
    other = Client()
    other.cookies[visitor.COOKIE] = cookie
    assert "Tapis de Taznakht" not in other.get(CART).content.decode()


@pytest.mark.parametrize("forged", ["abc", "abc:def", ""])
def test_a_forged_cookie_finds_no_cart(world, forged):
    cart = world.cart()
    request = RequestFactory().get("/", headers={"cookie": f"{visitor.COOKIE}={forged}"})
    assert visitor.key_of(request) == ""
    request = RequestFactory().get("/", headers={"cookie": f"{visitor.COOKIE}={cart.key}"})
    assert visitor.key_of(request) == ""


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"variant": "x"},
        {"variant": "0"},
        {"variant": str(10**30)},
        {"variant": "1", "quantity": "-1"},
        {"variant": "1", "quantity": "21"},
        {"variant": "1", "quantity": "1e9"},
        {"variant": "999999", "quantity": "1"},
    ],
)
@pytest.mark.parametrize("verb", ["add", "change", "remove"])
def test_nonsense_in_the_form_ends_in_the_cart_with_a_sentence(world, client, verb, given):
    page = client.post(f"/fr/cart/{verb}/", given)
    assert (page.status_code, page.headers["Location"]) == (302, CART)
    assert not CartLine.objects.exists()


def test_the_figure_beside_the_basket_counts_pieces(world, client):
    client.post(ADD, {"variant": world.carpet.pk, "quantity": 1})
    client.post(ADD, {"variant": world.tagine.pk, "quantity": 4})
    assert 'class="top__count">5' in client.get(CART).content.decode()


def test_a_visitor_without_a_cart_costs_no_query(world, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(CART)


def test_holding_more_than_there_is_holds_nothing(world):
    cart = world.cart()
    stock = holds.lock_variants([world.carpet.pk, world.tagine.pk])
    wanted = {world.tagine.pk: 1, world.carpet.pk: 2}
    with pytest.raises(holds.NotEnough) as refusal:
        holds.hold(wanted, stock=stock, cart=cart, reference="M-1")
    assert refusal.value.missing == {world.carpet.pk: 1}
    world.tagine.refresh_from_db()
    assert world.tagine.reserved == 0


def test_an_old_guests_cart_is_forgotten_with_what_was_typed_for_it(world):
    old, young, held = world.cart(tagine=1), world.cart(tagine=1), world.cart(tagine=1)
    for cart in (old, young, held):
        world.address(cart)
    world.placed(held)
    ago = timezone.now() - timedelta(days=101)
    Cart.objects.filter(pk__in=[old.pk, held.pk]).update(touched_at=ago)
    jobs.sweep_carts(0)
    assert set(Cart.objects.all()) == {young, held}


def test_the_gravest_trouble_is_said_first():
    facts = decide.Facts(
        quantity=3, price_seen_minor=1, price_minor=2, published=True, seller_open=True, free=None
    )
    assert decide.trouble(facts) == "price_changed"
    assert decide.most(None) == MAX_QUANTITY
    assert decide.most(-1) == 0
