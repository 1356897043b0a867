"""Every state against every state and every verb: what the table says, and nothing else."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from maalem.platform.market.orders.actions.expire import call_off, expire
from maalem.platform.market.orders.actions.move import TABLES, move
from maalem.platform.market.orders.actions.parcels import cancel, confirm_delivery, dispatch
from maalem.platform.market.orders.actions.settle import Received, settle
from maalem.platform.market.orders.models import (
    Goodwill,
    History,
    Order,
    OrderGroup,
    OrderLine,
    Payment,
    PaymentAttempt,
    Refund,
    Release,
    Reversal,
)
from maalem.platform.market.orders.states import (
    ASK_NEXT,
    ATTEMPT_NEXT,
    GROUP_NEXT,
    ORDER_NEXT,
    GroupStatus,
    Moved,
    NotAllowed,
    OrderStatus,
)
from maalem.platform.market.orders.tests.bending import bend

# What a row must hold to be in a state at all; the tests of states give it every state's.
DRESS = {
    OrderGroup: {"paid_at": Now()},
    Order: {"delivered_at": Now()},
    PaymentAttempt: {"session": "cs_x"},
    Refund: {"done_at": Now(), "answer": "re_x"},
    Release: {"done_at": Now(), "answer": "tr_x"},
    Reversal: {"done_at": Now(), "answer": "trr_x"},
    Goodwill: {"done_at": Now(), "answer": "re_y"},
}


def force(row, status):
    """Put a row into a state as if it had got there by its own way."""
    bend(row, status=status, **DRESS[type(row)])


@pytest.fixture
def rows(world):
    """One row of each kind that has states."""
    group = world.placed()
    order = group.orders.first()
    attempt = PaymentAttempt.objects.create(group=group, number=1, key="pay-1", closes_at=Now())
    payment = Payment.objects.create(
        group=group, intent="pi_1", amount_minor=1, currency="MAD", verdict="second"
    )
    refund = Refund.objects.create(payment=payment, key="r", amount_minor=1, cause="second")
    force(order, "delivered")
    paid = {"payment": payment}
    release = Release.objects.create(order=order, key="release-1", amount_minor=1, **paid)
    given = Goodwill.objects.create(
        payment=payment, order=order, key="g", amount_minor=1, by="test"
    )
    # Of a release that is done: nothing is taken back before.
    handed = Release.objects.create(order=other(group), key="release-2", amount_minor=2, **paid)
    force(handed, "done")
    back = Reversal.objects.create(release=handed, key="b", amount_minor=1)
    return {type(row): row for row in (group, order, attempt, refund, release, given, back)}


def other(group):
    """The group's second order, delivered."""
    order = group.orders.last()
    force(order, "delivered")
    return order


@pytest.mark.parametrize(
    ("model", "now"),
    [(model, now) for model, table in TABLES.items() for now in table],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_the_code_and_the_database_hold_the_same_table(rows, model, now):
    """P28."""
    row = rows[model]
    for then in TABLES[model]:
        force(row, now)
        allowed = then in TABLES[model][now]
        assert database_takes(row, then=then) == (allowed or then == now), then
        if allowed:
            move(row, then=then)
            assert row.status == then
        else:
            with pytest.raises(NotAllowed):
                move(row, then=then)


def database_takes(row, *, then):
    try:
        with transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(status=then)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize("model", [OrderGroup, Order, PaymentAttempt, Refund, Release])
def test_who_comes_second_is_told_and_writes_nothing(rows, model):
    row = rows[model]
    first = next(state for state, after in TABLES[model].items() if after)
    force(row, first)
    stale = model.objects.get(pk=row.pk)
    then = sorted(TABLES[model][first])[0]
    move(row, then=then)
    with pytest.raises(Moved):
        move(stale, then=then)


ORDER_VERBS = {
    "dispatch": (
        lambda order: dispatch(order.number, by="test"),
        {"to_prepare": "dispatched", "dispatched": "dispatched"},
    ),
    "confirm_delivery": (
        lambda order: confirm_delivery(order.number, by="test"),
        {"dispatched": "delivered", "delivered": "delivered"},
    ),
    "cancel": (
        lambda order: cancel(order.number, by="test"),
        {
            "awaiting_payment": "cancelled",
            "to_prepare": "cancelled",
            "dispatched": "cancelled",
            "cancelled": "cancelled",
            "refunded": "refunded",
        },
    ),
}


@pytest.mark.parametrize("status", list(OrderStatus))
@pytest.mark.parametrize("verb", ORDER_VERBS)
def test_every_verb_on_an_order_in_every_state(world, status, verb):
    """P28."""
    group = world.placed()
    order = group.orders.first()
    if status == OrderStatus.DISPATCHED:
        paid = {"intent": "pi_1", "amount_minor": group.total_minor, "currency": "MAD"}
        Payment.objects.create(group=group, verdict="accepted", **paid)
    if status != order.status:
        force(order, status)
    do, ends = ORDER_VERBS[verb]
    before = History.objects.count()
    if status in ends:
        do(order)
        order.refresh_from_db()
        assert order.status == ends[status]
        assert (History.objects.count() > before) == (ends[status] != status)
    else:
        with pytest.raises(NotAllowed):
            do(order)
        order.refresh_from_db()
        assert order.status == status
        assert History.objects.count() == before


GROUP_VERBS = {
    "pay": (
        lambda group: settle(
            group.number,
            received=Received(intent="pi_1", amount_minor=group.total_minor, currency="MAD"),
        ),
        {"pending_payment": "paid", "expired": "paid"},
    ),
    "pay_too_little": (
        lambda group: settle(
            group.number, received=Received(intent="pi_1", amount_minor=1, currency="MAD")
        ),
        {},
    ),
    "expire": (lambda group: expire(group.number), {"pending_payment": "expired"}),
    "call_off": (
        lambda group: call_off(group.number, by="test"),
        {"pending_payment": "cancelled"},
    ),
}


@pytest.mark.parametrize("status", list(GroupStatus))
@pytest.mark.parametrize("verb", GROUP_VERBS)
def test_every_verb_on_a_group_in_every_state(world, status, verb):
    """P28."""
    group = world.placed()
    OrderGroup.objects.filter(pk=group.pk).update(expires_at=Now())
    if status == GroupStatus.EXPIRED:
        expire(group.number)
    elif status == GroupStatus.CANCELLED:
        call_off(group.number, by="test")
    elif status != GroupStatus.PENDING_PAYMENT:
        force(group, status)
    do, ends = GROUP_VERBS[verb]
    do(OrderGroup.objects.get(pk=group.pk))
    group.refresh_from_db()
    assert group.status == ends.get(status, status)
    if verb.startswith("pay"):
        kept = Payment.objects.get().verdict == "accepted"
        assert kept == (status in ends), "what does not count goes back"
        assert Refund.objects.exists() != kept


def test_every_state_is_in_the_tables_and_can_be_reached():
    for table in (GROUP_NEXT, ORDER_NEXT, ATTEMPT_NEXT, ASK_NEXT):
        first = next(iter(table))
        seen, edge = {first}, [first]
        while edge:
            for state in table[edge.pop()] - seen:
                seen.add(state)
                edge.append(state)
        assert seen == set(table)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (OrderGroup, {"total_minor": 1, "goods_minor": 1, "shipping_minor": 0}),
        (OrderGroup, {"address": {}}),
        (Order, {"commission_minor": 0, "seller_net_minor": 1}),
        (Order, {"seller": {}}),
        (OrderLine, {"unit_price_minor": 1, "total_minor": 1}),
        (OrderLine, {"title": {}}),
        (History, {"note": "otherwise"}),
    ],
)
def test_what_was_agreed_never_changes(world, model, change):
    world.placed()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**change)


@pytest.mark.parametrize("model", [History, OrderLine, Order, OrderGroup])
def test_nothing_of_a_sale_is_deleted(world, model):
    world.placed()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")


def test_an_order_that_does_not_add_up_can_not_be_written(world):
    group = world.placed()
    order = group.orders.first()
    fields = {
        field.name: getattr(order, field.name)
        for field in Order._meta.concrete_fields
        if field.name not in ("id", "number", "group")
    }
    other = OrderGroup.objects.create(
        number="M-1",
        language="fr",
        name="x",
        phone="+212661000101",
        country="MA",
        address={},
        goods_minor=group.goods_minor + 1,
        shipping_minor=0,
        total_minor=group.goods_minor + 1,
        agreed="x",
        expires_at=Now(),
    )
    Order.objects.create(number="M-1-1", group=other, **fields)
    with pytest.raises(IntegrityError, match="add up"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("status", [s for s in OrderStatus if s != OrderStatus.DELIVERED])
def test_money_is_released_for_a_delivered_order_only(world, status):
    order = world.placed().orders.first()
    payment = Payment.objects.create(
        group=order.group, intent="pi_1", amount_minor=1, currency="MAD", verdict="accepted"
    )
    if status != order.status:
        force(order, status)
    with pytest.raises(IntegrityError, match="orders_release"), transaction.atomic():
        Release.objects.create(order=order, payment=payment, key="k", amount_minor=1)
