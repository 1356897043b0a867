"""Crowds, double clicks and cut connections: sold once, charged once, never half-written."""

import os
import threading
from collections import Counter
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, connection
from django.db.models.functions import Now
from procrastinate.exceptions import ConnectorException

from maalem.platform.market.cart.models import Hold
from maalem.platform.market.catalog.actions import edit
from maalem.platform.market.catalog.models import Change, Product, Variant
from maalem.platform.market.catalog.states import Refused as NotChanged
from maalem.platform.market.catalog.states import Supply
from maalem.platform.market.checkout.actions.pay import place
from maalem.platform.market.checkout.actions.place import Refused
from maalem.platform.market.checkout.sentences import refusal
from maalem.platform.market.commission.models import CommissionRule
from maalem.platform.market.orders.actions import attempts
from maalem.platform.market.orders.actions.expire import expire
from maalem.platform.market.orders.actions.parcels import cancel, confirm_delivery, dispatch
from maalem.platform.market.orders.actions.settle import Received, settle
from maalem.platform.market.orders.models import (
    Alert,
    History,
    Order,
    OrderGroup,
    Payment,
    Refund,
    Release,
)
from maalem.platform.market.studio.actions.pieces import Piece, list_piece


def together(count, do):
    """Run `do(i)` in `count` threads that start at once; return what each gave or raised."""
    gate, results = threading.Barrier(count), [None] * count

    def run(index):
        try:
            gate.wait()
            results[index] = do(index)
        except Exception as trouble:  # the test looks at what was raised
            results[index] = trouble
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def assert_stock_is_whole():
    """Every variant's reserved pieces are those of its holds."""
    held = Counter()
    for hold in Hold.objects.filter(status="held"):
        held[hold.variant_id] += hold.quantity
    for variant in Variant.objects.all():
        assert variant.reserved == held[variant.pk], variant
        assert 0 <= variant.reserved <= variant.on_hand


def test_a_hundred_buyers_for_one_piece_and_one_gets_it(live):
    """P26."""
    carts = [live.cart(carpet=1) for _ in range(100)]
    for cart in carts:
        live.address(cart)
    agreed = [live.agreed(cart) for cart in carts]
    results = together(100, lambda i: place(cart=carts[i], agreed=agreed[i], language="fr"))
    sold = [one for one in results if isinstance(one, OrderGroup)]
    refused = [one for one in results if isinstance(one, Refused)]
    assert (len(sold), len(refused)) == (1, 99), Counter(map(repr, results))
    assert all(refusal(one.code) for one in refused)
    assert OrderGroup.objects.count() == 1
    assert live.bank.sessions == {}, "nobody was charged"
    live.carpet.refresh_from_db()
    assert (live.carpet.on_hand, live.carpet.reserved) == (1, 1)
    assert_stock_is_whole()


def test_twenty_clicks_on_one_order_button_make_one_order_and_one_page(live):
    cart = live.cart()
    live.address(cart)
    agreed = live.agreed(cart)

    def click(_):
        group = place(cart=cart, agreed=agreed, language="fr")
        return attempts.payment_page(group.number)

    results = together(20, click)
    assert len({str(one) for one in results}) == 1, results
    assert OrderGroup.objects.count() == 1
    assert len(live.bank.sessions) == 1
    assert_stock_is_whole()


def test_two_carts_with_the_same_things_in_another_order_never_wait_in_a_circle(live):
    one = [live.cart(carpet=1, tagine=1), live.cart(tagine=1, carpet=1)]
    for cart in one:
        live.address(cart)
    agreed = [live.agreed(cart) for cart in one]
    results = together(2, lambda i: place(cart=one[i], agreed=agreed[i], language="fr"))
    assert sorted(type(result).__name__ for result in results) == ["OrderGroup", "Refused"]


def test_ten_who_change_one_price_at_once_leave_one_record_each_step(live):
    """Nobody's price is overwritten unseen: each change begins where the one before it ended."""
    variant = live.tagine
    seen = Variant.objects.get(pk=variant.pk).price_minor

    def one(number):
        edit.reprice(variant.pk, price_minor=90_000 + number, seen_minor=seen, by="test")

    results = together(10, one)
    refused = [trouble for trouble in results if isinstance(trouble, NotChanged)]
    assert len(refused) == 9
    assert Change.objects.filter(product_id=variant.product_id).count() == 1


def test_a_payment_told_by_ten_at_once_is_settled_once(live):
    group = live.placed()
    received = Received(intent="pi_1", amount_minor=group.total_minor, currency="MAD")
    results = together(10, lambda _: settle(group.number, received=received))
    assert {payment.verdict for payment in results} == {"accepted"}
    assert Payment.objects.count() == 1
    assert Refund.objects.count() == 0
    live.tagine.refresh_from_db()
    assert live.tagine.on_hand == 8


def test_two_payments_at_once_and_one_goes_back(live):
    group = live.placed()
    results = together(
        2,
        lambda i: settle(
            group.number,
            received=Received(intent=f"pi_{i}", amount_minor=group.total_minor, currency="MAD"),
        ),
    )
    assert sorted(payment.verdict for payment in results) == ["accepted", "second"]
    assert Refund.objects.count() == 1


def test_paying_and_expiring_at_once_ends_in_one_of_two_whole_states(live):
    for turn in range(5):
        group = live.placed(live.cart(tagine=1))
        OrderGroup.objects.filter(pk=group.pk).update(expires_at=Now())
        received = Received(intent=f"pi_{turn}", amount_minor=group.total_minor, currency="MAD")
        together(
            2,
            lambda i, g=group, r=received: expire(g.number) if i else settle(g.number, received=r),
        )
        group.refresh_from_db()
        assert group.status == "paid", "the piece was there, so the money counts either way"
        assert_stock_is_whole()


def test_received_clicked_by_five_at_once_releases_once(live):
    group = live.paid()
    order = group.orders.first()
    dispatch(order.number, by="test")
    together(5, lambda _: confirm_delivery(order.number, by="buyer"))
    assert Release.objects.filter(order=order).count() == 1


def test_cancelling_and_delivering_at_once_moves_money_one_way(live):
    group = live.paid()
    order = group.orders.first()
    dispatch(order.number, by="test")
    together(
        2,
        lambda i: cancel(order.number, by="t") if i else confirm_delivery(order.number, by="t"),
    )
    assert Release.objects.count() + Refund.objects.count() == 1


@contextmanager
def killed_before(statement):
    """Cut this thread's connection just before its `statement`-th statement; yields the count."""
    seen = Counter()

    def cut(execute, sql, params, many, context):
        seen["statements"] += 1
        if seen["statements"] == statement:
            pid = connection.connection.info.backend_pid
            with psycopg.connect(os.environ["MAALEM_TEST_SERVER"], autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cut):
        yield seen


def crash_matrix(prepare, act, fingerprint):
    """Cut `act` at each of its statements in turn: afterwards all is as before, or all is done."""
    statement, cuts = 0, 0
    while True:
        statement += 1
        subject = prepare()
        before = fingerprint(subject)
        with killed_before(statement) as seen:
            try:
                act(subject)
                survived = True
            except (DatabaseError, InterfaceError, ConnectorException):
                survived = False
        connection.close()
        if seen["statements"] < statement:
            assert survived
            return cuts
        cuts += 1
        assert fingerprint(subject) == before, f"half-written when cut at statement {statement}"
        assert_stock_is_whole()
        act(subject)
        assert fingerprint(subject) != before


def fingerprint(cart):
    groups = OrderGroup.objects.filter(cart=cart)
    return (
        list(groups.values_list("status", flat=True)),
        list(Order.objects.filter(group__in=groups).values_list("number", "status")),
        list(History.objects.filter(group__in=groups).values_list("event", flat=True)),
        list(Payment.objects.filter(group__in=groups).values_list("intent", "verdict")),
        list(Hold.objects.filter(cart=cart).values_list("status", flat=True)),
        list(Refund.objects.filter(payment__group__in=groups).values_list("key", flat=True)),
        list(Release.objects.filter(order__group__in=groups).values_list("key", flat=True)),
        cart.lines.count(),
    )


@pytest.fixture
def stocked(live):
    Variant.objects.filter(pk=live.tagine.pk).update(on_hand=10_000)
    return live


def a_cart(world):
    cart = world.cart(tagine=1)
    world.address(cart)
    return cart


def test_an_order_cut_off_at_any_statement_leaves_nothing_behind(stocked):
    def act(cart):
        place(cart=cart, agreed=stocked.agreed(cart), language="fr")

    assert crash_matrix(lambda: a_cart(stocked), act, fingerprint) > 10


def test_a_payment_cut_off_at_any_statement_is_whole_when_told_again(stocked):
    def prepare():
        cart = a_cart(stocked)
        place(cart=cart, agreed=stocked.agreed(cart), language="fr")
        return cart

    def act(cart):
        group = cart.groups.get()
        received = Received(
            intent=f"pi_{group.number}", amount_minor=group.total_minor, currency="MAD"
        )
        settle(group.number, received=received)

    assert crash_matrix(prepare, act, fingerprint) > 10


def test_an_expiry_cut_off_at_any_statement_frees_the_pieces_once(stocked):
    def prepare():
        cart = a_cart(stocked)
        group = place(cart=cart, agreed=stocked.agreed(cart), language="fr")
        OrderGroup.objects.filter(pk=group.pk).update(expires_at=Now())
        return cart

    assert crash_matrix(prepare, lambda cart: expire(cart.groups.get().number), fingerprint) > 5


def test_a_delivery_cut_off_at_any_statement_releases_once(stocked):
    def prepare():
        cart = a_cart(stocked)
        group = stocked.paid(cart)
        dispatch(group.orders.get().number, by="test")
        return cart

    def act(cart):
        confirm_delivery(cart.groups.get().orders.get().number, by="buyer")

    assert crash_matrix(prepare, act, fingerprint) > 5


def connect_like_django():
    known = connection.get_connection_params()
    wanted = {"dbname", "user", "password", "host", "port"}
    return {name: value for name, value in known.items() if name in wanted}


def test_who_waits_too_long_for_a_piece_gets_a_sentence(live, monkeypatch):
    monkeypatch.setattr("maalem.platform.market.checkout.actions.place.LOCK_WAIT", "100ms")
    cart = live.cart(tagine=1)
    live.address(cart)
    agreed = live.agreed(cart)
    with psycopg.connect(**connect_like_django()) as other:
        other.execute("SELECT 1 FROM catalog_variant WHERE id = %s FOR UPDATE", [live.tagine.pk])
        with pytest.raises(Refused, match="busy"):
            place(cart=cart, agreed=agreed, language="fr")
    assert place(cart=cart, agreed=agreed, language="fr").status == "pending_payment"


@pytest.mark.parametrize("conditions", [{"krafts": ["rugs"]}, {"craft": []}])
def test_a_broken_commission_rule_stops_the_sale_and_is_put_before_a_person(live, conditions):
    CommissionRule.objects.filter(name="cooperatives").update(conditions=conditions)
    cart = live.cart(tagine=1)
    live.address(cart)
    with pytest.raises(Refused, match="stopped"):
        place(cart=cart, agreed=live.agreed(cart), language="fr")
    assert Alert.objects.get(kind="sale_stopped").note
    assert not OrderGroup.objects.exists()
    assert_stock_is_whole()


def test_a_piece_sent_ten_times_at_once_stands_once(live):
    kind, key = live.tagine.product.craft, uuid4()
    before = Product.objects.filter(craft=kind).count()
    piece = Piece([], kind, Supply.UNIQUE, on_hand=1, making_days=None, price_minor=100)
    stood = together(10, lambda _: list_piece(live.weaver, key=key, piece=piece, by="test").pk)
    assert len(set(stood)) == 1, stood
    assert Product.objects.filter(craft=kind).count() == before + 1
