"""A rug made to order, as its weaver and its buyer see it: deposit, ready, balance, on its way."""

import html
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.site.templatetags.money import money
from maalem.platform.market.cart import queries as carts
from maalem.platform.market.cart.models import Cart
from maalem.platform.market.catalog.actions import edit
from maalem.platform.market.catalog.models import Change, Product
from maalem.platform.market.catalog.states import Refused
from maalem.platform.market.checkout import queries as checkout
from maalem.platform.market.orders import links
from maalem.platform.market.orders.actions import asks, attempts, tell
from maalem.platform.market.orders.actions.parcels import (
    cancel,
    confirm_delivery,
    dispatch,
    say_ready,
)
from maalem.platform.market.orders.models import PaymentAttempt, Release
from maalem.platform.market.orders.tests.bending import bend
from maalem.platform.market.studio import queries
from maalem.platform.market.tests.test_studio import text, visit
from tests.cast import POTTER, WEAVER

__all__ = ["visit"]
pytestmark = pytest.mark.django_db

PRICE = 300_000


@pytest.fixture
def rug(world):
    """Fadma weaves it in thirty days for 3 000 DH; all is paid when it is ordered."""
    world.rug = world.thing(
        world.weaver,
        "Tapis sur mesure",
        price=PRICE,
        on_hand=0,
        supply="made_to_order",
        making_days=30,
    )
    return Product.objects.get(pk=world.rug.product_id)


@pytest.fixture
def with_deposit(rug):
    """Fadma asks for 30 % when it is ordered."""
    edit.ask_deposit(rug.pk, percent=30, seen=None, by="Fadma")
    rug.refresh_from_db()
    return rug


@pytest.fixture
def order(world, with_deposit):
    """It is ordered, and its deposit is paid."""
    return world.paid(world.cart(rug=1)).orders.get()


def pay(world, order):
    """The buyer pays the balance."""
    attempts.payment_page(order.number)
    attempt = PaymentAttempt.objects.get(order=order, status="open")
    world.bank.pay(attempt.session)
    return attempt


def in_words(minor: int) -> str:
    """As a page shows it."""
    with override("fr"):
        return _bare(str(money(minor)))


def plain(response) -> str:
    """The words of a page without its marks, every kind of space an ordinary one."""
    return _bare(text(response))


def _bare(page: str) -> str:
    words = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", words).split())


def balance_page(order, name="checkout:balance"):
    return links.path(order.number, to=name)


DEPOSIT = in_words(PRICE * 30 // 100)


def test_she_chooses_the_share_that_is_paid_when_it_is_ordered(visit, rug):
    page = visit(WEAVER, f"pieces/{rug.slug}/deposit/")
    assert f"30 % à la commande: {DEPOSIT}" in plain(page)
    seen = page.context["form"]["seen"].value()
    done = visit(WEAVER, f"pieces/{rug.slug}/deposit/", post={"percent": "30", "seen": seen})
    assert done.status_code == 302
    rug.refresh_from_db()
    assert rug.deposit_percent == 30
    assert Change.objects.get(product=rug).what == "deposit"
    done = visit(WEAVER, f"pieces/{rug.slug}/deposit/", post={"percent": "0", "seen": seen})
    assert done.status_code == 409, "somebody has changed it since this page was made"


@pytest.mark.parametrize("percent", ["31", "", "100", "abc", "-30"])
def test_another_share_is_told_and_nothing_is_written(visit, rug, percent):
    done = visit(WEAVER, f"pieces/{rug.slug}/deposit/", post={"percent": percent})
    assert done.status_code == 422
    rug.refresh_from_db()
    assert rug.deposit_percent is None


def test_only_what_is_made_to_order_has_a_deposit(visit, world):
    carpet = Product.objects.get(pk=world.carpet.product_id)
    assert visit(WEAVER, f"pieces/{carpet.slug}/deposit/").status_code == 404
    with pytest.raises(Refused):
        edit.ask_deposit(carpet.pk, percent=30, seen=None, by="Fadma")
    with pytest.raises(IntegrityError, match="deposit_of_what_is_made"), transaction.atomic():
        Product.objects.filter(pk=carpet.pk).update(deposit_percent=30)


def test_nobody_elses_piece_is_changed(visit, rug):
    assert visit(POTTER, f"pieces/{rug.slug}/deposit/", post={"percent": "30"}).status_code == 404


def test_the_piece_says_what_is_paid_when(client, with_deposit):
    page = plain(client.get(with_deposit.get_absolute_url()))
    assert f"Vous payez {DEPOSIT} à la commande, le reste quand la pièce est prête." in page


def test_the_cart_and_the_review_show_both_sums(world, with_deposit, client):
    for variant in (world.rug, world.tagine):
        client.post("/fr/cart/add/", {"variant": variant.pk, "quantity": 1})
    cart = Cart.objects.get()
    assert carts.contents(cart).balance_minor == PRICE * 70 // 100
    assert f"Vous payez {DEPOSIT} à la commande, le reste" in plain(client.get("/fr/cart/"))
    world.address(cart)
    shown = plain(client.get("/fr/checkout/review/"))
    plan = checkout.plan_of(carts.contents(cart), draft=checkout.draft_of(cart))
    assert plan.due_now_minor + plan.balance_minor == plan.total_minor
    for words, minor in (
        ("À payer maintenant", plan.due_now_minor),
        ("Plus tard, quand c’est prêt", plan.balance_minor),
        ("En tout", plan.total_minor),
    ):
        assert f"{words} {in_words(minor)}" in shown


def test_a_deposit_that_changed_meanwhile_is_shown_again_before_anything_is_paid(
    world, with_deposit
):
    """P26: nobody pays another part of the price than the one she agreed to."""
    cart = world.cart(rug=1)
    world.address(cart)
    agreed = world.agreed(cart)
    edit.ask_deposit(with_deposit.pk, percent=50, seen=30, by="Fadma")
    assert world.agreed(cart) != agreed


def test_the_order_tells_what_is_paid_and_what_is_not(client, order):
    page = plain(client.get(links.path(order.group.number)))
    assert f"Acompte, payé {DEPOSIT}" in page
    assert "Solde, quand c’est prêt" in page
    assert balance_page(order) not in client.get(links.path(order.group.number)).content.decode()


def test_the_weaver_says_that_it_is_ready_and_waits_for_the_balance(visit, order):
    page = visit(WEAVER, f"orders/{order.number}/")
    assert "dites quand c’est prêt" in plain(page)
    assert "handed-over" not in page.content.decode()
    visit(WEAVER, f"orders/{order.number}/ready/", post={})
    order.refresh_from_db()
    assert order.ready_at is not None
    page = visit(WEAVER, f"orders/{order.number}/")
    assert "Attend le solde de l’acheteur" in plain(page)
    visit(WEAVER, f"orders/{order.number}/handed-over/", post={"carrier": "", "tracking": ""})
    order.refresh_from_db()
    assert order.status == "to_prepare", "it does not leave before it is paid"
    bend(order, dispatch_by=order.dispatch_by - timedelta(days=90))
    (sale,) = queries.sales(order.artisan).to_prepare
    assert (sale.waits_for_balance, sale.is_late) == (True, False), "it is not she who is late"
    assert "Prêt : attend le solde" in plain(visit(WEAVER))


def test_another_workshop_says_nothing_of_it(visit, order):
    assert visit(POTTER, f"orders/{order.number}/ready/", post={}).status_code == 404
    order.refresh_from_db()
    assert order.ready_at is None


def test_the_buyer_is_written_to_when_it_is_ready_and_both_when_it_is_paid(world, order):
    say_ready(order.number, by="Fadma")
    tell.say("ready", number=order.number)
    (said,) = Message.objects.filter(kind="order_ready", channel="email")
    assert links.address(order.group.number, language="fr") in said.body
    assert not Message.objects.filter(body__contains="<").exists(), "words, no page"
    attempts.look(pay(world, order))
    tell.say("balance_paid", number=order.number)
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert {"order_balance_paid", "seller_balance_paid"} <= kinds


def test_the_balance_is_paid_from_the_order(client, world, order):
    say_ready(order.number, by="Fadma")
    page = client.get(links.path(order.group.number)).content.decode()
    assert f'action="{balance_page(order)}"' in page
    assert "Payer" in plain(client.get(balance_page(order)))
    to_bank = client.post(balance_page(order))
    assert to_bank.status_code == 303
    attempt = PaymentAttempt.objects.get(order=order)
    assert to_bank.headers["Location"] == attempt.url
    back = balance_page(order, "checkout:balance_return")
    waiting = client.get(back)
    assert waiting.status_code == 200, "not paid yet: the page asks again by itself"
    assert balance_page(order) in waiting.content.decode()
    world.bank.pay(attempt.session)
    assert client.get(back).headers["Location"] == links.path(order.group.number)
    order.refresh_from_db()
    assert order.owes_minor == 0
    assert "Solde, payé" in plain(client.get(links.path(order.group.number)))
    for again in (client.get(balance_page(order)), client.get(back)):
        assert again.headers["Location"] == links.path(order.group.number)
    assert client.post(balance_page(order)).headers["Location"] == links.path(order.group.number)


def test_a_payer_who_turns_back_may_pay_later(client, world, order):
    say_ready(order.number, by="Fadma")
    client.post(balance_page(order))
    page = client.get(balance_page(order))
    assert page.status_code == 200
    assert client.post(balance_page(order)).status_code == 303
    assert PaymentAttempt.objects.filter(order=order).count() == 1


def test_without_an_answer_of_the_institution_it_is_said_and_kept(client, world, order):
    say_ready(order.number, by="Fadma")
    world.bank.trouble = "down"
    page = client.post(balance_page(order))
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "30"


@pytest.mark.parametrize("name", ["checkout:balance", "checkout:balance_return"])
def test_a_guessed_address_finds_nothing(client, order, world, name):
    say_ready(order.number, by="Fadma")
    wrong = balance_page(order, name).replace(links.mark(order.number), "x" * 43)
    assert client.get(wrong).status_code == 404
    # The mark of the whole purchase opens no other door than its own.
    other = balance_page(order, name).replace(
        links.mark(order.number), links.mark(order.group.number)
    )
    assert client.get(other).status_code == 404
    elsewhere = world.paid(world.cart(tagine=1)).orders.get()
    assert client.get(balance_page(elsewhere, name)).status_code == 404


def test_her_money_page_counts_what_was_paid_and_no_more(world, order):
    artisan = order.artisan
    part = order.seller_net_minor * order.deposit_minor // order.total_minor
    assert queries.escrow(artisan).waiting_minor == part == order.seller_paid_minor
    say_ready(order.number, by="Fadma")
    attempts.look(pay(world, order))
    assert queries.escrow(artisan).waiting_minor == order.seller_net_minor
    dispatch(order.number, by="Fadma")
    confirm_delivery(order.number, by="buyer")
    assert queries.escrow(artisan).releasing_minor == order.seller_net_minor
    assert [one.pk for one in queries.held(artisan)] == [order.pk]
    for key in Release.objects.values_list("key", flat=True):
        asks.ask_release(key)
    assert queries.escrow(artisan).releasing_minor == 0
    assert queries.held(artisan) == []


def test_the_page_of_an_order_asks_no_more_for_a_balance(client, world, order):
    with CaptureQueriesContext(connection) as with_balance:
        client.get(links.path(order.group.number))
    other = world.paid(world.cart(tagine=1))
    with CaptureQueriesContext(connection) as without:
        client.get(links.path(other.number))
    assert len(with_balance) == len(without)


def test_called_off_it_asks_for_nothing_more(client, order):
    say_ready(order.number, by="Fadma")
    cancel(order.number, by="Fadma")
    page = client.post(balance_page(order))
    assert page.headers["Location"] == links.path(order.group.number)
    assert not PaymentAttempt.objects.filter(order=order).exists()
