"""A purchase with the payment institution as it is: paid, delivered, released, refunded."""

from collections.abc import Iterator

import pytest

from maalem.payments.tests import service as driver
from maalem.platform.ground import gateway
from maalem.platform.ground.gateway import calls
from maalem.platform.market.checkout.actions.pay import give_up
from maalem.platform.market.orders.actions import asks, attempts, finish
from maalem.platform.market.orders.actions.parcels import cancel, confirm_delivery, dispatch
from maalem.platform.market.orders.models import Payment, PaymentAttempt, Refund, Release
from maalem.platform.market.orders.tests.bending import bend
from maalem.platform.market.tests.world import World, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(institution, settings) -> Iterator[World]:
    settings.PAYMENTS_URL = institution.url
    settings.STRIPE_API_KEY = driver.SECRET_KEY
    calls._make.cache_clear()
    yield build(bank=None)
    calls._make.cache_clear()


def pay(institution, group) -> PaymentAttempt:
    address = attempts.payment_page(group.number)
    driver.Payer(institution).open(address).pay()
    return group.attempts.get(status="open")


def test_a_purchase_is_paid_delivered_and_released(world, institution):
    group = world.placed()
    assert attempts.look(pay(institution, group)) == attempts.Page.PAID
    group.refresh_from_db()
    assert group.status == "paid"
    assert Payment.objects.get(group=group).amount_minor == group.total_minor
    for order in group.orders.all():
        dispatch(order.number, by="test")
        confirm_delivery(order.number, by="buyer")
        assert asks.ask_release(f"release-{order.number}") == "done"
        has = gateway.balance(order.artisan.payments_account)
        assert has.available_minor + has.pending_minor == order.seller_net_minor
    assert Release.objects.filter(status="done").count() == 2


def test_a_cancelled_parcel_is_refunded_in_part(world, institution):
    group = world.placed()
    attempts.look(pay(institution, group))
    order = group.orders.last()
    cancel(order.number, by="test")
    finish.ask_new()
    refund = Refund.objects.get(order=order)
    assert (refund.status, refund.amount_minor) == ("done", order.total_minor)
    order.refresh_from_db()
    assert order.status == "refunded"


def test_a_lost_reply_is_asked_for_again_and_gives_the_same_page(world):
    group = world.placed()
    first = attempts.payment_page(group.number)
    attempt = group.attempts.get()
    bend(attempt, status="unknown", session=None, url="", intent="")
    assert attempts.payment_page(group.number) == first


def test_a_page_given_up_is_closed_before_its_pieces_are_free(world):
    group = world.placed()
    attempts.payment_page(group.number)
    give_up(group.number, by="buyer")
    group.refresh_from_db()
    assert group.status == "cancelled"
    assert gateway.retrieve_session(group.attempts.get().session).status == "expired"


def test_giving_up_a_page_that_was_paid_completes_the_order(world, institution):
    group = world.placed()
    attempt = pay(institution, group)
    assert attempts.close(attempt) == attempts.Page.PAID
    group.refresh_from_db()
    assert group.status == "paid"
