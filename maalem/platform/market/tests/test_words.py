"""What people are told, in their own language, about everything that happens to a sale."""

import re
from dataclasses import replace

import pytest

from maalem.platform.ground.jobs.testing import drain
from maalem.platform.ground.notices.models import Message
from maalem.platform.market.checkout.actions.pay import place
from maalem.platform.market.orders import links
from maalem.platform.market.orders.actions import attempts
from maalem.platform.market.orders.actions.expire import call_off, expire
from maalem.platform.market.orders.actions.parcels import cancel, confirm_delivery, dispatch
from maalem.platform.market.orders.actions.settle import Received, settle
from tests.cast import BUYER, POTTER, WEAVER

ENGLISH = re.compile(r"\b(your|order|the|paid|parcel|sold|has|please)\b", re.I)


def everything_happens(world, *, language):
    """A sale from its payment to its end, a second payment, and a late one."""
    cart = world.cart()
    world.address(cart)
    group = place(cart=cart, agreed=world.agreed(cart), language=language)
    attempts.payment_page(group.number)
    attempt = group.attempts.get()
    world.bank.pay(attempt.session)
    attempts.look(attempt)
    received = Received(intent="pi_2", amount_minor=group.total_minor, currency="MAD")
    settle(group.number, received=received)
    one, two = group.orders.all()
    dispatch(one.number, by="weaver", carrier="Amana")
    confirm_delivery(one.number, by="buyer")
    cancel(two.number, by="potter")
    late = world.placed(world.cart(tagine=1))
    call_off(late.number, by="buyer")
    settle(late.number, received=replace(received, intent="pi_3"))
    world.bank.trouble = "down"
    drain()
    return group


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_buyer_is_told_everything_in_her_language(world, language):
    group = everything_happens(world, language=language)
    told = Message.objects.filter(phone=BUYER.phone, language=language)
    kinds = set(told.values_list("kind", flat=True))
    assert kinds >= {"order_paid", "order_given_back", "order_dispatched", "order_cancelled"}
    link = links.address(group.number, language=language)
    for message in told.filter(body__contains=group.number):
        assert link in message.body
        plain = re.sub(r"\S*://\S+|[A-Z]-\S+", "", message.body)
        assert language == "en" or not ENGLISH.search(plain), plain
        assert "&" not in message.body
        assert "{" not in message.body


def test_each_seller_is_told_of_her_own_sale_only(world):
    group = everything_happens(world, language="fr")
    weaver = Message.objects.filter(phone=WEAVER.phone)
    potter = Message.objects.filter(phone=POTTER.phone)
    assert set(weaver.values_list("kind", flat=True)) == {"seller_sold", "seller_delivered"}
    assert set(potter.values_list("kind", flat=True)) == {"seller_sold", "seller_cancelled"}
    assert all(f"{group.number}-1" in message.body for message in weaver)
    assert not any("Tajine" in message.body for message in weaver)
    assert "/ar/studio/" in weaver.get(kind="seller_sold").body


def test_nobody_is_told_twice(world):
    everything_happens(world, language="fr")
    count = Message.objects.count()
    from maalem.platform.market.orders.actions import tell

    for message in list(Message.objects.filter(kind="order_paid")):
        number = message.key.removeprefix("paid-").rstrip("-")
        tell.say("paid", number=number)
    assert Message.objects.count() == count


def test_words_that_can_not_be_made_never_undo_a_payment(world, monkeypatch):
    from maalem.platform.market.orders.actions import tell

    def breaks(*args, **more):
        raise RuntimeError("no words")

    monkeypatch.setattr(tell, "write", breaks)
    group = world.paid()
    with pytest.raises(RuntimeError):
        drain()
    group.refresh_from_db()
    assert group.status == "paid"
    assert not expire(group.number)


def test_who_can_not_be_told_keeps_no_other_waiting(world, monkeypatch):
    from maalem.platform.market.orders.actions import tell

    told = tell.write

    def breaks_for_the_buyer(*, kind, **more):
        if kind == "order_paid":
            raise RuntimeError("no words")
        return told(kind=kind, **more)

    monkeypatch.setattr(tell, "write", breaks_for_the_buyer)
    world.paid()
    with pytest.raises(RuntimeError):
        drain()
    assert set(Message.objects.values_list("phone", flat=True)) == {WEAVER.phone, POTTER.phone}
