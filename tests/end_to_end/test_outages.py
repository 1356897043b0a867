"""Processes killed in the middle of a purchase: a sentence, a next step, and it ends well."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from maalem.cli import databases
from tests.end_to_end.installation import Running
from tests.end_to_end.processes import (
    charged,
    children,
    is_there,
    is_whole,
    must_be_paid_once,
    pid_of,
    rows,
    strike,
    until,
    unwatched,
)
from tests.end_to_end.shopper import Shopper, shopper

NO_ANSWER = "Le service de paiement ne répond pas pour le moment. Votre commande est gardée"
ASKING = "Nous demandons à l’établissement de paiement où en est votre paiement."
BOOKS_AWAY = "La boutique n’atteint pas ses registres pour l’instant."


pytestmark = pytest.mark.usefixtures("the_books_are_right")


@pytest.fixture
def claire(maalem: Running, chromium: Browser) -> Iterator[Shopper]:
    """A buyer with a browser of her own; when she leaves, everything runs again."""
    one = shopper(chromium, maalem)
    yield one
    one.leave()
    until(lambda: is_whole(maalem), what="everything runs again")


def refused_deliveries(maalem: Running, number: str) -> int:
    """How often a webhook about the order found nobody."""
    query = """
        SELECT count(*) FROM delivery_log d JOIN events e ON e.id = d.event_id
        WHERE d.error IS NOT NULL AND e.object_id IN (
            SELECT id FROM payment_intents WHERE transfer_group = %s
            UNION SELECT id FROM checkout_sessions WHERE client_reference_id = %s)
    """
    return int(rows(maalem, databases.PAYMENTS, query, number, number)[0][0])


def test_an_order_waits_while_the_payment_service_is_away(maalem: Running, claire: Shopper):
    claire.come_to_review()
    with unwatched(maalem):
        strike(maalem, "payments")
        claire.order()
        claire.reads(NO_ANSWER)
    claire.page.locator("form button.button--wide").click()
    claire.arrives_at_payment()
    claire.pay()
    claire.sees_it_paid()
    must_be_paid_once(maalem, claire.number)


def test_who_comes_back_before_anybody_can_say_is_told_to_wait(maalem: Running, claire: Shopper):
    claire.come_to_pay()
    claire.come_to_challenge()
    with unwatched(maalem):
        strike(maalem, "payments-jobs")
        back = claire.answers_and_is_gone()
        assert charged(maalem, claire.number) == 1
        strike(maalem, "payments")
        claire.opens(back)
        claire.reads(ASKING)
        claire.reads(claire.number)
    claire.sees_it_paid()
    must_be_paid_once(maalem, claire.number)


def test_a_webhook_that_found_the_shop_away_is_sent_again(maalem: Running, claire: Shopper):
    claire.come_to_pay()
    claire.come_to_challenge()
    with unwatched(maalem):
        strike(maalem, "shop")
        claire.answers_and_is_gone()
        until(lambda: refused_deliveries(maalem, claire.number), what="the webhook was refused")
    must_be_paid_once(maalem, claire.number)


def test_a_database_killed_before_the_order_loses_nothing(maalem: Running, claire: Shopper):
    claire.come_to_review()
    with unwatched(maalem):
        strike(maalem, "postgres")
        claire.order()
        claire.reads(BOOKS_AWAY)
    claire.opens("/fr/checkout/review/")
    claire.order()
    claire.arrives_at_payment()
    claire.pay()
    claire.sees_it_paid()
    must_be_paid_once(maalem, claire.number)


def test_a_database_killed_while_she_pays_charges_once(maalem: Running, claire: Shopper):
    claire.come_to_pay()
    claire.type_card()
    with unwatched(maalem):
        strike(maalem, "postgres")
        claire.page.locator("[name=holder]").press("Enter")
        claire.reads_at_payment("trouble")
        assert claire.page.locator("main a.button").count() == 1
    claire.page.locator("main a.button").click()
    claire.pay()
    claire.sees_it_paid()
    must_be_paid_once(maalem, claire.number)


@pytest.mark.parametrize("name", ["payments", "shop", "postgres"])
def test_a_killed_process_comes_back_and_leaves_nothing_behind(
    maalem: Running, claire: Shopper, name: str
):
    left = children(pid_of(maalem, name))
    strike(maalem, name, alone=True)
    until(lambda: not any(is_there(pid) for pid in left), what="its children are gone")
    until(lambda: is_whole(maalem), what="everything runs again")
    claire.come_to_pay()
    claire.pay()
    claire.sees_it_paid()
    must_be_paid_once(maalem, claire.number)
