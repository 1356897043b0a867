"""A rug is made to order: its weaver asks for a deposit, its buyer pays twice, and it leaves."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from maalem.cli import databases
from tests.cast import WEAVER
from tests.end_to_end.installation import Running
from tests.end_to_end.people import must_be_accessible, must_fit, visitor
from tests.end_to_end.processes import rows
from tests.end_to_end.shopper import Shopper
from tests.end_to_end.test_new_piece import artisan

HERS = """
SELECT p.slug FROM catalog_product p JOIN artisans_artisan a ON a.id = p.artisan_id
 WHERE a.slug = %s AND p.supply = 'made_to_order' AND p.status = 'published' ORDER BY p.id
"""
pytestmark = pytest.mark.usefixtures("the_books_are_right")
READY = {"fr": "C’est prêt", "ar": "إنه جاهز"}
WAITS = {"fr": "Attend le solde de l’acheteur", "ar": "ينتظر الباقي من المشتري"}
PAID = {"fr": "Solde, payé", "ar": "الباقي، مؤدى"}


def look(page: Page) -> None:
    must_fit(page)
    must_be_accessible(page)


@pytest.fixture(scope="module")
def signed_in(maalem: Running, chromium: Browser) -> StorageState:
    """The weaver's cookies."""
    with artisan(maalem, chromium, WEAVER, language="fr") as weaver:
        return weaver.page.context.storage_state()


@pytest.fixture
def weaver(
    maalem: Running, chromium: Browser, signed_in: StorageState, width: int
) -> Iterator[Page]:
    context = visitor(chromium, maalem, width=width, state=signed_in)
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

    weaver.goto(f"/{language}/studio/orders/{claire.number}-1/")
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
