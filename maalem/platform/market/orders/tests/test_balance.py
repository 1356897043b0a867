"""A rug that is made to order: a deposit when it is ordered, a balance before it leaves."""

import pytest
from django.db import IntegrityError, connection, transaction

from maalem.platform.ground.gateway.shapes import Line
from maalem.platform.market.orders.actions import asks, attempts
from maalem.platform.market.orders.actions.events import charge_refunded
from maalem.platform.market.orders.actions.parcels import (
    NotPaid,
    cancel,
    dispatch,
    say_ready,
)
from maalem.platform.market.orders.actions.settle import Received, settle
from maalem.platform.market.orders.models import (
    Alert,
    Goodwill,
    Order,
    Payment,
    PaymentAttempt,
    Refund,
    Release,
)
from maalem.platform.market.orders.parts import left_of, parts_of
from maalem.platform.market.orders.states import NotAllowed

pytestmark = pytest.mark.django_db

PRICE, DEPOSIT = 333_335, 100_001  # 30 % is 100 000,5 centimes


@pytest.fixture
def rug(world):
    """A rug that Fadma weaves in thirty days, for 3 333,35 DH, 30 % when it is ordered."""
    world.rug = world.thing(
        world.weaver,
        "Tapis sur mesure",
        price=PRICE,
        on_hand=0,
        supply="made_to_order",
        making_days=30,
        deposit_percent=30,
    )
    return world.rug


@pytest.fixture
def ordered(world, rug):
    """The rug and two tagines, their deposit and their price paid."""
    group = world.paid(world.cart(rug=1, tagine=2))
    return group.orders.get(artisan=world.weaver)


def pay_balance(world, order):
    """The buyer pays the balance on the page."""
    attempts.payment_page(order.number)
    attempt = PaymentAttempt.objects.get(order=order, status="open")
    world.bank.pay(attempt.session)
    attempts.look(attempt)
    order.refresh_from_db()
    return attempt


@pytest.fixture
def paid(world, ordered):
    """The same, the rug ready and its balance paid."""
    say_ready(ordered.number, by="Fadma")
    pay_balance(world, ordered)
    return ordered


def shown(world, attempt):
    return world.bank.lines[attempt.session]


def ask_all():
    for kind, ask in (
        (Refund, asks.ask_refund),
        (Goodwill, asks.ask_goodwill),
        (Release, asks.ask_release),
    ):
        for row in kind.objects.order_by("pk"):
            ask(row.key)


def given(world):
    """What went back to payers, by payment; the institution says the same."""
    found = {}
    for kind in (Refund, Goodwill):
        for row in kind.objects.filter(status="done").select_related("payment"):
            intent = row.payment.intent
            found[intent] = found.get(intent, 0) + row.amount_minor
    assert sum(found.values()) == sum(one.amount_minor for one in world.bank.refunds.values())
    return found


def test_only_the_deposit_is_paid_when_it_is_ordered(world, rug):
    group, attempt = world.opened(world.cart(rug=1, tagine=2))
    order = group.orders.get(artisan=world.weaver)
    other = group.orders.exclude(pk=order.pk).get()
    assert (order.deposit_minor, order.balance_minor) == (
        DEPOSIT,
        PRICE - DEPOSIT + order.shipping_minor,
    )
    assert other.balance_minor == 0
    assert group.due_now_minor == DEPOSIT + other.total_minor
    lines = shown(world, attempt)
    assert sum(line.unit_minor * line.quantity for line in lines) == group.due_now_minor
    assert Line("Acompte\N{NO-BREAK SPACE}: Tapis sur mesure", DEPOSIT) in lines


def test_a_deposit_that_is_paid_makes_a_sale(ordered):
    assert (ordered.group.status, ordered.status) == ("paid", "to_prepare")
    assert ordered.paid_minor == left_of(ordered) == DEPOSIT
    assert ordered.owes_minor == ordered.balance_minor


def test_it_may_not_leave_before_its_balance_is_paid(ordered):
    with pytest.raises(NotPaid) as said:
        dispatch(ordered.number, by="Fadma")
    assert said.value.owes_minor == ordered.balance_minor
    with pytest.raises(IntegrityError, match="leaves_when_it_is_paid"), transaction.atomic():
        Order.objects.filter(pk=ordered.pk).update(status="dispatched")


def test_nobody_is_asked_for_a_balance_before_it_is_ready(ordered):
    with pytest.raises(attempts.NotPayable):
        attempts.payment_page(ordered.number)
    assert not PaymentAttempt.objects.filter(order=ordered).exists()


def test_the_balance_is_asked_line_by_line_with_its_carriage(world, ordered):
    say_ready(ordered.number, by="Fadma")
    attempt = pay_balance(world, ordered)
    lines = shown(world, attempt)
    assert lines[0] == Line("Solde\N{NO-BREAK SPACE}: Tapis sur mesure", PRICE - DEPOSIT)
    assert sum(line.unit_minor for line in lines) == ordered.balance_minor
    assert ordered.owes_minor == 0
    assert left_of(ordered) == ordered.total_minor
    dispatch(ordered.number, by="Fadma")


def test_ready_is_said_once_and_of_what_waits_for_a_balance(world, ordered):
    first = say_ready(ordered.number, by="Fadma").ready_at
    assert say_ready(ordered.number, by="Fadma").ready_at == first
    assert ordered.group.history.filter(event="ready").count() == 1
    other = ordered.group.orders.exclude(pk=ordered.pk).get()
    with pytest.raises(NotAllowed):
        say_ready(other.number, by="Driss")


def test_the_balance_is_accepted_once_however_often_it_is_told(world, paid):
    (attempt,) = PaymentAttempt.objects.filter(order=paid)
    attempts.look(attempt)
    attempts.look(attempt)
    assert Payment.objects.filter(order=paid).count() == 1
    assert attempts_live(paid) == 0


def attempts_live(order):
    return PaymentAttempt.objects.filter(order=order, status__in=["requested", "open"]).count()


def test_two_pages_for_one_balance_are_one(world, ordered):
    say_ready(ordered.number, by="Fadma")
    assert attempts.payment_page(ordered.number) == attempts.payment_page(ordered.number)
    assert attempts_live(ordered) == 1


@pytest.mark.parametrize(
    ("amount", "verdict"), [(None, "second"), (1, "second")], ids=["the same again", "another sum"]
)
def test_a_second_balance_goes_back_whole(world, paid, amount, verdict):
    received = Received(
        intent="pi_again", amount_minor=amount or paid.balance_minor, currency="MAD"
    )
    payment = settle(paid.number, received=received)
    assert (payment.verdict, payment.order) == (verdict, paid)
    assert Refund.objects.get(payment=payment).amount_minor == payment.amount_minor
    assert Alert.objects.filter(about="pi_again").exists()


def test_another_sum_is_no_balance(ordered):
    say_ready(ordered.number, by="Fadma")
    received = Received(intent="pi_less", amount_minor=ordered.balance_minor - 1, currency="MAD")
    assert settle(ordered.number, received=received).verdict == "wrong_amount"
    ordered.refresh_from_db()
    assert ordered.owes_minor


def test_a_balance_for_what_was_called_off_goes_back(world, ordered):
    say_ready(ordered.number, by="Fadma")
    attempts.payment_page(ordered.number)
    attempt = PaymentAttempt.objects.get(order=ordered, status="open")
    cancel(ordered.number, by="Fadma")
    world.bank.pay(attempt.session)
    attempts.look(attempt)
    payment = Payment.objects.get(order=ordered)
    assert payment.verdict == "cancelled"
    ask_all()
    ordered.refresh_from_db()
    assert ordered.status == "refunded"
    assert given(world)[payment.intent] == payment.amount_minor


def test_money_for_a_parcel_without_a_balance_is_nobodys(world):
    group = world.paid()
    received = Received(intent="pi_x", amount_minor=5, currency="MAD")
    with pytest.raises(type(group).DoesNotExist):
        settle(group.orders.first().number, received=received)


def test_nobody_calls_a_balance_paid_that_is_not(ordered):
    with (
        pytest.raises(IntegrityError, match="nobody has paid"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE orders_order SET balance_paid_at = now() WHERE id = %s", [ordered.pk]
        )


def test_a_balance_is_of_a_parcel_of_its_own_group(world, ordered):
    elsewhere = world.paid(world.cart(tagine=1))
    for group, order in ((elsewhere, ordered), (elsewhere, elsewhere.orders.get())):
        with pytest.raises(IntegrityError, match="has no balance"), transaction.atomic():
            Payment.objects.create(
                group=group,
                order=order,
                intent=f"pi_{order.pk}",
                amount_minor=1,
                currency="MAD",
                verdict="second",
            )


def test_a_balance_that_the_institution_gave_back_is_put_before_a_person(paid):
    balance = Payment.objects.get(order=paid)
    charge_refunded(intent=balance.intent, charge="ch_1", refunded_minor=balance.amount_minor)
    paid.refresh_from_db()
    assert paid.status == "to_prepare", "two payments: what becomes of it, a person decides"
    assert Alert.objects.filter(kind="refunded_elsewhere").exists()


def test_what_was_paid_is_told_newest_first(paid):
    balance, deposit = parts_of(paid)
    assert (balance.is_balance, balance.paid_minor) == (True, paid.balance_minor)
    assert (deposit.is_balance, deposit.paid_minor) == (False, DEPOSIT)
