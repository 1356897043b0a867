"""Money that comes in: accepted once, and otherwise given back and shown."""

from dataclasses import replace

import pytest
from django.db.models.functions import Now

from maalem.platform.ground.jobs.testing import drain
from maalem.platform.market.cart.models import Hold
from maalem.platform.market.orders.actions import attempts, finish
from maalem.platform.market.orders.actions.expire import call_off, expire
from maalem.platform.market.orders.actions.settle import Received, settle
from maalem.platform.market.orders.models import Alert, History, OrderGroup, Payment, Refund


def money(group, *, intent="pi_1", **other):
    return replace(Received(intent=intent, amount_minor=group.total_minor, currency="MAD"), **other)


def overdue(group):
    OrderGroup.objects.filter(pk=group.pk).update(expires_at=Now())


def test_a_payment_sells_the_pieces_and_gives_every_seller_an_order(world):
    group = world.placed()
    world.carpet.refresh_from_db()
    assert (world.carpet.on_hand, world.carpet.reserved) == (1, 1)
    payment = settle(group.number, received=money(group))
    group.refresh_from_db()
    world.carpet.refresh_from_db()
    world.tagine.refresh_from_db()
    assert payment.verdict == "accepted"
    assert group.status == "paid"
    assert group.paid_at is not None
    assert [order.status for order in group.orders.all()] == ["to_prepare", "to_prepare"]
    assert (world.carpet.on_hand, world.carpet.reserved) == (0, 0)
    assert (world.tagine.on_hand, world.tagine.reserved) == (8, 0)
    assert not group.cart.lines.exists()


def test_the_same_payment_told_again_changes_nothing(world):
    group = world.placed()
    first = settle(group.number, received=money(group))
    again = settle(group.number, received=money(group, charge="ch_1", session="cs_1"))
    assert again.pk == first.pk
    assert again.charge == "ch_1"
    world.tagine.refresh_from_db()
    assert world.tagine.on_hand == 8
    assert History.objects.filter(group=group, event="paid", order=None).count() == 1


def test_a_second_payment_is_refunded_and_shown(world):
    group = world.placed()
    settle(group.number, received=money(group))
    second = settle(group.number, received=money(group, intent="pi_2"))
    assert second.verdict == "second"
    refund = Refund.objects.get(payment=second)
    assert (refund.amount_minor, refund.status) == (group.total_minor, "requested")
    assert Alert.objects.get(kind="payment_second").about == "pi_2"
    assert History.objects.filter(group=group, event="payment_second").exists()
    assert group.orders.filter(status="to_prepare").count() == 2


@pytest.mark.parametrize(("amount", "currency"), [(1, "MAD"), (None, "EUR")])
def test_a_wrong_amount_is_refunded_and_the_group_still_waits(world, amount, currency):
    group = world.placed()
    received = money(group, amount_minor=amount or group.total_minor, currency=currency)
    payment = settle(group.number, received=received)
    group.refresh_from_db()
    assert payment.verdict == "wrong_amount"
    assert group.status == "pending_payment"
    assert Refund.objects.filter(payment=payment).exists()
    assert Alert.objects.filter(kind="payment_wrong_amount").exists()


def test_a_payment_after_expiry_counts_while_the_pieces_are_there(world):
    group = world.placed()
    overdue(group)
    assert expire(group.number)
    world.carpet.refresh_from_db()
    assert world.carpet.reserved == 0
    payment = settle(group.number, received=money(group))
    group.refresh_from_db()
    world.carpet.refresh_from_db()
    assert (payment.verdict, group.status) == ("accepted", "paid")
    assert (world.carpet.on_hand, world.carpet.reserved) == (0, 0)
    assert {order.status for order in group.orders.all()} == {"to_prepare"}


def test_a_payment_after_expiry_for_pieces_that_are_gone_is_refunded_and_alerted(world):
    late = world.placed()
    overdue(late)
    expire(late.number)
    world.paid(world.cart(carpet=1))
    payment = settle(late.number, received=money(late, intent="pi_late"))
    late.refresh_from_db()
    world.tagine.refresh_from_db()
    assert (payment.verdict, late.status) == ("stock_gone", "expired")
    assert world.tagine.on_hand == 10, "nothing of a refused sale may leave the shelf"
    assert Refund.objects.get(payment=payment).amount_minor == late.total_minor
    assert Alert.objects.filter(kind="payment_stock_gone", group=late).exists()


def test_a_payment_for_a_cancelled_group_is_refunded(world):
    group = world.placed()
    call_off(group.number, by="buyer")
    payment = settle(group.number, received=money(group))
    assert payment.verdict == "cancelled"
    assert Refund.objects.filter(payment=payment).exists()


def test_an_expired_group_frees_its_pieces_exactly_once(world):
    group = world.placed()
    assert not expire(group.number), "its time is not over"
    overdue(group)
    assert expire(group.number)
    assert not expire(group.number)
    world.carpet.refresh_from_db()
    assert (world.carpet.on_hand, world.carpet.reserved) == (1, 0)
    assert set(Hold.objects.values_list("status", flat=True)) == {"released"}
    assert [order.status for order in group.orders.all()] == ["lapsed", "lapsed"]


def test_what_was_put_into_the_cart_meanwhile_stays_there(world):
    cart = world.cart()
    group = world.placed(cart)
    from maalem.platform.market.cart.actions.lines import change_line

    change_line(cart, variant_id=world.tagine.pk, quantity=5)
    settle(group.number, received=money(group))
    assert list(cart.lines.values_list("variant_id", "quantity")) == [(world.tagine.pk, 3)]


def test_the_refund_of_a_second_payment_is_asked_once(world):
    group = world.paid()
    world.bank.intents["pi_2"] = replace(
        next(iter(world.bank.intents.values())), id="pi_2", received_minor=group.total_minor
    )
    settle(group.number, received=money(group, intent="pi_2"))
    drain()
    finish.ask_again()
    assert len(world.bank.refunds) == 1
    assert Refund.objects.get().status == "done"


def test_a_closed_browser_loses_nothing(world):
    group, attempt = world.opened()
    world.bank.pay(attempt.session)
    from maalem.platform.market.orders.models import PaymentAttempt

    PaymentAttempt.objects.filter(pk=attempt.pk).update(asked_at=None)
    finish._look(attempt)
    group.refresh_from_db()
    assert group.status == "paid"
    assert Payment.objects.get(group=group).verdict == "accepted"
    assert attempts.payment_page
