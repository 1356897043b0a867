"""The pages that the checkers read: a buyer's way, and a workshop's own pages."""

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from maalem.cli import databases
from tests.cast import WEAVER
from tests.end_to_end.installation import Running
from tests.end_to_end.people import must_be_accessible, signed_in, visitor
from tests.end_to_end.processes import rows
from tests.end_to_end.shopper import Shopper

STUDIO = (
    *("", "pieces/", "pieces/new/", "money/", "prices/", "reviews/", "returns/", "imports/"),
    *("my-work/", "invoices/", "invoices/identity/"),
)
OPEN = ("crafts/", "artisans/", "regions/", "search/?q=tapis", "search/?q=xyzzy", "account/login/")
_A_PIECE = """
SELECT p.slug, a.slug, c.slug FROM catalog_product p
  JOIN artisans_artisan a ON a.id = p.artisan_id JOIN catalog_craft c ON c.id = p.craft_id
 WHERE p.status = 'published' AND p.supply = %s ORDER BY p.id LIMIT 1
"""


@dataclass(frozen=True)
class Seen:
    """A page as it was sent (not as a script left it), and where it was."""

    url: str
    html: str


class Walk:
    """One visitor's way through the shop in one language; it remembers each page's HTML."""

    def __init__(self, maalem: Running, browser: Browser, language: str) -> None:
        self.maalem, self.browser, self.language = maalem, browser, language
        self.seen: list[Seen] = []
        self.wrong: list[str] = []

    def everything(self) -> None:
        """All the pages, a buyer's first."""
        page = visitor(self.browser, self.maalem, width=360).new_page()
        for path in self._public():
            page.goto(f"/{self.language}/{path}")
            self._look(page)
        self._buys(page)
        page.context.close()
        state = signed_in(self.maalem, self.browser, WEAVER)
        hers = visitor(self.browser, self.maalem, width=360, state=state).new_page()
        for path in STUDIO:
            hers.goto(f"/{self.language}/studio/{path}")
            self._look(hers)
        sale = hers.goto(f"/{self.language}/studio/") and hers.locator("a.sale__link").first
        if sale and sale.count():
            hers.goto(str(sale.get_attribute("href")))
            self._look(hers)
            hers.locator("a[href$='/conversation/']").click()
            self._look(hers)
        hers.context.close()

    def _public(self) -> Iterator[str]:
        yield ""
        yield from OPEN
        for supply in ("unique", "stock", "made_to_order"):
            found = rows(self.maalem, databases.PLATFORM, _A_PIECE, supply)
            for piece, artisan, craft in found:
                yield from (f"products/{piece}/", f"artisans/{artisan}/", f"crafts/{craft}/")

    def _buys(self, page: Page) -> None:
        claire = Shopper(self.maalem, page, self.language)
        ((piece, _, _),) = rows(self.maalem, databases.PLATFORM, _A_PIECE, "made_to_order")
        claire.fill_cart(piece)
        self._look(page)
        page.goto(f"/{self.language}/checkout/")
        self._look(page)
        claire.come_to_review(piece)
        self._look(page)
        claire.order()
        claire.arrives_at_payment()
        self._look(page)
        claire.pay()
        claire.sees_it_paid()
        self._look(page)
        for link in (".parcel__talk a", ".summary a[href*='receipt']"):
            page.goto(str(page.locator(link).first.get_attribute("href")))
            self._look(page)
            page.go_back()

    def _look(self, page: Page) -> None:
        answer = page.request.get(page.url)
        self.seen.append(Seen(page.url, answer.text()))
        try:
            must_be_accessible(page)
        except AssertionError as trouble:
            self.wrong.append(str(trouble))


def a_cart(maalem: Running, browser: Browser, language: str) -> str:
    """The cookie of somebody with a piece in her cart, as a header says it."""
    context = visitor(browser, maalem, width=360)
    ((piece, _, _),) = rows(maalem, databases.PLATFORM, _A_PIECE, "made_to_order")
    Shopper(maalem, context.new_page(), language).fill_cart(piece)
    cookies = context.cookies(maalem.shop)
    context.close()
    return "; ".join(f"{one['name']}={one['value']}" for one in cookies)


def a_piece(maalem: Running) -> str:
    """The path of a piece with its pictures."""
    ((piece, _, _),) = rows(maalem, databases.PLATFORM, _A_PIECE, "made_to_order")
    return f"products/{piece}/"
