"""The till, lived through: a sale that is given back, a dispute that is won, every page of it."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from maalem.cli import databases
from tests.cast import OFFICER, WEAVER, Member
from tests.end_to_end.installation import Running
from tests.end_to_end.people import Artisan, must_be_accessible, must_fit, visitor
from tests.end_to_end.processes import appoint, rows, status, until
from tests.end_to_end.shopper import shopper

NOT_RECEIVED = "4000000000002685"
RIGHTS = [
    *("see_all_payments", "give_back_payments", "answer_disputes", "run_programs"),
    *("judge_reviews", "watch_bank", "write_rules", "pay_out"),
]
# A picture of one point: what a telephone's photo is to the bank.
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@pytest.fixture(scope="module", autouse=True)
def appointed(maalem: Running, the_books_are_right: None) -> None:
    """Youssef is an officer at the till."""
    appoint(maalem, OFFICER, RIGHTS)


@dataclass
class Officer:
    """Somebody of the staff at the platform's till, signed in by telephone."""

    page: Page
    language: str
    who: Member = OFFICER

    def sign_in(self) -> None:
        """Number, code, in."""
        self.page.goto(f"/{self.language}/payments/")
        self.page.locator("[name=login]").fill("0" + self.who.phone.removeprefix("+212"))
        self.page.locator("form.form button[type=submit]").click()
        self.page.locator("[name=code]").wait_for()
        self.page.locator("[name=code]").fill(Artisan(self.page, self.who, self.language)._code())
        self.page.locator("form.form button[type=submit]").first.click()
        self.page.wait_for_url(re.compile("/payments/platform/"))

    def look(self) -> None:
        """What every page of the till must keep."""
        direction = "rtl" if self.language == "ar" else "ltr"
        expect(self.page.locator("html")).to_have_attribute("dir", direction)
        must_fit(self.page)
        must_be_accessible(self.page)

    def go(self, path: str) -> None:
        """To a page of the platform's till."""
        self.page.goto(f"/{self.language}/payments/platform/{path}")
        self.look()

    def find(self, words: str) -> None:
        """A payment by what is in the hand, and its page."""
        self.go("")
        self.page.locator("[name=q]").last.fill(words)
        self.page.locator(".till__ask button").click()
        self.page.locator("#results .pay a").first.click()
        self.page.wait_for_url(re.compile("/ch_"))
        self.look()


def officer(
    browser: Browser, maalem: Running, *, language: str, width: int, who: Member = OFFICER
) -> Officer:
    found = Officer(visitor(browser, maalem, width=width).new_page(), language, who)
    found.sign_in()
    return found


def sold(browser: Browser, maalem: Running, card: str = "4242424242424242") -> str:
    """A piece is bought and paid; the order's number."""
    claire = shopper(browser, maalem)
    claire.come_to_pay()
    claire.pay(card)
    claire.sees_it_paid()
    number = claire.number
    claire.leave()
    return number


def test_a_sale_is_found_at_the_till_and_given_back(maalem: Running, chromium: Browser):
    number = sold(chromium, maalem)
    youssef = officer(chromium, maalem, language="ar", width=360)
    youssef.find(number)
    page = youssef.page
    page.locator("a[href$='/give-back/']").click()
    page.wait_for_url(re.compile("/give-back/$"))
    youssef.look()
    page.locator("form.form button[type=submit]").click()
    page.locator("button[name=sure]").wait_for()
    youssef.look()
    page.locator("button[name=sure]").click()
    expect(page.locator(".way__step--refunded")).to_be_visible()
    youssef.look()
    until(lambda: status(maalem, number) == "refunded", what="the order knows of it")
    asked = "SELECT count(*) FROM orders_alert WHERE kind = 'refunded_elsewhere'"
    assert rows(maalem, databases.PLATFORM, asked) == [(0,)]
    page.context.close()


def test_a_dispute_is_answered_and_won(maalem: Running, chromium: Browser):
    number = sold(chromium, maalem, NOT_RECEIVED)
    youssef = officer(chromium, maalem, language="ar", width=360)
    page = youssef.page

    def waits() -> bool:
        page.goto("/ar/payments/platform/disputes/")
        return page.locator(".pays a").count() > 0

    until(waits, what="the network tells of the dispute")
    youssef.look()
    page.locator(".pays a").first.click()
    page.wait_for_url(re.compile(r"/disputes/d[pu]_\w+/"))
    youssef.look()
    # What the shop knows is there already.
    expect(page.locator("[name=product_description]")).to_have_value(re.compile(number))
    page.locator("[name=uncategorized_text]").fill("winning_evidence")
    photo = {"name": "وصل.png", "mimeType": "image/png", "buffer": PHOTO}
    page.locator("[name=shipping_documentation]").set_input_files(photo)
    page.locator("form.form button:not([name])").first.click()
    expect(page.locator(".paper")).to_have_count(1)
    youssef.look()
    page.locator("button[name=go_on]").click()
    page.wait_for_url(re.compile("/hand-in/"))
    youssef.look()
    expect(page.locator(".said-list")).to_contain_text("winning_evidence")
    page.locator("form.form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/disputes/d[pu]_\w+/$"))

    def won() -> bool:
        page.reload()
        return page.locator(".state--paid").count() > 0

    until(won, what="the bank believes us")
    youssef.look()
    youssef.find(number)
    expect(page.locator(".way__step--dispute_won")).to_be_visible()
    expect(page.locator(".way__step--answered")).to_contain_text(OFFICER.name)
    page.context.close()


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("fr", 1280)])
def test_every_page_of_the_till_is_accessible_and_fits(
    maalem: Running, chromium: Browser, *, language: str, width: int
):
    youssef = officer(chromium, maalem, language=language, width=width)
    paths = ("", "money/?by=week", "disputes/", "reviews/", "programs/", "programs/keys/")
    for path in (*paths, "rules/", "rules/new/", "rules/lists/new/"):
        youssef.go(path)
    youssef.go("bank/")
    youssef.go("bank/files/")
    youssef.go("programs/addresses/")
    youssef.page.locator("[name=url]").fill("http://127.0.0.1:9/hook")
    youssef.page.locator("form.form button[type=submit]").click()
    youssef.page.locator("main a.button").last.wait_for()
    youssef.look()
    youssef.page.locator("main a.button").last.click()
    youssef.page.wait_for_url(re.compile("/programs/we_"))
    youssef.look()
    youssef.page.goto(f"/{language}/payments/accounts/?q=Fadma")
    youssef.look()
    youssef.page.context.close()
    fadma = Artisan(visitor(chromium, maalem, width=width).new_page(), WEAVER, language)
    fadma.sign_in(maalem)
    for path in ("", "money/", "money/bank/", "disputes/", "programs/", "programs/keys/"):
        fadma.page.goto(f"/{language}/payments/{WEAVER.artisan}/{path}")
        must_fit(fadma.page)
        must_be_accessible(fadma.page)
    fadma.page.context.close()
