"""What a deposit and a balance brought goes back, or to the seller, and never more than that."""

import pytest
from django.db import IntegrityError, transaction

from maalem.platform.market.orders.actions import asks, goodwill
from maalem.platform.market.orders.actions.parcels import cancel, confirm_delivery, dispatch
from maalem.platform.market.orders.models import Goodwill, Payment, Refund, Release
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.orders.tests.test_balance import (
    DEPOSIT,
    ask_all,
    given,
    ordered,
    paid,
    rug,
)

__all__ = ["ordered", "paid", "rug"]
pytestmark = pytest.mark.django_db


def test_called_off_before_the_balance_the_deposit_goes_back(world, ordered):
    cancel(ordered.number, by="Fadma")
    ask_all()
    ordered.refresh_from_db()
    assert ordered.status == "refunded"
    assert sum(given(world).values()) == DEPOSIT


def test_called_off_after_the_balance_each_payment_brings_its_part_back(world, paid):
    """P13: what two payments brought goes back by two refunds; refunded is when both are done."""
    deposit = Payment.objects.get(group=paid.group, order=None)
    balance = Payment.objects.get(order=paid)
    cancel(paid.number, by="Fadma")
    first, second = Refund.objects.filter(order=paid).order_by("amount_minor")
    asks.ask_refund(first.key)
    paid.refresh_from_db()
    assert paid.status == "cancelled"
    asks.ask_refund(second.key)
    paid.refresh_from_db()
    assert paid.status == "refunded"
    assert given(world) == {deposit.intent: DEPOSIT, balance.intent: paid.balance_minor}


def test_her_share_comes_by_two_transfers_that_add_up(world, paid):
    dispatch(paid.number, by="Fadma")
    confirm_delivery(paid.number, by="buyer")
    ask_all()
    releases = Release.objects.filter(order=paid)
    assert releases.count() == 2
    assert sum(one.amount_minor for one in releases) == paid.seller_net_minor
    assert {one.status for one in releases} == {"done"}
    handed = [one for one in world.bank.transfers.values() if one.amount_minor]
    assert sum(one.amount_minor for one in handed) == paid.seller_net_minor
    assert {one.group for one in handed} == {paid.group.number, paid.number}


def test_a_favour_is_taken_out_of_one_payment_where_it_has_enough(paid):
    dispatch(paid.number, by="Fadma")
    confirm_delivery(paid.number, by="buyer")
    goodwill.give_back(paid.number, amount_minor=5_000, key="g1", by="Salma")
    (row,) = Goodwill.objects.all()
    assert (row.payment.order, row.amount_minor) == (paid, 5_000)
    assert left_of(paid) == paid.total_minor - 5_000


def test_a_favour_that_no_payment_has_alone_is_two_rows(world, paid):
    dispatch(paid.number, by="Fadma")
    confirm_delivery(paid.number, by="buyer")
    wanted = paid.balance_minor + 7
    goodwill.give_back(paid.number, amount_minor=wanted, key="g1", by="Salma")
    first, second = Goodwill.objects.order_by("pk")
    assert (first.amount_minor, second.amount_minor, second.rest_of) == (
        paid.balance_minor,
        7,
        first,
    )
    assert not first.is_sent
    ask_all()
    first = Goodwill.objects.get(pk=first.pk)
    assert first.is_sent
    assert sum(given(world).values()) == wanted
    goodwill.give_back(paid.number, amount_minor=wanted, key="g1", by="Salma")
    assert Goodwill.objects.count() == 2, "the same key again is nothing new"
    with pytest.raises(goodwill.TooMuch):
        goodwill.give_back(paid.number, amount_minor=left_of(paid) + 1, key="g2", by="Salma")


def test_the_database_gives_no_more_back_than_a_payment_brought(paid):
    dispatch(paid.number, by="Fadma")
    confirm_delivery(paid.number, by="buyer")
    deposit = Payment.objects.get(group=paid.group, order=None)
    with pytest.raises(IntegrityError, match="more than payment"), transaction.atomic():
        Goodwill.objects.create(
            payment=deposit, order=paid, key="g", amount_minor=DEPOSIT + 1, by="nobody"
        )


def test_the_database_hands_no_more_over_than_is_hers(paid):
    dispatch(paid.number, by="Fadma")
    with transaction.atomic():
        confirm_delivery(paid.number, by="buyer")
        Release.objects.filter(order=paid).count()
        deposit = Payment.objects.get(group=paid.group, order=None)
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.create(order=paid, payment=deposit, key="more", amount_minor=1)
