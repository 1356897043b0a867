"""Money goes back once, after a second look, and a silence is never called a refusal."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from maalem.platform.market.till.actions import refunds
from maalem.platform.market.till.models import AskedRefund
from maalem.platform.market.till.tests.test_pages import officer, sold, text, visit  # noqa: F401
from tests.cast import OFFICER, WEAVER

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(sold, visit):  # noqa: F811
    """An officer who may give back, at a payment that is for no purchase of the shop's."""
    officer("see_all_payments", "give_back_payments")
    charge = sold.bank.put(356_000)

    def go(path="", **more):
        return visit(OFFICER, f"platform/{charge.id}/{path}", **more)

    go.bank, go.charge = sold.bank, charge
    return go


def given(desk):
    return [refund.amount_minor for refund in desk.bank.returned.get(desk.charge.id, [])]


def sure(desk, amount="100"):
    """Fills the form; returns what the second page would send."""
    typed = {"amount": amount, "reason": "requested_by_customer"}
    page = text(desk("give-back/", post=typed))
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    return {**typed, "token": token, "sure": "1"}


def test_nothing_goes_before_the_second_look(desk):
    assert "Rendre" in text(desk("give-back/"))
    sure(desk)
    assert given(desk) == []
    assert not AskedRefund.objects.exists()


def test_a_part_goes_back_with_who_and_why_written_down(desk):
    answer = desk("give-back/", post=sure(desk, "99,50"), follow=True)
    assert "L’argent est en route" in text(answer)
    assert given(desk) == [9_950]
    row = AskedRefund.objects.get()
    assert (row.status, row.amount_minor, row.by.phone) == ("done", 9_950, OFFICER.phone)
    assert "Rendu à la personne qui a payé" in text(answer)
    assert OFFICER.name in text(answer)


def test_the_sum_of_the_payment_adds_up_after_a_refund(desk):
    whole = desk("give-back/", post=sure(desk, "100"), follow=True).context["whole"]
    paid, (gone,) = whole.story.charge.movement, whole.went_back
    assert gone.amount_minor == -10_000
    fees = paid.fee_minor - whole.fees_back_minor
    assert whole.rest_minor == paid.amount_minor - fees - 10_000


def test_money_that_came_back_without_arriving_is_told_and_counted(desk):
    desk("give-back/", post=sure(desk, "100"))
    (gone,) = desk.bank.returned[desk.charge.id]
    back = replace(
        gone.movement,
        kind="refund_failure",
        amount_minor=-gone.movement.amount_minor,
        fee_minor=-gone.movement.fee_minor,
        net_minor=-gone.movement.net_minor,
        created_at=gone.created_at + timedelta(seconds=9),
    )
    desk.bank.returned[desk.charge.id] = [replace(gone, status="failed", came_back=back)]
    answer = desk()
    assert "Rendu à la personne qui a payé" in text(answer)
    assert "L’argent est revenu sans atteindre la personne qui a payé" in text(answer)
    assert "Un remboursement qui n’est pas arrivé" in text(answer)
    whole = answer.context["whole"]
    assert whole.fees_back_minor == 0
    assert whole.rest_minor == whole.story.charge.movement.net_minor


def test_two_presses_of_one_button_give_back_once(desk):
    press = sure(desk)
    desk("give-back/", post=press)
    desk("give-back/", post=press)
    assert given(desk) == [10_000]
    assert AskedRefund.objects.count() == 1


def test_a_lost_answer_is_asked_again_and_gives_back_once(desk):
    press = sure(desk)
    desk.bank.trouble = "lost"
    desk("give-back/", post=press)
    assert AskedRefund.objects.get().status == "unknown"
    desk.bank.trouble = ""
    page = text(desk())
    assert "sans réponse pour l’instant" in page
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    desk("give-back/", post={"sure": "1", "token": token})
    assert given(desk) == [10_000]
    assert AskedRefund.objects.get().status == "done"


def test_a_lost_answer_is_asked_again_by_the_job(desk):
    """Unanswered is unknown: it is asked again under its key, and gives back once."""
    press = sure(desk)
    desk.bank.trouble = "lost"
    desk("give-back/", post=press)
    assert refunds.ask_left() == 0  # only just asked
    AskedRefund.objects.update(made_at=Now() - timedelta(minutes=5))
    assert refunds.ask_left() == 0
    desk.bank.trouble = ""
    assert refunds.ask_left() == 1
    assert refunds.ask_left() == 0
    assert given(desk) == [10_000]


def test_what_is_asked_and_not_answered_is_not_offered_again(desk):
    whole = f"{desk.charge.amount_minor / 100:.2f}"
    press = sure(desk, whole)
    desk.bank.trouble = "lost"
    desk("give-back/", post=press)
    desk.bank.trouble = ""
    assert desk("give-back/").status_code == 302


@pytest.mark.parametrize("amount", ["", "0", "abc", "-5", "999999999"])
def test_an_amount_that_cannot_be_is_refused_on_the_form(desk, amount):
    page = text(desk("give-back/", post={"amount": amount, "reason": "duplicate"}))
    assert "field--error" in page
    assert not AskedRefund.objects.exists()


def test_a_refusal_is_said_in_a_clear_sentence(desk):
    press = sure(desk)
    desk.bank.give_back(
        desk.charge.id, account="", amount_minor=desk.charge.amount_minor, reason="", key="other"
    )
    AskedRefund.objects.create(
        key="till-" + press["token"],
        charge=desk.charge.id,
        amount_minor=10_000,
        by=officer("see_all_payments", "give_back_payments"),
    )
    page = text(desk("give-back/", post=press, follow=True))
    assert "Tout ce paiement est déjà rendu" in page


def test_what_was_passed_on_is_not_given_back_by_the_seller(sold, visit):  # noqa: F811
    page = visit(WEAVER, f"fadma-ait-baha/{sold.part.id}/give-back/")
    assert page.status_code == 302
    assert "Rendre de l’argent" not in text(visit(WEAVER, f"fadma-ait-baha/{sold.part.id}/"))


def test_a_token_of_another_payment_opens_nothing(desk):
    press = sure(desk)
    other = desk.bank.put(5_000)
    AskedRefund.objects.create(
        key="till-" + press["token"],
        charge=other.id,
        amount_minor=100,
        by=officer("see_all_payments", "give_back_payments"),
    )
    assert desk("give-back/", post=press).status_code == 404
    assert desk.bank.returned == {}
