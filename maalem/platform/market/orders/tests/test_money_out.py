"""Money out: released once on delivery, refunded once on cancelling, asked until answered."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from maalem.platform.ground.jobs.testing import drain
from maalem.platform.market.orders.actions import asks, finish
from maalem.platform.market.orders.actions.goodwill import give_back
from maalem.platform.market.orders.actions.parcels import cancel, confirm_delivery, dispatch
from maalem.platform.market.orders.models import (
    Alert,
    Goodwill,
    Order,
    OrderGroup,
    Refund,
    Release,
)


@pytest.fixture
def sent(world):
    """The weaver's parcel is on its way."""
    world.group = world.paid()
    world.order = world.group.orders.get(artisan=world.weaver)
    dispatch(world.order.number, by="weaver", carrier="Amana", tracking="EE471108151MA")
    return world


def patience_is_over():
    for model in (Refund, Goodwill, Release):
        model.objects.update(asked_at=Now() - timedelta(minutes=5))


def test_a_delivered_order_is_released_by_one_transfer_of_the_sellers_share(sent):
    confirm_delivery(sent.order.number, by="buyer")
    drain()
    release = Release.objects.get()
    (transfer,) = sent.bank.transfers.values()
    assert (release.status, release.answer) == ("done", transfer.id)
    assert release.key == f"release-{sent.order.number}"
    assert transfer.amount_minor == sent.order.seller_net_minor
    assert transfer.destination == sent.weaver.payments_account
    assert transfer.group == sent.group.number


@pytest.mark.parametrize("trouble", ["down", "silent"])
def test_a_release_without_an_answer_is_asked_again_and_moves_once(sent, trouble):
    confirm_delivery(sent.order.number, by="buyer")
    sent.bank.trouble = trouble
    drain()
    assert Release.objects.get().status in ("unknown",)
    sent.bank.trouble = ""
    assert finish.ask_again() == 0, "patience first"
    patience_is_over()
    assert finish.ask_again() == 1
    assert finish.ask_again() == 0
    assert len(sent.bank.transfers) == 1
    assert Release.objects.get().status == "done"


def test_a_refused_release_is_alerted_and_asked_again_under_the_next_key(sent):
    accounts, sent.bank.accounts = sent.bank.accounts, {}
    confirm_delivery(sent.order.number, by="buyer")
    drain()
    release = Release.objects.get()
    assert (release.status, release.refusals) == ("refused", 1)
    assert release.asked_as == f"release-{sent.order.number}-1"
    assert Alert.objects.get(kind="release_refused").settled_at is None
    sent.bank.accounts = accounts
    patience_is_over()
    assert finish.ask_again() == 1
    assert len(sent.bank.transfers) == 1
    assert Alert.objects.get(kind="release_refused").settled_at is not None


def test_a_seller_without_an_account_is_paid_once_there_is_one(sent):
    account = sent.weaver.payments_account
    sent.weaver.payments_account = None
    sent.weaver.save()
    confirm_delivery(sent.order.number, by="buyer")
    drain()
    assert Release.objects.get().status == "refused"
    assert Alert.objects.filter(kind="no_account").exists()
    sent.weaver.payments_account = account
    sent.weaver.save()
    patience_is_over()
    assert finish.ask_again() == 1
    assert Release.objects.get().account == account


def test_confirming_twice_releases_once(sent):
    for _ in range(2):
        confirm_delivery(sent.order.number, by="buyer")
        drain()
    assert len(sent.bank.transfers) == 1


def test_a_parcel_nobody_spoke_of_counts_as_delivered_after_the_delay(sent):
    assert finish.confirm_overdue() == 0
    Order.objects.filter(pk=sent.order.pk).update(dispatched_at=Now() - timedelta(days=11))
    assert finish.confirm_overdue() == 0, "abroad it takes longer"
    Order.objects.filter(pk=sent.order.pk).update(dispatched_at=Now() - timedelta(days=31))
    assert finish.confirm_overdue() == 1
    drain()
    assert len(sent.bank.transfers) == 1


def test_a_cancelled_order_goes_back_to_the_buyer_and_to_the_shelf(world):
    group = world.paid()
    order = group.orders.get(artisan=world.potter)
    cancel(order.number, by="potter", note="broken in the kiln")
    drain()
    (refund,) = world.bank.refunds.values()
    assert refund.amount_minor == order.total_minor
    order.refresh_from_db()
    group.refresh_from_db()
    world.tagine.refresh_from_db()
    assert (order.status, group.status) == ("refunded", "paid")
    assert world.tagine.on_hand == 10


def test_a_group_is_refunded_when_its_last_order_is(world):
    group = world.paid()
    for order in group.orders.all():
        cancel(order.number, by="test")
    drain()
    group.refresh_from_db()
    assert group.status == "refunded"
    assert sum(refund.amount_minor for refund in world.bank.refunds.values()) == group.total_minor


@pytest.mark.parametrize("trouble", ["down", "silent"])
def test_a_refund_without_an_answer_is_asked_again_and_paid_once(world, trouble):
    group = world.paid()
    world.bank.trouble = trouble
    cancel(group.orders.first().number, by="test")
    drain()
    assert Refund.objects.get().status == "unknown"
    world.bank.trouble = ""
    patience_is_over()
    finish.ask_again()
    assert len(world.bank.refunds) == 1
    assert Refund.objects.get().status == "done"


def test_what_was_given_of_a_parcel_that_is_called_off_then_is_asked_until_it_is_done(world):
    """P14: the refund leaves out what an officer gave before; refused, it would be nobody's."""
    group = world.paid()
    order = group.orders.get(artisan=world.potter)
    give_back(order.number, amount_minor=1_000, key="a-lid-is-cracked", by="officer")
    cancel(order.number, by="potter")
    (intent,) = world.bank.intents.values()
    world.bank.intents[intent.id] = replace(intent, received_minor=0)
    drain()
    goodwill = Goodwill.objects.get()
    assert (goodwill.status, goodwill.refusals) == ("unknown", 1)
    assert Alert.objects.get(kind="goodwill_refused").settled_at is None
    world.bank.intents[intent.id] = intent
    patience_is_over()
    finish.ask_again()
    back = [refund.amount_minor for refund in world.bank.refunds.values()]
    assert sorted(back) == [1_000, order.total_minor - 1_000]
    assert Alert.objects.get(kind="goodwill_refused").settled_at is not None


def test_a_refused_gift_of_a_parcel_that_stands_is_not_asked_again(world):
    order = world.paid().orders.first()
    give_back(order.number, amount_minor=1_000, key="late", by="officer")
    (intent,) = world.bank.intents.values()
    world.bank.intents[intent.id] = replace(intent, received_minor=0)
    drain()
    world.bank.intents[intent.id] = intent
    patience_is_over()
    assert finish.ask_again() == 0
    cancel(order.number, by="test")
    drain()
    assert [back.amount_minor for back in world.bank.refunds.values()] == [order.total_minor]


def test_asking_twice_about_what_is_done_asks_nobody(sent):
    confirm_delivery(sent.order.number, by="buyer")
    drain()
    asked = len(sent.bank.asked)
    asks.ask_release(f"release-{sent.order.number}")
    assert len(sent.bank.asked) == asked


def test_the_bank_keeps_the_commission(sent):
    for order in sent.group.orders.all():
        dispatch(order.number, by="test")
        confirm_delivery(order.number, by="buyer")
    drain()
    released = sum(one.amount_minor for one in sent.bank.transfers.values())
    kept = sum(
        order.commission_minor + order.commission_vat_minor for order in sent.group.orders.all()
    )
    assert released + kept == OrderGroup.objects.get().total_minor


def test_a_full_refund_leaves_neither_commission_nor_tax_nor_a_missing_piece(world):
    """P13: nothing of the parcel is kept by anybody, and its pieces are for sale as before."""
    shelf = stock(world)
    group = world.paid()
    for order in group.orders.all():
        cancel(order.number, by="test")
    drain()
    assert sum(one.amount_minor for one in world.bank.refunds.values()) == group.total_minor
    assert not world.bank.transfers, "no share, so nothing is left that a commission is of"
    assert not Release.objects.exists()
    assert stock(world) == shelf
    assert {order.status for order in group.orders.all()} == {"refunded"}


def test_the_refund_of_one_parcel_leaves_the_others_commission_and_tax(world):
    """P13: the platform keeps what was agreed of the parcel that stands, and no centime more."""
    group = world.paid()
    off, stays = group.orders.get(artisan=world.potter), group.orders.get(artisan=world.weaver)
    cancel(off.number, by="potter")
    dispatch(stays.number, by="weaver")
    confirm_delivery(stays.number, by="buyer")
    drain()
    returned = sum(one.amount_minor for one in world.bank.refunds.values())
    released = sum(one.amount_minor for one in world.bank.transfers.values())
    assert returned == off.total_minor
    kept = group.total_minor - returned - released
    assert kept == stays.commission_minor + stays.commission_vat_minor
    assert stock(world) == [(0, 0), (10, 0)]


def test_a_part_that_an_officer_gives_back_is_the_platforms_own(sent):
    """P13: the seller's share, the commission that was agreed and the shelf stay as they are."""
    shelf, order = stock(sent), sent.order
    agreed = (order.commission_minor, order.commission_vat_minor, order.seller_net_minor)
    give_back(order.number, amount_minor=5_000, key="a-thread-is-loose", by="officer")
    confirm_delivery(order.number, by="buyer")
    drain()
    order.refresh_from_db()
    assert agreed == (order.commission_minor, order.commission_vat_minor, order.seller_net_minor)
    assert [one.amount_minor for one in sent.bank.transfers.values()] == [order.seller_net_minor]
    assert [one.amount_minor for one in sent.bank.refunds.values()] == [5_000]
    assert stock(sent) == shelf


def test_what_was_on_its_way_is_not_on_the_shelf_when_it_is_refunded(sent):
    """P13: money at once, the piece only when somebody has it in hand again."""
    shelf = stock(sent)
    cancel(sent.order.number, by="weaver")
    drain()
    assert sum(one.amount_minor for one in sent.bank.refunds.values()) == sent.order.total_minor
    assert stock(sent) == shelf


def stock(world):
    """Pieces on the shelf and pieces reserved, of the carpet and of the tagine."""
    for variant in (world.carpet, world.tagine):
        variant.refresh_from_db()
    return [(one.on_hand, one.reserved) for one in (world.carpet, world.tagine)]
