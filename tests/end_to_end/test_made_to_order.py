"""A rug is made to order: its weaver asks for a deposit, its buyer pays twice, and it leaves."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from maalem.cli import databases
from tests.cast import WEAVER
from tests.end_to_end.installation import Running
from tests.end_to_end.people import look, signed_in, visitor
from tests.end_to_end.processes import rows, until
from tests.end_to_end.shopper import Shopper
from tests.end_to_end.test_new_piece import photo

HERS = """
SELECT p.slug FROM catalog_product p JOIN artisans_artisan a ON a.id = p.artisan_id
 WHERE a.slug = %s AND p.supply = 'made_to_order' AND p.status = 'published' ORDER BY p.id
"""
pytestmark = pytest.mark.usefixtures("the_books_are_right")
ANSWER = {"fr": "Quel beau rouge !", "ar": "يا له من أحمر جميل!"}
READY = {"fr": "C’est prêt", "ar": "إنه جاهز"}
WAITS = {"fr": "Attend le solde de l’acheteur", "ar": "ينتظر الباقي من المشتري"}
PAID = {"fr": "Solde, payé", "ar": "الباقي، مؤدى"}


@pytest.fixture(scope="module")
def hers(maalem: Running, chromium: Browser) -> StorageState:
    """The weaver's cookies."""
    return signed_in(maalem, chromium, WEAVER)


@pytest.fixture
def weaver(maalem: Running, chromium: Browser, hers: StorageState, width: int) -> Iterator[Page]:
    context = visitor(chromium, maalem, width=width, state=hers)
    yield context.new_page()
    context.close()


def ask(weaver: Page, slug: str, *, language: str, percent: int) -> None:
    """She says what is paid when her rug is ordered."""
    weaver.goto(f"/{language}/studio/pieces/{slug}/")
    look(weaver)
    weaver.locator("a[href$='/deposit/']").click()
    weaver.wait_for_url(re.compile("/deposit/$"))
    look(weaver)
    weaver.locator(f"[name=percent][value='{percent}']").check()
    weaver.locator("main form.form button[type=submit]").click()
    weaver.wait_for_url(re.compile(f"/pieces/{slug}/$"))


@pytest.fixture
def rug(maalem: Running, weaver: Page, language: str) -> Iterator[str]:
    """Its slug, while a deposit is asked for it: other stories buy it whole."""
    ((slug,), *_) = rows(maalem, databases.PLATFORM, HERS, WEAVER.artisan)
    ask(weaver, slug, language=language, percent=30)
    yield slug
    ask(weaver, slug, language=language, percent=0)


def shows_how_it_comes_along(weaver: Page, claire: Shopper, *, language: str) -> None:
    """Two photos of the loom and a picture of how far it is; not a word."""
    weaver.goto(f"/{language}/studio/orders/{claire.number}-1/")
    weaver.locator("a[href$='/conversation/']").click()
    weaver.wait_for_url(re.compile("/conversation/$"))
    look(weaver)
    weaver.locator("[name=stage][value=half]").check(force=True)
    weaver.locator("[name=photos]").set_input_files([photo(), photo(3_000, 3_000)])
    expect(weaver.locator(".talk__seen canvas")).to_have_count(2)
    sizes = "one => Array.from(one.files, file => file.size)"
    until(
        lambda: max(weaver.locator("[name=photos]").evaluate(sizes)) < 1_000_000,
        what="they are small enough for a weak network",
    )
    look(weaver)
    weaver.locator(".talk__form button[type=submit]").click()
    expect(weaver.locator(".talk__one--mine img")).to_have_count(2)
    look(weaver)


def buyer_answers(page: Page, order: str, *, language: str) -> None:
    """She sees the loom on the page of her order, likes it, and says so."""
    page.goto(order)
    expect(page.locator(".parcel__talk img")).to_be_visible()
    look(page)
    page.locator(".parcel__talk a").click()
    look(page)
    page.locator("button[name=like]").click()
    expect(page.locator(".talk__liked")).to_be_visible()
    page.locator("[name=words]").fill(ANSWER[language])
    page.locator(".talk__form button[type=submit]").click()
    expect(page.locator(".talk__one--mine")).to_contain_text(ANSWER[language])
    look(page)


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("fr", 1280)])
def test_a_rug_is_made_to_order_with_a_deposit_and_a_balance(
    maalem: Running, chromium: Browser, weaver: Page, rug: str, *, language: str, width: int
):
    page = visitor(chromium, maalem, width=width).new_page()
    claire = Shopper(maalem, page, language)
    page.goto(f"/{language}/products/{rug}/")
    expect(page.locator(".product__deposit")).to_be_visible()
    look(page)
    claire.come_to_review(rug)
    look(page)
    claire.order()
    claire.arrives_at_payment()
    claire.pay()
    claire.sees_it_paid()
    order = page.url
    expect(page.locator(".parcel__balance")).to_be_visible()
    assert page.locator(".parcel__balance form").count() == 0, "nothing is asked before it is ready"
    look(page)

    shows_how_it_comes_along(weaver, claire, language=language)
    buyer_answers(page, order, language=language)
    weaver.goto(f"/{language}/studio/")
    expect(weaver.locator(".sale__asked").first).to_be_visible()
    look(weaver)

    weaver.goto(f"/{language}/studio/orders/{claire.number}-1/")
    expect(weaver.locator(".talk__hook")).to_contain_text(ANSWER[language])
    look(weaver)
    weaver.get_by_role("button", name=READY[language]).click()
    expect(weaver.locator("main")).to_contain_text(WAITS[language])
    look(weaver)

    page.goto(order)
    look(page)
    page.locator(".parcel__balance form button").click()
    claire.arrives_at_payment()
    assert claire.number.endswith("-1"), "the balance is a payment of its own"
    claire.pay()
    page.wait_for_url(re.compile("/orders/"))
    expect(page.locator(".parcel__balance")).to_contain_text(PAID[language])
    look(page)

    weaver.goto(f"/{language}/studio/orders/{claire.number}/")
    weaver.locator("button.button--big").click()
    expect(weaver.locator(".step--dispatched")).to_be_visible()
    page.goto(order)
    page.locator("form.parcel__confirm button[type=submit]").click()
    expect(page.locator("form.parcel__confirm")).to_have_count(0)
    look(page)
    page.context.close()
