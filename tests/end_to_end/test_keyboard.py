"""The whole purchase with the keyboard alone, and with the place where one is always in sight."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.cast import POTTER
from tests.end_to_end.installation import Running
from tests.end_to_end.people import CARD_WITH_CHALLENGE, CODE_OF_THE_BANK, visitor
from tests.end_to_end.processes import charged, status, until
from tests.end_to_end.shopper import Shopper

MOST_TABS = 150
IS_HERE = "element => element === document.activeElement"
# A card shows the focus of its link around all of itself, by the link's own pseudo-element.
IS_SEEN = """element => [null, "::after"].some(part => {
    const style = getComputedStyle(element, part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
})"""


def go_to(page: Page, target: Locator, *, key: str = "Tab") -> None:
    """Press Tab until `target` has the focus, and see that the focus shows."""
    target = target.first
    target.wait_for()
    for _ in range(MOST_TABS):
        if target.evaluate(IS_HERE):
            assert target.evaluate(IS_SEEN), f"the focus does not show on {target}"
            return
        page.keyboard.press(key)
    raise AssertionError(f"{MOST_TABS} times {key} did not lead to {target}")


def press(page: Page, target: str, key: str = "Enter") -> None:
    """Go to a link or a button and press it."""
    go_to(page, page.locator(target))
    page.keyboard.press(key)


def write(page: Page, name: str, text: str) -> None:
    """Go to a field and write into it."""
    go_to(page, page.locator(f"[name={name}]"))
    page.keyboard.type(text)


def buy(page: Page, language: str) -> None:
    """From the workshop's page to the review."""
    page.goto(f"/{language}/artisans/{POTTER.artisan}/")
    press(page, ".skip")
    press(page, "a.product-card__link")
    page.wait_for_url(re.compile("/products/"))
    press(page, "form.buy button[type=submit]", "Space")
    press(page, "#buy-answer a")
    page.wait_for_url(re.compile("/cart/"))
    press(page, "aside.summary a.button")
    page.wait_for_url(re.compile("/checkout/$"))
    write(page, "name", "Claire Martin")
    write(page, "phone", "06 12 34 56 78")
    write(page, "commune", "Safi")
    write(page, "quarter", "Rue des Potiers, 4")
    go_to(page, page.locator("[name=phone]"), key="Shift+Tab")
    press(page, "form.form button[type=submit]")
    page.wait_for_url(re.compile("/review"))
    press(page, "aside.summary form button[type=submit]")


@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("ar", 360)])
def test_a_purchase_needs_no_pointer(
    maalem: Running, chromium: Browser, *, language: str, width: int
):
    """P69."""
    page = visitor(chromium, maalem, width=width).new_page()
    claire = Shopper(maalem, page, language)
    buy(page, language)
    claire.arrives_at_payment()
    write(page, "number", CARD_WITH_CHALLENGE)
    write(page, "exp", "1234")
    write(page, "cvc", "123")
    write(page, "holder", "CLAIRE MARTIN")
    press(page, "form[data-once] button", "Space")
    page.wait_for_url(re.compile("/hosted/3ds/"))
    write(page, "secret", CODE_OF_THE_BANK)
    press(page, "button[value=confirm]")
    page.wait_for_url(re.compile("/orders/"))
    until(lambda: status(maalem, claire.number) == "paid", what="it is paid")
    assert charged(maalem, claire.number) == 1
    claire.leave()
