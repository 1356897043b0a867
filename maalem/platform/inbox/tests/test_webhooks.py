"""What the payment institution tells us: believed when signed, acted upon once, never lost."""

import itertools
import json
import time

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from maalem.kit.signatures import sign
from maalem.platform.ground.jobs.testing import drain
from maalem.platform.inbox import actions, handlers
from maalem.platform.inbox.jobs import NotYet, handle_left_over
from maalem.platform.inbox.models import Event
from maalem.platform.inbox.states import EVENT_NEXT, HEARD, HEARD_OF_SELLERS, MAX_TRIES, EventStatus
from maalem.platform.market.orders import links
from maalem.platform.market.orders.models import (
    Alert,
    History,
    Order,
    OrderGroup,
    Payment,
    PaymentAttempt,
    Refund,
)

WEBHOOKS = "/webhooks/payments"


def post(signed):
    body, header = signed
    return Client().post(
        WEBHOOKS, body, content_type="application/json", headers={"Stripe-Signature": header}
    )


def final(group):
    """Everything that the order of events must not change."""
    group.refresh_from_db()
    return (
        group.status,
        sorted(group.orders.values_list("number", "status")),
        list(Payment.objects.filter(group=group).values_list("intent", "verdict")),
        Refund.objects.count(),
        Alert.objects.count(),
    )


def signed_by(secret, body, *, ago_s):
    return sign(body, secrets=[secret], at=int(time.time()) - ago_s)


def succeeded(world, attempt):
    intent = world.bank.intents[attempt.intent]
    return world.bank.event(
        "payment_intent.succeeded",
        {
            "id": intent.id,
            "object": "payment_intent",
            "amount": intent.amount_minor,
            "amount_received": intent.amount_minor,
            "currency": "mad",
            "latest_charge": intent.charge,
            "transfer_group": intent.group,
            "metadata": {},
        },
    )


def test_the_webhook_alone_completes_an_order_whose_browser_was_closed(world):
    group, attempt = world.opened()
    assert post(world.bank.pay(attempt.session)).status_code == 200
    group.refresh_from_db()
    assert group.status == "paid"
    assert Event.objects.get().status == "handled"


def test_the_webhook_before_the_return(world):
    group, attempt = world.opened()
    post(world.bank.pay(attempt.session))
    back = Client().get(links.path(group.number, to="checkout:return"))
    assert back.headers["Location"] == links.path(group.number)
    assert final(group)[0] == "paid"
    assert Payment.objects.count() == 1


def test_the_return_before_the_webhook(world):
    group, attempt = world.opened()
    signed = world.bank.pay(attempt.session)
    Client().get(links.path(group.number, to="checkout:return"))
    before = final(group)
    assert before[0] == "paid"
    assert post(signed).status_code == 200
    assert final(group) == before


def test_the_same_webhook_twice_is_stored_and_handled_once(world):
    group, attempt = world.opened()
    signed = world.bank.pay(attempt.session)
    assert [post(signed).status_code for _ in range(3)] == [200, 200, 200]
    assert Event.objects.count() == 1
    assert History.objects.filter(group=group, event="paid", order=None).count() == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_events_in_any_order_and_the_return_end_alike(world, order):
    """P15: whatever comes first, once or twice."""
    group, attempt = world.opened()
    completed = world.bank.pay(attempt.session)
    steps = [
        lambda: post(completed),
        lambda: post(succeeded(world, attempt)),
        lambda: post(completed),
        lambda: Client().get(links.path(group.number, to="checkout:return")),
    ]
    for index in order:
        steps[index]()
    status, orders, payments, refunds, alerts = final(group)
    assert status == "paid"
    assert {state for _, state in orders} == {"to_prepare"}
    assert payments == [(attempt.intent, "accepted")]
    assert (refunds, alerts) == (0, 0)
    charge = world.bank.intents[attempt.intent].charge
    assert Payment.objects.get().charge in ("", charge)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body, header: (body + b" ", header),
        lambda body, header: (body, ""),
        lambda body, header: (body, header.replace("v1=", "v1=0")),
        lambda body, header: (body, "t=1,v1=00"),
        lambda body, header: (b"", header),
        lambda body, header: (body, signed_by(settings.STRIPE_WEBHOOK_SECRET, body, ago_s=301)),
        lambda body, header: (body, signed_by("whsec_of_somebody_else", body, ago_s=0)),
    ],
)
def test_an_unsigned_message_changes_nothing(world, spoil, caplog):
    """P16: bent, unsigned, older than five minutes or signed by a stranger; the log says so."""
    group, attempt = world.opened()
    before = final(group)
    assert post(spoil(*world.bank.pay(attempt.session))).status_code == 400
    assert final(group) == before
    assert not Event.objects.exists()
    assert "without a good signature was refused" in caplog.text


def test_a_webhook_is_a_post_and_needs_no_csrf_token(world):
    assert Client().get(WEBHOOKS).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    body, header = world.bank.event("price.created", {"id": "price_1"})
    page = strict.post(
        WEBHOOKS, body, content_type="application/json", headers={"Stripe-Signature": header}
    )
    assert page.status_code == 200


def test_an_unknown_kind_is_stored_and_left_alone(world):
    assert post(world.bank.event("price.created", {"id": "price_1"})).status_code == 200
    assert Event.objects.get().status == "ignored"


@pytest.mark.parametrize("missing", ["id", "status", "amount_total", "currency"])
def test_a_poisoned_event_is_parked_with_its_reason_and_alerted(world, missing):
    group, attempt = world.opened()
    body, _ = world.bank.pay(attempt.session)
    thing = json.loads(body)["data"]["object"]
    thing[missing] = None
    assert post(world.bank.event("checkout.session.completed", thing)).status_code == 200
    event = Event.objects.get()
    assert (event.status, missing in event.reason) == ("parked", True)
    assert Alert.objects.get(kind="event_parked").about == event.event_id
    group.refresh_from_db()
    assert group.status == "pending_payment"


def test_an_event_that_fails_is_tried_again_and_parked_at_last(world, monkeypatch):
    """P31: set aside with an alarm after its tries; the others were not kept waiting."""
    group, attempt = world.opened()

    def breaks(thing):
        raise RuntimeError("the disk is full")

    known = {**handlers.BY_TYPE, "checkout.session.completed": breaks}
    monkeypatch.setattr(handlers, "BY_TYPE", known)
    assert post(world.bank.pay(attempt.session)).status_code == 200
    event = Event.objects.get()
    assert (event.status, event.tries) == ("stored", 1)
    with pytest.raises(NotYet):
        drain()
    for _ in range(MAX_TRIES):
        handle_left_over(0)
    event.refresh_from_db()
    assert (event.status, event.tries) == ("parked", MAX_TRIES)
    monkeypatch.undo()
    assert actions.handle(event.event_id) == "handled", "a person may let it be tried again"
    group.refresh_from_db()
    assert group.status == "paid"


def test_the_whole_log_played_again_changes_nothing(world):
    """P30: every event from the first one on, acted upon a second time."""
    group, attempt = world.opened()
    completed = world.bank.pay(attempt.session)
    post(completed)
    post(succeeded(world, attempt))
    post(world.bank.event("charge.refunded", refunded(Payment.objects.get(), group.total_minor)))
    drain()
    before, told = final(group), list(History.objects.order_by("id").values())
    log = list(Event.objects.order_by("id"))
    assert [event.status for event in log] == ["handled"] * 3
    for event in log:
        with transaction.atomic():
            handlers.BY_TYPE[event.type](event.payload["object"])
    drain()
    assert final(group) == before
    assert list(History.objects.order_by("id").values()) == told


def test_the_whole_log_played_from_zero_makes_the_same_rows(world):
    """P30: the tables as they were before the first event, and the log played into them: the same
    rows of every table that events write. (The sale itself is no event: checkout writes it.)"""
    group, attempt = world.opened()
    before_any = transaction.savepoint()
    completed = world.bank.pay(attempt.session)
    intent = world.bank.intents[attempt.intent]
    thing = {"id": intent.id, "transfer_group": group.number, "last_payment_error": {"code": "no"}}
    post(world.bank.event("payment_intent.payment_failed", thing))
    post(completed)
    post(succeeded(world, attempt))
    part = refunded(Payment.objects.get(), 1_000)
    post(world.bank.event("charge.refunded", part))
    whole = refunded(Payment.objects.get(), group.total_minor)
    post(world.bank.event("charge.refunded", whole))
    rows, log = written(), list(Event.objects.order_by("id"))
    assert [event.status for event in log] == ["handled"] * 5
    assert {row["status"] for row in rows[Order]} == {"refunded"}
    transaction.savepoint_rollback(before_any)
    assert written() != rows
    assert not Payment.objects.exists()
    for times in range(2):
        for event in log:
            with transaction.atomic():
                handlers.BY_TYPE[event.type](event.payload["object"])
        assert written() == rows, f"played {times + 1} times"


def written():
    """Every row of the orders' room, without the numbers and times of its writing."""
    own = {"id", "at", "received_at", "made_at", "asked_at", "paid_at", "payment_id"}
    return {
        model: [
            {name: value for name, value in row.items() if name not in own}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (OrderGroup, Order, PaymentAttempt, Payment, Refund, Alert, History)
    }


def test_a_stored_event_that_has_lost_its_job_is_handled_all_the_same(world):
    group, attempt = world.opened()
    body, header = world.bank.pay(attempt.session)
    from maalem.platform.ground.gateway.calls import verify_webhook

    signed = verify_webhook(body, header)
    Event.objects.create(event_id=signed.id, type=signed.type, payload={"object": signed.object})
    handle_left_over(0)
    group.refresh_from_db()
    assert group.status == "paid"


def test_every_kind_that_is_asked_for_is_understood():
    assert set(HEARD) == set(handlers.BY_TYPE)
    assert set(HEARD_OF_SELLERS) == set(handlers.OF_SELLERS)


def test_an_event_that_was_settled_leaves_no_work_behind(world):
    _, attempt = world.opened()
    post(world.bank.pay(attempt.session))
    post(world.bank.event("payout.paid", {"id": "po_1"}))
    assert {event.status for event in Event.objects.all()} == {"handled", "ignored"}
    assert "handle" not in drain()


def test_an_expired_page_lets_the_buyer_open_another(world):
    group, attempt = world.opened()
    post(world.bank.expire(attempt.session))
    attempt.refresh_from_db()
    assert attempt.status == "expired"
    Client().post(links.path(group.number, to="checkout:pay"))
    assert PaymentAttempt.objects.filter(group=group, status="open").count() == 1


def test_money_for_nothing_we_know_is_put_before_a_person(world):
    _, attempt = world.opened()
    body, _ = world.bank.pay(attempt.session)
    thing = {**json.loads(body)["data"]["object"], "client_reference_id": "M-2222-2222"}
    post(world.bank.event("checkout.session.completed", thing))
    assert Alert.objects.get().kind == "payment_without_order"


def test_a_page_of_another_program_is_none_of_ours(world):
    thing = {"id": "cs_1", "client_reference_id": None}
    post(world.bank.event("checkout.session.completed", thing))
    assert Event.objects.get().status == "handled"
    assert not Alert.objects.exists()


def test_a_refused_card_is_written_down_and_nothing_else(world):
    group, attempt = world.opened()
    thing = {
        "id": attempt.intent,
        "transfer_group": group.number,
        "last_payment_error": {"decline_code": "insufficient_funds"},
    }
    for _ in range(2):
        post(world.bank.event("payment_intent.payment_failed", thing))
    group.refresh_from_db()
    assert group.status == "pending_payment"
    assert History.objects.get(event="payment_failed").note == "insufficient_funds"


def test_our_own_refund_told_by_an_event_is_no_news(world):
    group = world.paid()
    payment = Payment.objects.get()
    Refund.objects.create(payment=payment, key="r", amount_minor=group.total_minor, cause="second")
    post(world.bank.event("charge.refunded", refunded(payment, group.total_minor)))
    assert not Alert.objects.exists()
    assert final(group)[0] == "paid"


def test_a_full_refund_made_elsewhere_calls_the_parcels_off(world):
    group = world.paid()
    post(world.bank.event("charge.refunded", refunded(Payment.objects.get(), group.total_minor)))
    status, orders, *_ = final(group)
    assert status == "refunded"
    assert {state for _, state in orders} == {"refunded"}
    assert Alert.objects.get().kind == "refunded_elsewhere"


def test_a_partial_refund_made_elsewhere_is_put_before_a_person(world):
    group = world.paid()
    post(world.bank.event("charge.refunded", refunded(Payment.objects.get(), 100)))
    assert final(group)[0] == "paid"
    assert Alert.objects.get().kind == "refunded_elsewhere"


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
@pytest.mark.parametrize("share", [1, 2])
def test_a_refund_told_before_its_payment_ends_as_told_after_it(world, order, share):
    """P15: money that went back at the institution is known, though its event comes first."""
    group, attempt = world.opened()
    completed = world.bank.pay(attempt.session)
    intent = world.bank.intents[attempt.intent]
    charge = {
        "id": intent.charge,
        "object": "charge",
        "payment_intent": intent.id,
        "transfer_group": group.number,
        "metadata": {"order_group": group.number},
        "amount": group.total_minor,
        "amount_captured": group.total_minor,
        "amount_refunded": group.total_minor // share,
        "currency": "mad",
    }
    back = world.bank.event("charge.refunded", charge)
    steps = [
        lambda: post(back),
        lambda: post(completed),
        lambda: post(succeeded(world, attempt)),
        lambda: post(back),
    ]
    for index in order:
        steps[index]()
    status, orders, payments, refunds, alerts = final(group)
    assert status == ("refunded" if share == 1 else "paid")
    assert {state for _, state in orders} == {"refunded" if share == 1 else "to_prepare"}
    assert payments == [(intent.id, "accepted")]
    assert (refunds, alerts) == (0, 1)
    assert Alert.objects.get().kind == "refunded_elsewhere"
    assert Payment.objects.get().charge == intent.charge


def test_a_refund_of_a_purchase_that_nobody_knows_is_put_before_a_person(world):
    charge = {
        "id": "ch_1",
        "payment_intent": "pi_1",
        "transfer_group": "M-2222-2222",
        "amount_captured": 100,
        "amount_refunded": 100,
        "currency": "mad",
    }
    post(world.bank.event("charge.refunded", charge))
    assert Alert.objects.get().kind == "payment_without_order"


def refunded(payment, amount):
    return {"id": "ch_1", "payment_intent": payment.intent, "amount_refunded": amount}


@pytest.mark.parametrize("now", list(EventStatus))
@pytest.mark.parametrize("then", list(EventStatus))
def test_the_database_holds_the_table_of_an_events_states(world, now, then):
    from django.db import IntegrityError

    event = Event.objects.create(event_id=f"evt_{now}_{then}", type="t", payload={})
    if now == EventStatus.STORED or now in EVENT_NEXT[EventStatus.STORED]:
        Event.objects.filter(pk=event.pk).update(status=now)
    allowed = then == now or then in EVENT_NEXT[now]
    try:
        with transaction.atomic():
            Event.objects.filter(pk=event.pk).update(status=then)
        moved = True
    except IntegrityError:
        moved = False
    assert moved == allowed
    assert OrderGroup.objects.count() == 0


def test_a_sellers_own_event_is_never_taken_for_one_of_ours(world):
    """A seller with a key of her own can make a payment on her account that names our order."""
    group, attempt = world.opened()
    intent = world.bank.intents[attempt.intent]
    forged = {
        "id": "pi_hers",
        "amount_received": group.total_minor,
        "currency": "mad",
        "latest_charge": "ch_hers",
        "transfer_group": intent.group,
    }
    account = world.weaver.payments_account
    assert (
        post(world.bank.event("payment_intent.succeeded", forged, account=account)).status_code
        == 200
    )
    assert final(group)[0] == "pending_payment"
    assert Event.objects.get().status == "ignored"


def test_a_dispute_is_put_before_a_person(world):
    case = {"id": "dp_1", "amount": 5_000, "evidence_details": {"due_by": 1_790_000_000}}
    post(world.bank.event("charge.dispute.created", case))
    alert = Alert.objects.get(kind="disputed")
    assert (alert.about, "2026-09-21" in alert.note) == ("dp_1", True)
