"""The first sale, lived through the pages by the people of the cast."""

import re
import time

import pytest
from playwright.sync_api import Browser

from tests.cast import NOBODY, POTTER, WEAVER
from tests.end_to_end.installation import Running
from tests.end_to_end.people import Artisan, Buyer, visitor


def amount(text: str) -> int:
    """The amount that is shown in French or Arabic, in centimes: whole dirhams show none."""
    cents = 1 if re.search(r",\d{2}\b", text) else 100
    return int(re.sub(r"\D", "", text) or 0) * cents


def until(holds, *, seconds: float = 30) -> None:
    """Wait for what a worker does in its own time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.5)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(("language", "means"), [("fr", "card"), ("ar", "wallet")])
def test_a_carpet_and_a_tagine_are_bought_made_ready_and_paid_out(
    maalem: Running, chromium: Browser, *, language: str, means: str, width: int
):
    claire = Buyer(visitor(chromium, maalem, width=width).new_page(), language)
    claire.page.goto(f"/{language}/")
    claire.look()
    claire.put_in_cart(WEAVER.artisan)
    claire.look()
    claire.put_in_cart(POTTER.artisan)
    claire.look()
    claire.say_where_to()
    claire.go_to_pay(maalem.payments)
    if means == "card":
        claire.pay_by_card()
    else:
        claire.pay_by_wallet()
    claire.sees_a_paid_order()

    fadma = Artisan(visitor(chromium, maalem, width=width).new_page(), WEAVER, language)
    fadma.sign_in(maalem)
    driss = Artisan(visitor(chromium, maalem, width=width).new_page(), POTTER, language)
    driss.sign_in(maalem)
    before = fadma.money()
    assert amount(before["pending"]) > 0

    (hers,) = [sale for sale in fadma.sales() if claire.number in sale]
    (his,) = [sale for sale in driss.sales() if claire.number in sale]
    assert hers != his
    assert fadma.page.goto(his).status == 404
    assert driss.page.goto(hers).status == 404

    parcel = fadma.hand_over(hers)
    claire.says_it_has_arrived(parcel)
    until(lambda: amount(fadma.money()["available"]) > amount(before["available"]))
    assert amount(fadma.money()["pending"]) < amount(before["pending"])
    assert amount(driss.money()["pending"]) > 0

    books = maalem.run("verify")
    assert books.returncode == 0, books.stdout + books.stderr
    for page in (claire.page, fadma.page, driss.page):
        page.context.close()


def test_the_whole_purchase_works_without_a_script(maalem: Running, chromium: Browser):
    """P68."""
    context = visitor(chromium, maalem, width=360, scripts=False)
    claire = Buyer(context.new_page(), "fr", axe=False)
    claire.page.goto("/fr/")
    claire.put_in_cart(WEAVER.artisan)
    claire.put_in_cart(POTTER.artisan)
    claire.say_where_to()
    claire.go_to_pay(maalem.payments)
    claire.pay_by_card()
    claire.sees_a_paid_order()
    context.close()


def test_somebody_without_a_workshop_sees_a_kind_empty_page(maalem: Running, chromium: Browser):
    context = visitor(chromium, maalem, width=360)
    omar = Artisan(context.new_page(), NOBODY, "fr")
    omar.sign_in(maalem)
    assert omar.sales() == []
    assert omar.page.locator(".studio__empty").count() == 1
    context.close()
