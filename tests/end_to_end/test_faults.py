"""What goes wrong while somebody pays: she reads a sentence, finds a next step, pays once."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.installation import Running
from tests.end_to_end.processes import charged, must_be_paid_once, shell, status, until
from tests.end_to_end.shopper import Shopper, piece, shopper

SUBMIT = "form => setTimeout(() => form.requestSubmit(), 50)"
BEND = """(form, [name, value]) => {
    for (const old of form.querySelectorAll(`[name=${name}]`)) old.remove();
    const field = document.createElement("input");
    Object.assign(field, {type: "hidden", name, value});
    form.append(field);
    form.requestSubmit();
}"""
WITHDRAW = """
from maalem.platform.market.catalog import models
from maalem.platform.market.catalog.actions import shelf
shelf.withdraw(models.Product.objects.get(slug="{slug}"), by="a test")
"""


pytestmark = pytest.mark.usefixtures("the_books_are_right")


@pytest.fixture
def claire(maalem: Running, chromium: Browser) -> Iterator[Shopper]:
    """A buyer with a browser of her own."""
    one = shopper(chromium, maalem)
    yield one
    one.leave()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_refused_card_is_explained_and_another_one_pays(
    maalem: Running, claire: Shopper, language: str
):
    claire.language = language
    claire.come_to_pay()
    for number, sentence in [
        ("4000000000000002", "decline.generic"),
        ("4000000000009995", "decline.insufficient_funds"),
        ("4000000000000069", "decline.expired_card"),
        ("4000000000000127", "decline.incorrect_cvc"),
    ]:
        claire.pay(number)
        claire.reads_at_payment(sentence)
        assert charged(maalem, claire.number) == 0
    claire.pay()
    claire.page.wait_for_url(re.compile("/orders/"))
    must_be_paid_once(maalem, claire.number)


def test_a_mistyped_card_is_explained_before_the_bank_is_asked(maalem: Running, claire: Shopper):
    claire.come_to_pay()
    for field, typed, sentence in [
        ("number", "1234567890123456", "error.number_wrong"),
        ("number", "", "error.number"),
        ("exp", "01 / 20", "error.exp_past"),
        ("cvc", "1", "error.cvc"),
    ]:
        claire.type_card()
        claire.page.locator(f"[name={field}]").fill(typed)
        claire.page.locator("[name=holder]").press("Enter")
        claire.reads_at_payment(sentence)
    assert charged(maalem, claire.number) == 0


def test_an_abandoned_challenge_leads_back_to_the_payment(maalem: Running, claire: Shopper):
    claire.come_to_pay()
    claire.come_to_challenge()
    claire.page.locator("button[value=leave]").click()
    claire.reads_at_payment("decline.authentication")
    assert charged(maalem, claire.number) == 0
    claire.pay()
    claire.sees_it_paid()
    must_be_paid_once(maalem, claire.number)


def test_who_turns_back_to_the_shop_finds_the_order_waiting(maalem: Running, claire: Shopper):
    claire.come_to_pay()
    claire.page.locator("p.foot a.quiet").click()
    claire.reads("Pas encore payée")
    claire.page.locator("form button.button--wide").click()
    claire.arrives_at_payment()
    claire.pay()
    claire.sees_it_paid()
    must_be_paid_once(maalem, claire.number)


@pytest.mark.parametrize("scripts", [True, False])
def test_pressing_pay_twice_pays_once(maalem: Running, chromium: Browser, scripts: bool):
    claire = shopper(chromium, maalem, scripts=scripts)
    claire.come_to_review(piece(maalem))
    claire.page.locator("aside.summary form button[type=submit]").dblclick()
    claire.arrives_at_payment()
    claire.type_card()
    claire.page.locator("form[data-once] button").dblclick()
    claire.page.wait_for_url(re.compile("/orders/|/pay/"))
    until(lambda: status(maalem, claire.number) == "paid", what="it is paid")
    claire.opens(claire.pay_page)
    claire.reads_at_payment("paid")
    must_be_paid_once(maalem, claire.number)
    claire.leave()


def test_two_tabs_pay_the_same_order_once(maalem: Running, claire: Shopper):
    claire.come_to_pay()
    other = Shopper(maalem, claire.page.context.new_page())
    other.opens(claire.pay_page)
    for tab, card in ((claire, "4242424242424242"), (other, "5555555555554444")):
        tab.type_card(card)
    for tab in (claire, other):
        tab.page.locator("form[data-once]").evaluate(SUBMIT)
    must_be_paid_once(maalem, claire.number)
    for tab in (claire, other):
        tab.opens(claire.pay_page)
        tab.reads_at_payment("paid")
        tab.page.locator("a.button").click()
        tab.sees_it_paid()
    assert charged(maalem, claire.number) == 1


def test_a_challenge_in_one_tab_and_a_payment_in_the_other_charge_once(
    maalem: Running, claire: Shopper
):
    claire.come_to_pay()
    other = Shopper(maalem, claire.page.context.new_page())
    other.opens(claire.pay_page)
    other.type_card()
    claire.come_to_challenge()
    other.page.locator("[name=holder]").press("Enter")
    other.sees_it_paid()
    claire.answer_challenge()
    claire.sees_it_paid()
    must_be_paid_once(maalem, claire.number)


def test_the_webhook_alone_completes_when_the_browser_is_gone(maalem: Running, claire: Shopper):
    claire.come_to_pay()
    claire.come_to_challenge()
    claire.answers_and_is_gone()
    claire.page.close()
    must_be_paid_once(maalem, claire.number)


def test_the_back_button_after_paying_shows_that_it_is_paid(maalem: Running, claire: Shopper):
    claire.come_to_pay()
    claire.come_to_challenge()
    claire.answer_challenge()
    claire.sees_it_paid()
    claire.page.go_back()
    claire.sees_it_paid()
    claire.opens(claire.pay_page)
    claire.reads_at_payment("paid")
    expect(claire.page.locator("form[data-once]")).to_have_count(0)
    must_be_paid_once(maalem, claire.number)


def test_a_challenge_left_in_the_browser_can_be_taken_up_again(maalem: Running, claire: Shopper):
    claire.come_to_pay()
    claire.come_to_challenge()
    claire.opens(claire.pay_page)
    claire.page.wait_for_url(re.compile("/hosted/3ds/"))
    claire.answer_challenge()
    claire.sees_it_paid()
    must_be_paid_once(maalem, claire.number)


def test_one_piece_wanted_by_two_is_sold_to_one(
    maalem: Running, chromium: Browser, claire: Shopper
):
    slug = piece(maalem, "unique")
    other = shopper(chromium, maalem)
    for one in (claire, other):
        one.come_to_review(slug)
    for one in (claire, other):
        one.page.locator("aside.summary form").evaluate(SUBMIT)
    for one in (claire, other):
        one.page.wait_for_url(re.compile(re.escape(maalem.payments) + "|/cart/"))
    first, second = sorted((claire, other), key=lambda one: "/cart/" in one.page.url)
    second.reads("Cette pièce est vendue, ou quelqu’un est en train de la payer.")
    first.arrives_at_payment()
    first.pay()
    first.sees_it_paid()
    must_be_paid_once(maalem, first.number)
    second.opens(f"/fr/products/{slug}/")
    second.reads("Cette pièce est vendue.")
    other.leave()


def test_a_bent_form_of_a_product_puts_nothing_in_the_cart(maalem: Running, claire: Shopper):
    slug = piece(maalem)
    unknown = "Nous n’avons pas trouvé cette pièce. Choisissez-la à nouveau depuis sa page."
    for field, value in [
        ("variant", "999999999"),
        ("variant", "1; DROP TABLE orders"),
        ("quantity", "9999"),
        ("quantity", "-1"),
    ]:
        claire.opens(f"/fr/products/{slug}/")
        claire.page.locator("form.buy").evaluate(BEND, [field, value])
        claire.reads(unknown)
        claire.opens("/fr/cart/")
        claire.reads("Il est encore vide.")


def test_a_bent_review_orders_nothing(maalem: Running, claire: Shopper):
    claire.come_to_review()
    total = claire.page.locator(".summary__total dd").inner_text()
    shown = str(claire.page.locator("input[name=shown]").get_attribute("value"))
    for bent in ("1", "x" + shown, shown[:-1]):
        claire.page.locator("aside.summary form").evaluate(BEND, ["shown", bent])
        claire.reads("Quelque chose a changé depuis votre lecture. Rien n’a été commandé")
        assert claire.page.locator(".summary__total dd").inner_text() == total
    claire.order()
    claire.arrives_at_payment()
    figure = total.split("\xa0")[0]
    assert figure in claire.page.locator(".total").inner_text()


def test_a_piece_withdrawn_meanwhile_is_not_sold(maalem: Running, claire: Shopper):
    slug = piece(maalem, "stock")
    claire.come_to_review(slug)
    shell(maalem, WITHDRAW.format(slug=slug))
    claire.order()
    claire.page.wait_for_url(re.compile("/cart/"))
    claire.reads("Une chose dans votre panier n’est plus disponible.")
    claire.reads("L’atelier ne vend plus cette pièce. Retirez-la pour continuer.")
    claire.page.locator("form[action*=remove] button").click()
    claire.reads("Il est encore vide.")
