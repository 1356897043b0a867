"""A buyer in Boston sees what a piece costs to her door, pays, and reads the same in her order."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.installation import Running
from tests.end_to_end.people import add_to_cart, must_be_accessible, must_fit, see_cart, visitor
from tests.end_to_end.shopper import Shopper, piece

BOSTON = {
    "name": "Claire Martin",
    "phone": "+1 617 555 0123",
    "email": "claire@example.org",
    "line1": "1 Beacon Street",
    "city": "Boston",
    "postcode": "02108",
}
SIDES = [("fr", 360), ("ar", 360), ("fr", 1280), ("ar", 1280)]


def look(page: Page) -> None:
    must_fit(page)
    must_be_accessible(page)


def centimes(page: Page, which: str) -> int:
    """An amount as the page writes it: 6 200,00 or 6,200 or 938,88."""
    text = re.sub(r"[^\d.,]", "", page.locator(which).inner_text())
    whole, cents = re.fullmatch(r"([\d.,]*?)(?:[.,](\d\d))?", text).groups()
    return int(re.sub(r"\D", "", whole)) * 100 + int(cents or 0)


@pytest.mark.parametrize(("language", "width"), SIDES)
def test_a_piece_is_bought_for_boston_with_its_duties_shown(
    maalem: Running, chromium: Browser, *, language: str, width: int
):
    page = visitor(chromium, maalem, width=width).new_page()
    claire = Shopper(maalem, page, language)
    page.goto(f"/{language}/products/{piece(maalem)}/")
    page.locator("a[href$='/delivered/']").click()
    page.wait_for_url(re.compile("/delivered/$"))
    look(page)
    page.locator("[name=to]").select_option("US")
    page.locator(".door button").click()
    page.wait_for_url(re.compile("to=US"))
    look(page)
    before = centimes(page, ".border .border__total .line__total")

    page.locator(".checkout > p a").first.click()
    add_to_cart(page)
    see_cart(page)
    page.goto(f"/{language}/checkout/?to=abroad")
    for name, text in BOSTON.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=country]").select_option("US")
    page.locator("form.form button[type=submit]").click()
    page.wait_for_url(re.compile("/review"))
    look(page)
    # A tenth of the goods, nothing for the tax, and the sum is what was said at the piece.
    goods = centimes(page, ".parcel__lines >> nth=0 >> .line__total >> nth=0")
    assert centimes(page, ".border .line__total >> nth=0") == goods // 10
    assert centimes(page, ".summary__landed dd") == before
    told = page.locator(".border").all_inner_texts()

    claire.order()
    claire.arrives_at_payment()
    claire.pay()
    claire.sees_it_paid()
    look(page)
    assert page.locator(".border").all_inner_texts() == told
    expect(page.locator(".summary__total dd")).not_to_contain_text(str(before))
    page.context.close()
