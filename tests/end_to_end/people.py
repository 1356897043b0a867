"""What each person does, through the pages and nothing else."""

import re
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.cast import Member
from tests.end_to_end.installation import Running

CARD_WITH_CHALLENGE = "4000002500003155"
CODE_OF_THE_BANK = "123456"
# A press may wait for the network of the card and a loaded machine; a look waits as long.
PATIENCE_MS = 20_000
WALLET_PHONE, WALLET_PIN = "0661000777", "1234"


def visitor(
    browser: Browser,
    maalem: Running,
    *,
    width: int,
    scripts: bool = True,
    state: StorageState | None = None,
) -> BrowserContext:
    """A browser of her own, a screen of `width` pixels; no cookie, but what `state` brings."""
    height = {360: 740, 1280: 800}[width]
    context = browser.new_context(
        base_url=maalem.shop,
        viewport={"width": width, "height": height},
        java_script_enabled=scripts,
        locale="fr-FR",
        storage_state=state,
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


# All that a rule of axe can see of a page but the words themselves: elements with their classes,
# roles, states and whether they say something. Siblings of one shape count once.
_SHAPE = """
() => {
  const states = /^(class|role|type|lang|dir|scope|tabindex|hidden|open|disabled|aria-\\w+)$/;
  const names = /^aria-(label|labelledby|describedby|controls|activedescendant)$/;
  const told = (one) => states.test(one.name) && !names.test(one.name)
    ? one.name + "=" + one.value : one.name + (one.value.trim() ? "+" : "-");
  const shape = (of) => {
    const said = [...of.attributes].map(told);
    const speaks = [...of.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    const children = [...new Set([...of.children].map(shape))];
    return [of.localName, said.sort(), speaks, of.checked === true, children].join("|");
  };
  return innerWidth + shape(document.documentElement);
}
"""
_asked: set[int] = set()


def must_be_accessible(page: Page) -> None:
    """axe finds nothing to say about the page as it stands.

    It is asked once about pages of one shape in one language and width: the cart of the next story
    has nothing new to say.
    """
    shape = hash(page.evaluate(_SHAPE))
    if shape in _asked:
        return
    # Every rule is asked; that each thing on the page is told of which fits takes half the time.
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    serious = [
        f"{one['id']}: {one['help']} ({[node['target'] for node in one['nodes']][:3]})"
        for one in found.response["violations"]
    ]
    assert serious == [], f"{page.url}\n" + "\n".join(serious)
    _asked.add(shape)


def must_fit(page: Page) -> None:
    """Nothing sticks out at the side of the screen."""
    # Asked of the element, which is waited for: between two pages there is none.
    wide = page.locator("html").evaluate("html => html.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"


def add_to_cart(page: Page) -> None:
    """Presses the button of a piece and sees that it worked: in place, or in the cart."""
    page.locator("form.buy button[type=submit]").click()
    page.locator("#buy-answer a, #cart-title").first.wait_for()


def see_cart(page: Page) -> None:
    """Goes to the cart, unless the shop has led there by itself for want of a script."""
    link = page.locator("#buy-answer a")
    if link.count():
        link.click()
    page.wait_for_url(re.compile("/cart/"))


# Numbers in groups, telephones, dates in digits, numbers of orders and accounts: wherever such a
# run stands on one line, its first sign is seen left of its last one, also among Arabic words.
_RUNS = """
() => {
  const wrong = [], runs = /[+]?\\d(?:[\\s.,:\\/-]?\\d)+|\\b[A-Z]{1,4}-[A-Z0-9-]*[A-Z0-9]/g;
  const place = (text, at) => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getClientRects()[0];
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode;
    for (const run of text.data.matchAll(runs)) {
      const first = place(text, run.index), last = place(text, run.index + run[0].length - 1);
      const seen = first && last && first.width && last.width;
      const on_a_line = seen && Math.abs(first.top - last.top) < 2;
      if (on_a_line && last.left < first.left) { wrong.push(run[0]); }
    }
  }
  return wrong;
}
"""


def must_read_right(page: Page) -> None:
    """No number is broken by the direction of the words around it."""
    broken = page.evaluate(_RUNS)
    assert broken == [], f"{page.url}: {broken}"


def look(page: Page) -> None:
    """What every page must keep, in either direction."""
    right_to_left = "/ar/" in page.url
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if right_to_left else "ltr")
    must_fit(page)
    must_read_right(page)
    must_be_accessible(page)


def signed_in(maalem: Running, browser: Browser, who: Member) -> StorageState:
    """Her cookies: she types her number and the code once for all stories of a file."""
    context = visitor(browser, maalem, width=360)
    Artisan(context.new_page(), who, "fr").sign_in(maalem)
    state = context.storage_state()
    context.close()
    return state


@dataclass
class Buyer:
    """Claire: one page, one language, and her order once she has one."""

    page: Page
    language: str
    axe: bool = True
    order: str = ""
    number: str = ""

    def look(self) -> None:
        """What every page of her way must keep."""
        right_to_left = self.language == "ar"
        expect(self.page.locator("html")).to_have_attribute(
            "dir", "rtl" if right_to_left else "ltr"
        )
        must_fit(self.page)
        if self.axe:
            must_read_right(self.page)
            must_be_accessible(self.page)

    def put_in_cart(self, artisan: str) -> str:
        """The first piece of a workshop that can be bought; returns its title."""
        self.page.goto(f"/{self.language}/artisans/{artisan}/")
        self.look()
        for link in self.page.locator(".product-card__link").all():
            self.page.goto(str(link.get_attribute("href")))
            if self.page.locator("form.buy").count():
                break
            self.page.go_back()
        self.look()
        title = self.page.locator("h1").inner_text()
        add_to_cart(self.page)
        if self.page.locator("#buy-answer a").count():
            self.look()
        see_cart(self.page)
        return title

    def say_where_to(self) -> None:
        """A telephone and an address without a postcode."""
        self.page.locator("aside.summary a.button").click()
        self.page.wait_for_url(re.compile("/checkout/"))
        self.look()
        assert self.page.locator("[name=postcode]").count() == 0
        self.page.locator("[name=name]").fill("Claire Martin")
        self.page.locator("[name=phone]").fill("06 12 34 56 78")
        self.page.locator("[name=commune]").fill("Safi")
        self.page.locator("[name=quarter]").fill("Douar Oulad Salem, la maison bleue")
        self.page.locator("[name=landmark]").fill("près de l’école")
        self.page.locator("form.form button[type=submit]").click()
        self.page.wait_for_url(re.compile("/review"))
        self.look()
        assert self.page.locator(".parcel").count() == 2

    def go_to_pay(self, payments: str) -> None:
        """To the payment institution's own page."""
        self.page.locator("aside.summary form button[type=submit]").click()
        self.page.wait_for_url(re.compile(re.escape(payments)))
        self.look()

    def pay_by_card(self, number: str = CARD_WITH_CHALLENGE) -> None:
        """Card, then the bank's challenge."""
        self.page.locator("[name=number]").fill(number)
        self.page.locator("[name=exp]").fill("12 / 34")
        self.page.locator("[name=cvc]").fill("123")
        self.page.locator("[name=holder]").fill("CLAIRE MARTIN")
        self.page.locator("[name=holder]").press("Enter")
        self.page.wait_for_url(re.compile("/hosted/3ds/"))
        self.look()
        self.page.locator("[name=secret]").fill(CODE_OF_THE_BANK)
        self.page.locator("[name=secret]").press("Enter")

    def pay_by_wallet(self) -> None:
        """Her telephone's number, then her PIN on the approval page."""
        self.page.locator("a[href*='wallet']").first.click()
        self.look()
        self.page.locator("[name=phone]").fill(WALLET_PHONE)
        self.page.locator("[name=phone]").press("Enter")
        self.page.wait_for_url(re.compile("/hosted/wallet/"))
        self.look()
        self.page.locator("[name=secret]").fill(WALLET_PIN)
        self.page.locator("[name=secret]").press("Enter")

    def sees_a_paid_order(self) -> None:
        """Back at the shop: paid, split in two parcels."""
        self.page.wait_for_url(re.compile("/orders/"))
        expect(self.page.locator(".parcel")).to_have_count(2)
        expect(self.page.locator(".parcel .timeline__step--done").first).to_be_visible()
        self.look()
        self.order = self.page.url
        self.number = self.page.locator(".order__number bdi").inner_text()

    def says_it_has_arrived(self, parcel: str) -> None:
        """Confirms the parcel with this number on her order's page."""
        self.page.goto(self.order)
        form = self.page.locator(f"form:has(input[name=order][value='{parcel}'])")
        form.locator("button[type=submit]").click()
        expect(form).to_have_count(0)


@dataclass
class Artisan:
    """Somebody of the cast who sells, signed in by telephone."""

    page: Page
    who: Member
    language: str

    def sign_in(self, maalem: Running) -> None:
        """Number, code, in."""
        self.page.goto(f"/{self.language}/studio/")
        self.page.locator("[name=login]").fill("0" + self.who.phone.removeprefix("+212"))
        must_be_accessible(self.page)
        self.page.locator("form.form button[type=submit]").click()
        self.page.locator("[name=code]").wait_for()
        must_be_accessible(self.page)
        self.page.locator("[name=code]").fill(self._code())
        self.page.locator("form.form button[type=submit]").first.click()
        self.page.wait_for_url(re.compile("/studio/"))

    def _code(self) -> str:
        """The code as it reached her: the demo's inbox shows what would have been sent."""
        inbox = self.page.context.new_page()
        digits = self.who.phone.removeprefix("+")
        try:
            for _ in range(40):
                inbox.goto(f"/{self.language}/demo/inbox")
                for message in inbox.locator(".message").all():
                    head = re.sub(r"\D", "", message.locator("bdi").first.inner_text())
                    found = re.search(
                        r"\b(\d{6})\b", message.locator(".message__body").inner_text()
                    )
                    if head == digits and found:
                        return found.group(1)
                inbox.wait_for_timeout(500)
        finally:
            inbox.close()
        raise AssertionError(f"no code reached {self.who.name}")

    def sales(self) -> list[str]:
        """The addresses of all sales on the page."""
        self.page.goto(f"/{self.language}/studio/")
        must_fit(self.page)
        must_be_accessible(self.page)
        links = self.page.locator("a.sale__link").all()
        return [str(link.get_attribute("href")) for link in links]

    def hand_over(self, sale: str) -> str:
        """Gives the parcel to the carrier; returns the order's number."""
        self.page.goto(sale)
        must_be_accessible(self.page)
        number = self.page.locator("h1 bdi").inner_text()
        must_fit(self.page)
        self.page.locator("button.button--big").click()
        expect(self.page.locator(".step--dispatched")).to_be_visible()
        return number

    def money(self) -> dict[str, str]:
        """What the money page says is available and pending."""
        self.page.goto(f"/{self.language}/studio/money/")
        must_fit(self.page)
        must_be_accessible(self.page)
        return {
            name: self.page.locator(f".figure--{name} dd").inner_text()
            for name in ("available", "pending")
        }
