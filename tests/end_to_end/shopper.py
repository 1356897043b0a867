"""Somebody who buys one piece in few steps, to come quickly to where things go wrong."""

import re
from dataclasses import dataclass

from playwright.sync_api import Browser, Error, Page, Route, expect

from maalem.cli import databases
from maalem.payments.hosted.texts import TEXTS
from tests.end_to_end.installation import Running
from tests.end_to_end.people import (
    CARD_WITH_CHALLENGE,
    CODE_OF_THE_BANK,
    add_to_cart,
    see_cart,
    visitor,
)
from tests.end_to_end.processes import rows

GOOD_CARD = "4242424242424242"
PAID = {"fr": "Merci, c’est à vous", "ar": "شكرا، صار لك"}
_PIECES = """
    SELECT p.slug FROM catalog_product p
    JOIN catalog_variant v ON v.product_id = p.id
    JOIN artisans_artisan a ON a.id = p.artisan_id
    WHERE p.supply = %s AND p.status = 'published' AND a.payments_account <> ''
    GROUP BY p.slug, p.id HAVING min(v.on_hand - v.reserved) > 0 OR p.supply = 'made_to_order'
    ORDER BY p.id
"""


def piece(maalem: Running, supply: str = "made_to_order") -> str:
    """The slug of a piece of this kind that can be bought just now."""
    return str(rows(maalem, databases.PLATFORM, _PIECES, supply)[0][0])


@dataclass
class Shopper:
    """One page of her own browser, one language, and her order's number once she has one."""

    maalem: Running
    page: Page
    language: str = "fr"
    number: str = ""
    pay_page: str = ""

    def fill_cart(self, slug: str) -> None:
        """One piece into the cart."""
        self.page.goto(f"/{self.language}/products/{slug}/")
        add_to_cart(self.page)
        see_cart(self.page)

    def come_to_review(self, slug: str = "") -> None:
        """The piece, the address, and the page with the button that orders."""
        self.fill_cart(slug or piece(self.maalem))
        self.page.goto(f"/{self.language}/checkout/")
        self.page.locator("[name=name]").fill("Claire Martin")
        self.page.locator("[name=phone]").fill("06 12 34 56 78")
        self.page.locator("[name=commune]").fill("Safi")
        self.page.locator("[name=quarter]").fill("Rue des Potiers, 4")
        self.page.locator("form.form button[type=submit]").click()
        self.page.wait_for_url(re.compile("/review"))

    def order(self) -> None:
        """Presses the button of the review."""
        self.page.locator("aside.summary form button[type=submit]").click()

    def come_to_pay(self, slug: str = "") -> "Shopper":
        """All the way to the payment institution's page."""
        self.come_to_review(slug)
        self.order()
        self.arrives_at_payment()
        return self

    def arrives_at_payment(self) -> None:
        """She is on the payment page; her order's number is known from now on."""
        self.page.wait_for_url(re.compile(re.escape(self.maalem.payments) + "/pay/"))
        self.pay_page = self.page.url
        session = self.pay_page.split("?")[0].rsplit("/", 1)[1]
        query = "SELECT client_reference_id FROM checkout_sessions WHERE id = %s"
        self.number = str(rows(self.maalem, databases.PAYMENTS, query, session)[0][0])

    def opens(self, address: str) -> None:
        """Types an address herself, until what the page was still about to do lets her."""
        while True:
            try:
                self.page.goto(address)
            except Error as trouble:
                if "interrupted by another navigation" not in str(trouble):
                    raise
                self.page.wait_for_load_state()
            else:
                return

    def type_card(self, number: str = GOOD_CARD) -> None:
        """Everything the card form asks for."""
        self.page.locator("[name=number]").fill(number)
        self.page.locator("[name=exp]").fill("12 / 34")
        self.page.locator("[name=cvc]").fill("123")
        self.page.locator("[name=holder]").fill("CLAIRE MARTIN")

    def pay(self, number: str = GOOD_CARD) -> None:
        """Types a card and presses Enter."""
        self.type_card(number)
        self.page.locator("[name=holder]").press("Enter")

    def come_to_challenge(self) -> None:
        """Pays with a card whose bank asks her."""
        self.pay(CARD_WITH_CHALLENGE)
        self.page.wait_for_url(re.compile("/hosted/3ds/"))

    def answer_challenge(self) -> None:
        """Types her bank's code."""
        self.page.locator("[name=secret]").fill(CODE_OF_THE_BANK)
        self.page.locator("[name=secret]").press("Enter")

    def reads(self, sentence: str) -> None:
        """The page says this, in her language."""
        expect(self.page.locator("main")).to_contain_text(sentence)
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)

    def reads_at_payment(self, key: str) -> None:
        """The payment page says the sentence `key` of its texts."""
        self.reads(TEXTS[self.language][key])

    def sees_it_paid(self) -> None:
        """Her order's page, paid."""
        self.page.wait_for_url(re.compile("/orders/"))
        self.reads(PAID[self.language])

    def answers_and_is_gone(self) -> str:
        """Answers the challenge and breaks off; returns where she would have come back to."""
        sent_to: list[str] = []

        def stop(route: Route) -> None:
            answer = route.fetch(max_redirects=0)
            sent_to.append(answer.headers.get("location", ""))
            route.abort()

        self.page.route(re.compile("/hosted/3ds/"), stop)
        with self.page.expect_event("requestfailed"):
            self.answer_challenge()
        assert "/return/" in sent_to[0], sent_to
        return sent_to[0]

    def leave(self) -> None:
        """Closes the browser."""
        self.page.context.close()


def shopper(browser: Browser, maalem: Running, *, scripts: bool = True) -> Shopper:
    """A new one, on a small screen."""
    return Shopper(maalem, visitor(browser, maalem, width=360, scripts=scripts).new_page())
