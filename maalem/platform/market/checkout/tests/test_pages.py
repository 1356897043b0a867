"""The buyer's pages, from the cart to the receipt, without a script."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from maalem.platform.market.catalog.models import Variant
from maalem.platform.market.commission import decide
from maalem.platform.market.commission.models import CommissionRule
from maalem.platform.market.orders import links
from maalem.platform.market.orders.actions.parcels import confirm_delivery, dispatch
from maalem.platform.market.orders.models import Order, OrderGroup, OrderLine, PaymentAttempt
from maalem.platform.market.orders.tests.bending import bend
from maalem.platform.market.tests.world import withdraw

LYON = {
    "to": "abroad",
    "name": "Claire Martin",
    "phone": "06 12 34 56 78",
    "email": "claire@example.org",
    "country": "FR",
    "line1": "12 rue de la République",
    "postcode": "69001",
    "city": "Lyon",
}
AZILAL = {
    "to": "morocco",
    "name": "ناعمة",
    "phone": "٠٦ ٦١ ٠٠ ٠١ ٠٣",
    "commune": "أزيلال",
    "quarter": "دوار آيت علي",
    "landmark": "قرب المسجد",
}


@pytest.fixture
def visitor(world):
    return Client()


def at(name, *args, language="fr"):
    with override(language):
        return reverse(name, args=args)


def fill(visitor, world, *, carpet=1, tagine=2):
    for variant, quantity in ((world.carpet, carpet), (world.tagine, tagine)):
        if quantity:
            visitor.post(at("cart:add"), {"variant": variant.pk, "quantity": quantity})


def sealed(response):
    return re.search(r'name="shown" value="([^"]+)"', response.content.decode())[1]


def reviewed(visitor, world, *, whom=LYON):
    fill(visitor, world)
    visitor.post(at("checkout:checkout"), whom)
    return visitor.get(at("checkout:review"))


def ordered(visitor, world):
    response = visitor.post(at("checkout:review"), {"shown": sealed(reviewed(visitor, world))})
    return response, OrderGroup.objects.get()


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_guest_buys_from_two_artisans_in_three_screens(visitor, world, language):
    fill(visitor, world)
    assert visitor.get(at("cart:cart", language=language)).status_code == 200
    page = visitor.post(at("checkout:checkout", language=language), LYON)
    assert page.headers["Location"] == at("checkout:review", language=language)
    review = visitor.get(page.headers["Location"])
    response = visitor.post(at("checkout:review", language=language), {"shown": sealed(review)})
    group = OrderGroup.objects.get()
    assert response.status_code == 303
    assert response.headers["Location"] == group.attempts.get().url
    assert (group.phone, group.language) == ("+33612345678", language)
    assert group.orders.count() == 2
    world.bank.pay(group.attempts.get().session)
    back = visitor.get(links.path(group.number, to="checkout:return"))
    assert back.status_code == 302
    shown = visitor.get(back.headers["Location"]).content.decode()
    assert group.number in shown
    assert group.orders.first().number in shown


def test_an_address_in_morocco_needs_a_commune_and_no_postcode(visitor, world):
    review = reviewed(visitor, world, whom=AZILAL)
    assert review.status_code == 200
    page = visitor.post(at("checkout:review"), {"shown": sealed(review)})
    assert page.status_code == 303
    group = OrderGroup.objects.get()
    assert group.phone == "+212661000103"
    assert group.address["commune_name"]["fr"] == "Azilal"
    assert "postcode" not in group.address
    assert group.shipping_minor < 20_000


def test_the_details_page_asks_no_postcode_at_home(visitor, world):
    fill(visitor, world)
    home = visitor.get(at("checkout:checkout") + "?to=morocco").content.decode()
    abroad = visitor.get(at("checkout:checkout") + "?to=abroad").content.decode()
    assert 'name="postcode"' not in home
    assert 'name="postcode"' in abroad
    # Places are suggested while she types; a page with all 1,503 of them would weigh 68 kB.
    assert at("checkout:communes") in home
    assert len(home) < 20_000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": "123"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"name": ""}, "name"),
        ({"country": "XX"}, "country"),
        ({"postcode": ""}, "postcode"),
        ({"email": "claire@"}, "email"),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_nothing_typed_is_lost(visitor, world, change, field):
    fill(visitor, world)
    page = visitor.post(at("checkout:checkout"), {**LYON, **change})
    shown = page.content.decode()
    assert page.status_code == 422
    assert f'id="id_{field}_error"' in shown
    assert 'value="12 rue de la République"' in shown


def test_a_country_without_postcodes_wants_none(visitor, world):
    fill(visitor, world)
    page = visitor.post(
        at("checkout:checkout"),
        {**LYON, "country": "AE", "phone": "+971 50 123 4567", "postcode": "999"},
    )
    assert page.status_code == 302
    assert visitor.get(page.headers["Location"]).content.decode().count("999") == 0


def test_namesakes_are_offered_and_one_is_chosen(visitor, world):
    fill(visitor, world)
    vague = {**AZILAL, "commune": "Tamri"}
    page = visitor.post(at("checkout:checkout"), {**vague, "commune": "Sidi"})
    assert page.status_code == 422
    code = re.search(r'name="commune_code" value="([^"]+)"', page.content.decode())[1]
    page = visitor.post(at("checkout:checkout"), {**vague, "commune": "Sidi", "commune_code": code})
    assert page.status_code == 302


def test_a_price_that_changed_after_the_review_is_shown_and_agreed_to_again(visitor, world):
    review = reviewed(visitor, world)
    Variant.objects.filter(pk=world.carpet.pk).update(price_minor=350_000)
    page = visitor.post(at("checkout:review"), {"shown": sealed(review)})
    shown = page.content.decode()
    assert page.status_code == 409
    assert not OrderGroup.objects.exists()
    assert "3" in shown
    assert "note--change" in shown
    again = visitor.post(at("checkout:review"), {"shown": sealed(page)})
    assert again.status_code == 303
    assert OrderGroup.objects.get().goods_minor == 350_000 + 36_000


@pytest.mark.parametrize("forged", ["", "nonsense", "W3hd:1abc:xyz"])
def test_a_forged_review_orders_nothing(visitor, world, forged):
    reviewed(visitor, world)
    page = visitor.post(
        at("checkout:review"),
        {"shown": forged, "total": "1", "price_minor": "1", "agreed": "x"},
    )
    assert page.status_code == 409
    assert not OrderGroup.objects.exists()


def test_hidden_prices_in_the_form_count_for_nothing(visitor, world):
    review = reviewed(visitor, world)
    visitor.post(
        at("checkout:review"),
        {"shown": sealed(review), "total_minor": "1", "price": "1", "unit_price_minor": "1"},
    )
    assert OrderGroup.objects.get().goods_minor == 320_000 + 36_000


def test_a_product_withdrawn_in_the_cart_is_shown_with_a_next_step(visitor, world):
    review = reviewed(visitor, world)
    withdraw(world.carpet)
    page = visitor.post(at("checkout:review"), {"shown": sealed(review)}, follow=True)
    assert page.redirect_chain[-1][0] == at("cart:cart")
    assert "line--stopped" in page.content.decode()
    assert not OrderGroup.objects.exists()
    visitor.post(at("cart:remove"), {"variant": world.carpet.pk})
    assert visitor.get(at("checkout:review")).status_code == 200


def test_posting_the_order_twice_leads_to_one_page(visitor, world):
    review = reviewed(visitor, world)
    seal = sealed(review)
    one = visitor.post(at("checkout:review"), {"shown": seal})
    two = visitor.post(at("checkout:review"), {"shown": seal})
    assert one.headers["Location"] == two.headers["Location"]
    assert OrderGroup.objects.count() == PaymentAttempt.objects.count() == 1


def test_posting_the_order_after_it_was_paid_shows_the_order(visitor, world):
    review = reviewed(visitor, world)
    seal = sealed(review)
    visitor.post(at("checkout:review"), {"shown": seal})
    group = OrderGroup.objects.get()
    world.bank.pay(group.attempts.get().session)
    visitor.get(links.path(group.number, to="checkout:return"))
    again = visitor.post(at("checkout:review"), {"shown": seal})
    assert again.headers["Location"] == links.path(group.number)
    assert OrderGroup.objects.count() == 1


def test_changing_the_cart_after_ordering_replaces_the_order(visitor, world):
    _, first = ordered(visitor, world)
    visitor.post(at("cart:change"), {"variant": world.tagine.pk, "quantity": 5})
    review = visitor.get(at("checkout:review"))
    page = visitor.post(at("checkout:review"), {"shown": sealed(review)})
    assert page.status_code == 303
    first.refresh_from_db()
    assert first.status == "cancelled"
    assert world.bank.sessions[first.attempts.get().session].status == "expired"
    world.tagine.refresh_from_db()
    assert world.tagine.reserved == 5


def test_an_order_that_was_paid_in_another_tab_is_shown_and_not_ordered_again(visitor, world):
    _, first = ordered(visitor, world)
    visitor.post(at("cart:change"), {"variant": world.tagine.pk, "quantity": 5})
    review = visitor.get(at("checkout:review"))
    world.bank.pay(first.attempts.get().session)
    page = visitor.post(at("checkout:review"), {"shown": sealed(review)})
    assert page.headers["Location"] == links.path(first.number)
    assert OrderGroup.objects.count() == 1


def test_payments_down_keeps_the_order_and_offers_to_try_again(visitor, world):
    review = reviewed(visitor, world)
    world.bank.trouble = "down"
    page = visitor.post(at("checkout:review"), {"shown": sealed(review)})
    group = OrderGroup.objects.get()
    assert page.status_code == 503
    assert "Retry-After" in page.headers
    assert links.path(group.number, to="checkout:pay") in page.content.decode()
    assert group.attempts.get().status == "unknown"
    world.bank.trouble = ""
    again = visitor.post(links.path(group.number, to="checkout:pay"))
    assert again.status_code == 303
    assert group.attempts.count() == 1


def test_a_lost_reply_is_asked_again_under_the_same_key(visitor, world):
    review = reviewed(visitor, world)
    world.bank.trouble = "silent"
    visitor.post(at("checkout:review"), {"shown": sealed(review)})
    group = OrderGroup.objects.get()
    assert len(world.bank.sessions) == 1
    world.bank.trouble = ""
    again = visitor.post(links.path(group.number, to="checkout:pay"))
    assert again.status_code == 303
    assert len(world.bank.sessions) == 1
    assert group.attempts.get().session in world.bank.sessions


def test_turning_back_keeps_the_pieces_and_the_page(visitor, world):
    response, group = ordered(visitor, world)
    page = visitor.get(links.path(group.number, to="checkout:back"))
    assert page.status_code == 200
    world.carpet.refresh_from_db()
    assert world.carpet.reserved == 1
    again = visitor.post(links.path(group.number, to="checkout:pay"))
    assert again.headers["Location"] == response.headers["Location"]


def test_coming_back_before_anybody_knows_waits_kindly(visitor, world):
    _, group = ordered(visitor, world)
    address = links.path(group.number, to="checkout:return")
    page = visitor.get(address).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3; url=?turn=1"></noscript>' in page
    assert 'data-hx-get="?turn=1" data-hx-trigger="every 3s"' in page
    world.bank.trouble = "down"
    later = visitor.get(address + "?turn=7", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in later
    assert 'data-hx-get="?turn=8" data-hx-trigger="every 8s"' in later
    last = visitor.get(address + "?turn=30")
    assert "refresh" not in last.content.decode()
    assert 'data-hx-trigger="every' not in last.content.decode()
    assert links.path(group.number) in last.content.decode()


@pytest.mark.parametrize(
    "name", ["orders:order", "orders:receipt", "checkout:return", "checkout:pay", "checkout:back"]
)
def test_a_guessed_address_is_nowhere(visitor, world, name):
    group = world.paid()
    mark = links.mark(group.number)
    for number, given in (
        (group.number, "x" * 43),
        (group.number, ""),
        (group.number, links.mark("M-2222-2222")),
        ("M-2222-2222", links.mark("M-2222-2222")),
        (group.number, mark[:-1]),
    ):
        path = at(name, number, given or "-")
        assert visitor.get(path).status_code == 404, path


def test_the_pages_ask_the_database_a_set_number_of_times(visitor, world):
    fill(visitor, world, tagine=1)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as few:
            visitor.get(at("cart:cart"))
        counts.append(len(few))
        from maalem.platform.market.tests.world import thing

        for number in range(5):
            more = thing(world.potter, f"Bol {number}", price=9_000, on_hand=3, supply="stock")
            visitor.post(at("cart:add"), {"variant": more.pk, "quantity": 1})
    assert counts[0] == counts[1] <= 8, counts


def test_every_change_is_a_post(visitor, world):
    for name in ("cart:add", "cart:change", "cart:remove"):
        assert visitor.get(at(name)).status_code == 405


def test_a_form_from_elsewhere_changes_nothing(world):
    strict = Client(enforce_csrf_checks=True)
    page = strict.post(at("cart:add"), {"variant": world.carpet.pk, "quantity": 1})
    assert page.status_code == 403


def test_the_next_guest_at_the_same_telephone_sees_no_address(visitor, world):
    _, group = ordered(visitor, world)
    world.bank.pay(group.attempts.get().session)
    visitor.get(links.path(group.number, to="checkout:return"))
    fill(visitor, world, carpet=0)
    page = visitor.get(at("checkout:checkout") + "?to=abroad").content.decode()
    assert "rue de la République" not in page
    assert "Claire" not in page


def test_an_order_page_asks_a_set_number_of_times(visitor, world):
    small = world.paid(world.cart(tagine=1))
    big = world.paid()
    counts = []
    for group in (small, big):
        with CaptureQueriesContext(connection) as few:
            visitor.get(links.path(group.number))
        counts.append(len(few))
    assert counts[0] == counts[1] <= 8, counts


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_order_in_every_state_has_a_page_in_every_language(visitor, world, language):
    from maalem.platform.market.orders.actions.expire import call_off, expire
    from maalem.platform.market.orders.actions.parcels import cancel, dispatch

    waiting = world.placed(world.cart(tagine=1))
    gone = world.placed(world.cart(tagine=1))
    call_off(gone.number, by="buyer")
    late = world.placed(world.cart(tagine=1))
    OrderGroup.objects.filter(pk=late.pk).update(expires_at=Now())
    expire(late.number)
    paid = world.paid(world.cart(tagine=1))
    dispatch(paid.orders.get().number, by="potter", carrier="Amana")
    back = world.paid(world.cart(tagine=1))
    cancel(back.orders.get().number, by="potter")
    with override(language):
        for group in (waiting, gone, late, paid, back):
            page = visitor.get(links.path(group.number))
            assert page.status_code == 200
            assert group.number in page.content.decode()
        assert visitor.get(links.path(paid.number, to="orders:receipt")).status_code == 200
        assert visitor.get(links.path(late.number, to="orders:receipt")).status_code == 302


def test_the_receipt_is_made_of_frozen_words_alone(visitor, world, monkeypatch):
    """P25: the whole page to the byte, and every row of the order, whatever was edited since:
    prices, names, the operator's rules and the tax on commissions."""
    group = world.paid()
    address = links.path(group.number, to="orders:receipt")
    before, rows = visitor.get(address).content, agreed(group)
    Variant.objects.update(price_minor=1)
    world.weaver.name = "Somebody else"
    world.weaver.save()
    CommissionRule.objects.update(rate_bps=5_000, ends_on=None)
    monkeypatch.setattr(decide, "VAT_BPS", 3_000)
    assert visitor.get(address).content == before
    assert agreed(group) == rows
    for parcel in group.orders.all():
        dispatch(parcel.number, by="test")
        confirm_delivery(parcel.number, by="buyer")
        assert parcel.releases.get().amount_minor == parcel.seller_net_minor, "as it was agreed"
    assert visitor.get(address).content == before
    later = world.paid(world.cart(tagine=2)).orders.get()
    assert later.commission_minor == later.goods_minor // 2, "the rule has changed"
    assert later.commission_vat_minor == later.commission_minor * 3 // 10, "and the tax"


def agreed(group):
    """What the order, its split and its lines say, without their way."""
    return (
        list(OrderGroup.objects.filter(pk=group.pk).values()),
        list(Order.objects.filter(group=group).order_by("pk").values()),
        list(OrderLine.objects.filter(order__group=group).order_by("pk").values()),
    )


def test_the_buyer_says_that_a_parcel_arrived(visitor, world):
    from maalem.platform.market.orders.actions.parcels import dispatch

    group = world.paid()
    order = group.orders.first()
    address = links.path(group.number, to="orders:received")
    visitor.post(address, {"order": order.number})
    order.refresh_from_db()
    assert order.status == "to_prepare", "it has not left yet"
    dispatch(order.number, by="weaver")
    visitor.post(address, {"order": order.number})
    order.refresh_from_db()
    assert order.status == "delivered"
    assert order.releases.get().amount_minor == order.seller_net_minor


def test_a_parcel_of_another_order_is_nowhere(visitor, world):
    one, two = world.paid(world.cart(tagine=1)), world.paid(world.cart(tagine=1))
    address = links.path(one.number, to="orders:received")
    assert visitor.post(address, {"order": two.orders.get().number}).status_code == 404


def test_a_page_that_was_never_answered_is_asked_anew_when_its_key_is_too_old(visitor, world):
    review = reviewed(visitor, world)
    world.bank.trouble = "down"
    visitor.post(at("checkout:review"), {"shown": sealed(review)})
    world.bank.trouble = ""
    group = OrderGroup.objects.get()
    bend(group.attempts.get(), closes_at=Now() + timedelta(minutes=30))
    page = visitor.post(links.path(group.number, to="checkout:pay"))
    assert page.status_code == 303
    assert [one.status for one in group.attempts.all()] == ["expired", "open"]
