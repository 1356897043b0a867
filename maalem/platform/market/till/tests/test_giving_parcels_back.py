"""What an officer gives back of a purchase stands in the order too: there is one truth about it."""

import re

import pytest
from django.db import IntegrityError, transaction

from maalem.platform.market.orders.actions import finish, goodwill
from maalem.platform.market.orders.actions.events import charge_refunded
from maalem.platform.market.orders.models import Alert, Goodwill, Order, Payment, Refund
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.orders.tests.bending import bend
from maalem.platform.market.till.tests.test_pages import officer, sold, text, visit  # noqa: F401
from tests.cast import OFFICER

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(sold, visit):  # noqa: F811
    """An officer at the payment of a carpet that has arrived and of tagines that have not."""
    officer("see_all_payments", "give_back_payments")

    def go(path="", **more):
        return visit(OFFICER, f"platform/{sold.charge.id}/{path}", **more)

    go.bank, go.charge, go.group = sold.bank, sold.charge, sold.group
    go.carpet = sold.sale
    go.tagines = Order.objects.get(group=sold.group, artisan=sold.potter)
    return go


def press(desk, order, amount):
    """Choose the parcel and the amount, then be sure."""
    typed = {"parcel": order.number, "amount": amount, "reason": "requested_by_customer"}
    page = text(desk("give-back/", post=typed))
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    return {**typed, "token": token, "sure": "1"}


def dirhams(order):
    return f"{order.total_minor / 100:.2f}"


def refunds(desk):
    return sorted(one.amount_minor for one in desk.bank.refunds.values())


def test_all_of_a_parcel_that_has_not_arrived_calls_it_off(desk):
    asked = press(desk, desk.tagines, dirhams(desk.tagines))
    page = text(desk("give-back/", post={**asked, "sure": "", "token": ""}))
    assert "il est annulé" in page
    answer = desk("give-back/", post=asked, follow=True)
    assert "L’argent est en route" in text(answer)
    desk.tagines.refresh_from_db()
    assert desk.tagines.status == "refunded"
    assert refunds(desk) == [desk.tagines.total_minor]
    assert Refund.objects.get().cause == "cancelled"


def test_a_part_leaves_the_parcel_as_it_is_and_the_order_knows(desk):
    desk("give-back/", post=press(desk, desk.carpet, "200"))
    row = Goodwill.objects.get()
    assert (row.order_id, row.amount_minor, row.status) == (desk.carpet.pk, 20_000, "done")
    assert row.by.startswith("person:")
    assert left_of(desk.carpet) == desk.carpet.total_minor - 20_000
    desk.carpet.refresh_from_db()
    assert desk.carpet.status == "delivered"
    assert desk.group.history.filter(event="given_back").exists()


def test_the_institutions_word_about_it_alarms_nobody(desk):
    desk("give-back/", post=press(desk, desk.carpet, "200"))
    payment = Payment.objects.get()
    told = {"intent": payment.intent, "charge": desk.charge.id}
    charge_refunded(**told, refunded_minor=20_000)
    assert not Alert.objects.exists()
    charge_refunded(**told, refunded_minor=20_001)
    assert Alert.objects.get().kind == "refunded_elsewhere"


def test_what_was_given_is_not_given_again_when_the_parcel_is_called_off(desk):
    desk("give-back/", post=press(desk, desk.tagines, "50"))
    rest = desk.tagines.total_minor - 5_000
    desk("give-back/", post=press(desk, desk.tagines, f"{rest / 100:.2f}"))
    desk.tagines.refresh_from_db()
    assert desk.tagines.status == "refunded"
    assert refunds(desk) == sorted([5_000, rest])


def test_no_more_than_a_parcel_cost_goes_back(desk):
    typed = {"parcel": desk.tagines.number, "amount": "99999", "reason": "duplicate"}
    assert "field--error" in text(desk("give-back/", post=typed))
    with pytest.raises(goodwill.TooMuch):
        goodwill.give_back(
            desk.carpet.number, amount_minor=desk.carpet.total_minor + 1, key="k", by="test"
        )
    row = {"payment": Payment.objects.get(), "order": desk.carpet, "by": "test", "key": "k"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Goodwill.objects.create(amount_minor=desk.carpet.total_minor + 1, **row)


def test_two_presses_of_one_button_give_back_once(desk):
    asked = press(desk, desk.carpet, "200")
    for _ in range(2):
        desk("give-back/", post=asked)
    assert refunds(desk) == [20_000]


def test_silence_is_asked_again_by_the_orders_own_job(desk):
    asked = press(desk, desk.carpet, "200")
    desk.bank.trouble = "lost"
    page = text(desk("give-back/", post=asked, follow=True))
    assert "nous redemandons nous-mêmes" in page
    assert Goodwill.objects.get().status == "unknown"
    desk.bank.trouble = ""
    bend(Goodwill.objects.get(), asked_at="2026-01-01T00:00:00Z")
    finish.ask_again()
    assert Goodwill.objects.get().status == "done"
    assert refunds(desk) == [20_000]


def test_a_payment_that_was_not_kept_says_that_it_goes_back_by_itself(desk, visit):  # noqa: F811
    other = desk.bank.put(5_000, group=desk.group.number, intent="pi_second")
    page = text(visit(OFFICER, f"platform/{other.id}/give-back/", follow=True))
    assert "il est rendu tout seul" in page


def test_whoever_gave_back_stands_in_the_payments_story(desk):
    desk("give-back/", post=press(desk, desk.carpet, "200"))
    (refund,) = desk.bank.refunds.values()
    row = desk.bank.returned.setdefault(desk.charge.id, [])
    row.append(returned(refund, desk.bank.now()))
    assert OFFICER.name in text(desk())


def returned(refund, at):
    from maalem.platform.ground.gateway.records import Returned

    return Returned(refund.id, "succeeded", refund.amount_minor, "MAD", at)
