"""What was left in the middle is finished: by asking, under the same key, exactly once."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from maalem.platform.ground.gateway.errors import Unknown
from maalem.platform.market.orders import jobs
from maalem.platform.market.orders.actions import attempts, finish
from maalem.platform.market.orders.models import (
    Alert,
    OrderGroup,
    Payment,
    PaymentAttempt,
    Refund,
)
from maalem.platform.market.orders.tests.bending import bend


def overdue(group, **ago):
    at = Now() - timedelta(**ago) if ago else Now()
    OrderGroup.objects.filter(pk=group.pk).update(expires_at=at)


def waited(attempt):
    """Nobody has asked about the page for a while."""
    PaymentAttempt.objects.filter(pk=attempt.pk).update(asked_at=Now() - timedelta(minutes=5))


def make_old(attempt):
    bend(attempt, made_at=Now() - timedelta(hours=1))


def test_a_page_paid_without_a_word_is_found_by_asking(world):
    """P17: paid there, and we died before we wrote it down: found by the next turns and completed.

    Patience with a page, patience between two questions and the minute between two turns add up
    to the longest that it can take.
    """
    group, attempt = world.opened()
    world.bank.pay(attempt.session)
    make_old(attempt)
    waited(attempt)
    assert finish.ask_again() == 1
    group.refresh_from_db()
    assert group.status == "paid"
    assert {order.status for order in group.orders.all()} == {"to_prepare"}
    assert Payment.objects.get(group=group).amount_minor == group.total_minor
    ((minute, _),) = turns("ask_again")
    assert minute == "* * * * *"
    assert 2 * jobs.PATIENCE + timedelta(minutes=2) < timedelta(minutes=15)


def turns(name):
    """The cron of a job and what else was said about it, as the worker has it."""
    registry = app.periodic_registry.periodic_tasks.values()
    return [(one.cron, one.task.name) for one in registry if one.task.func.__name__ == name]


def test_nobody_is_asked_before_patience_is_over(world):
    world.opened()
    asked = len(world.bank.asked)
    finish.ask_again()
    assert len(world.bank.asked) == asked


def test_an_overdue_group_closes_its_page_before_its_pieces_are_free(world):
    group, attempt = world.opened()
    overdue(group)
    assert finish.end_overdue() == 1
    assert finish.end_overdue() == 0
    assert world.bank.sessions[attempt.session].status == "expired"
    attempt.refresh_from_db()
    group.refresh_from_db()
    world.carpet.refresh_from_db()
    assert (attempt.status, group.status, world.carpet.reserved) == ("expired", "expired", 0)


def test_an_overdue_group_that_was_paid_is_completed_instead(world):
    group, attempt = world.opened()
    world.bank.pay(attempt.session)
    overdue(group)
    assert finish.end_overdue() == 0
    group.refresh_from_db()
    assert group.status == "paid"


def test_an_overdue_group_waits_while_nobody_can_say_whether_it_was_paid(world):
    group, _ = world.opened()
    overdue(group)
    world.bank.trouble = "down"
    assert finish.end_overdue() == 0
    group.refresh_from_db()
    assert group.status == "pending_payment"


def test_the_wait_for_an_answer_has_an_end_and_a_late_payment_still_counts(world):
    group, attempt = world.opened()
    world.bank.pay(attempt.session)
    overdue(group, hours=3)
    world.bank.trouble = "down"
    assert finish.end_overdue() == 1
    assert Alert.objects.filter(kind="page_unanswered", group=group).exists()
    world.bank.trouble = ""
    make_old(attempt)
    waited(attempt)
    finish.ask_again()
    group.refresh_from_db()
    assert group.status == "paid"


def test_an_overdue_group_whose_page_was_never_answered_closes_it_under_its_key(world):
    group = world.placed()
    world.bank.trouble = "silent"
    with pytest.raises(Unknown):
        attempts.payment_page(group.number)
    world.bank.trouble = ""
    overdue(group)
    assert finish.end_overdue() == 1
    (session,) = world.bank.sessions.values()
    assert session.status == "expired"


def test_opening_a_page_holds_the_pieces_until_it_is_over(world):
    group, attempt = world.opened()
    group.refresh_from_db()
    assert group.expires_at >= attempt.closes_at + attempts.GRACE


def test_a_page_that_is_nearly_over_is_replaced(world):
    group, attempt = world.opened()
    bend(attempt, closes_at=Now())
    attempts.payment_page(group.number)
    assert world.bank.sessions[attempt.session].status == "expired"
    assert [one.status for one in group.attempts.all()] == ["expired", "open"]


def test_one_that_breaks_does_not_keep_the_others_waiting(world, monkeypatch):
    one = world.placed(world.cart(tagine=1))
    two = world.placed(world.cart(tagine=1))
    for group in (one, two):
        overdue(group)
    end = finish._end

    def breaks(group):
        if group.pk == one.pk:
            raise RuntimeError("no")
        return end(group)

    monkeypatch.setattr(finish, "_end", breaks)
    assert finish.end_overdue() == 1


def test_a_payment_that_the_institution_knows_nothing_of_is_put_before_a_person(world):
    """P17: looked for every night; an alarm, and nothing is mended in silence."""
    group = world.paid()
    world.paid(world.cart(tagine=1))
    day = timedelta(days=1)
    assert finish.check_paid(since=day) == 0
    world.bank.trouble = "down"
    assert finish.check_paid(since=day) == 0
    world.bank.trouble = ""
    del world.bank.intents[group.payments.get().intent]
    assert finish.check_paid(since=day) == 1
    assert Alert.objects.get(kind="paid_without_trace").group == group
    group.refresh_from_db()
    assert group.status == "paid", "nothing is mended in silence"
    assert Payment.objects.filter(group=group, verdict="accepted").count() == 1
    assert Refund.objects.count() == 0
    ((night, _),) = turns("check_paid")
    assert night == "47 4 * * *"
    assert timedelta(days=1) < jobs.CHECKED_AGAIN, "no payment falls between two nights"
