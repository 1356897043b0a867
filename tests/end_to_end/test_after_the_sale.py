"""After a sale: a hub refuses a piece, and a buyer sends one back."""

import re

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from maalem.cli import databases
from tests.cast import OFFICER, POTTER, WEAVER, Member
from tests.end_to_end.installation import Running
from tests.end_to_end.people import look, must_read_right, signed_in, visitor
from tests.end_to_end.processes import appoint, rows, until
from tests.end_to_end.shopper import Shopper
from tests.end_to_end.test_new_piece import photo

pytestmark = pytest.mark.usefixtures("the_books_are_right")
BOTH = pytest.mark.parametrize(("language", "width"), [("ar", 360), ("fr", 1280)])
PIECES = """
SELECT p.slug FROM catalog_product p JOIN artisans_artisan a ON a.id = p.artisan_id
  JOIN catalog_variant v ON v.product_id = p.id
 WHERE a.slug = %s AND p.supply <> 'made_to_order' AND p.status = 'published'
 GROUP BY p.id HAVING max(v.on_hand - v.reserved) > 0 ORDER BY p.id
"""
STATUS = "SELECT status FROM orders_order WHERE number = %s"
WHY = {"fr": "Deux nœuds manquent au bord.", "ar": "عقدتان ناقصتان في الحاشية."}


@pytest.fixture(scope="module")
def weaver(maalem: Running, chromium: Browser) -> StorageState:
    return signed_in(maalem, chromium, WEAVER)


@pytest.fixture(scope="module")
def potter(maalem: Running, chromium: Browser) -> StorageState:
    return signed_in(maalem, chromium, POTTER)


@pytest.fixture(scope="module")
def inspector(maalem: Running, chromium: Browser) -> StorageState:
    appoint(maalem, OFFICER, ["inspect_pieces"])
    return signed_in(maalem, chromium, OFFICER)


def bought(
    maalem: Running, chromium: Browser, of: Member, *, language: str, width: int
) -> tuple[Page, str]:
    """The page of a paid order of one piece of a workshop's, and the number of its parcel."""
    page = visitor(chromium, maalem, width=width).new_page()
    claire = Shopper(maalem, page, language)
    ((slug,), *_) = rows(maalem, databases.PLATFORM, PIECES, of.artisan)
    claire.come_to_pay(slug).pay()
    claire.sees_it_paid()
    return page, f"{claire.number}-1"


def test_no_number_is_broken_in_an_arabic_page(
    maalem: Running, chromium: Browser, weaver: StorageState
):
    """P71: prices, telephones and numbers of orders are read from left to right."""
    claire, order = bought(maalem, chromium, WEAVER, language="ar", width=360)
    must_read_right(claire)
    claire.goto(f"{claire.url}receipt/")
    must_read_right(claire)
    # The rule sees what it is for: the same telephone without its fence is broken.
    claire.evaluate("document.querySelector('main').append('\u0647\u0627\u062a\u0641 06 12 34')")
    with pytest.raises(AssertionError, match="06 12 34"):
        must_read_right(claire)
    fadma = visitor(chromium, maalem, width=360, state=weaver).new_page()
    for path in ("", f"orders/{order}/", f"orders/{order}/papers/", "money/", "prices/"):
        fadma.goto(f"/ar/studio/{path}")
        must_read_right(fadma)
    for page in (claire, fadma):
        page.context.close()


def status(maalem: Running, order: str) -> str:
    return str(rows(maalem, databases.PLATFORM, STATUS, order)[0][0])


@BOTH
def test_a_hub_refuses_a_piece_and_the_buyer_gets_everything_back(
    maalem: Running,
    chromium: Browser,
    weaver: StorageState,
    inspector: StorageState,
    *,
    language: str,
    width: int,
):
    claire, order = bought(maalem, chromium, WEAVER, language=language, width=width)
    fadma = visitor(chromium, maalem, width=width, state=weaver).new_page()
    fadma.goto(f"/{language}/studio/orders/{order}/")
    look(fadma)
    fadma.locator("[name=hub]").first.check()
    fadma.locator("form[action$='/hub/'] button[type=submit]").click()
    expect(fadma.locator("button[name=withdraw]")).to_be_visible()
    look(fadma)

    hassan = visitor(chromium, maalem, width=width, state=inspector).new_page()
    hassan.goto(f"/{language}/hubs/desk/")
    look(hassan)
    hassan.locator("main a", has_text=order).click()
    look(hassan)
    hassan.locator("button[name=receive]").click()
    expect(hassan.locator("[name=verdict]")).to_have_count(3)
    look(hassan)
    fadma.reload()
    expect(fadma.locator("form[action$='/handed-over/']")).to_have_count(0)
    # A no without its reason is asked again, and what was chosen stays.
    hassan.locator("[name=verdict][value=refused]").check()
    hassan.locator("form:has([name=verdict]) button[type=submit]").click()
    expect(hassan.locator("#errors")).to_be_visible()
    look(hassan)
    hassan.locator("[name=words]").fill(WHY[language])
    hassan.locator("[name=photos]").set_input_files(photo(1_600, 1_200))
    hassan.locator("form:has([name=verdict]) button[type=submit]").click()
    expect(hassan.locator("[name=verdict]")).to_have_count(0)
    expect(hassan.locator(".thumbs img")).to_have_count(1)
    look(hassan)

    until(lambda: status(maalem, order) == "refunded", what="the money is back")
    claire.reload()
    expect(claire.locator("form.parcel__confirm")).to_have_count(0)
    look(claire)
    fadma.reload()
    expect(fadma.locator(".hub .quote")).to_contain_text(WHY[language])
    expect(fadma.locator(".hub img")).to_have_count(1)
    look(fadma)
    for page in (claire, fadma, hassan):
        page.context.close()


@BOTH
def test_a_piece_comes_back_after_it_was_delivered(
    maalem: Running, chromium: Browser, potter: StorageState, *, language: str, width: int
):
    claire, order = bought(maalem, chromium, POTTER, language=language, width=width)
    there = claire.url
    driss = visitor(chromium, maalem, width=width, state=potter).new_page()
    driss.goto(f"/{language}/studio/orders/{order}/")
    driss.locator("form[action$='/handed-over/'] button.button--big").click()
    expect(driss.locator(".step--dispatched")).to_be_visible()
    claire.reload()
    claire.locator("form.parcel__confirm button[type=submit]").click()
    expect(claire.locator("form.parcel__confirm")).to_have_count(0)
    look(claire)

    claire.locator(".parcel__reviews a[href*='/of/']").click()
    look(claire)
    claire.locator("select[name^=line-]").select_option("1")
    claire.locator("[name=reason]").first.check()
    claire.locator("main form button[type=submit]").click()
    expect(claire.locator("address.address")).to_be_visible()
    look(claire)
    claire.locator("[name=tracking]").fill("RR123456785MA")
    claire.locator("form[action$='/sent/'] button[type=submit]").click()
    expect(claire.locator("[name=tracking]")).to_have_value("RR123456785MA")

    driss.goto(f"/{language}/studio/returns/")
    look(driss)
    driss.locator("main a", has_text=order).click()
    look(driss)
    driss.locator("[name=on_shelf]").check()
    driss.locator("form[action$='/accept/'] button[type=submit]").click()
    expect(driss.locator("table.sum")).to_be_visible()
    look(driss)

    claire.reload()
    expect(claire.locator(".note--success").last).to_contain_text(re.compile(r"\d"))
    look(claire)
    given = "SELECT g.status FROM returns_return r JOIN orders_goodwill g ON g.id = r.given_id"
    where = " JOIN orders_order o ON o.id = r.order_id WHERE o.number = %s"
    until(
        lambda: rows(maalem, databases.PLATFORM, given + where, order) == [("done",)],
        what="the institution has given it back",
    )
    claire.goto(there)
    look(claire)
    for page in (claire, driss):
        page.context.close()
