"""A co-operative shares its income: a rule, a maker, a sale, and what each one reads of it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from maalem.cli import databases
from tests.cast import Member
from tests.end_to_end.installation import Running
from tests.end_to_end.people import Artisan, look, visitor
from tests.end_to_end.processes import rows, until
from tests.end_to_end.shopper import Shopper

pytestmark = pytest.mark.usefixtures("the_books_are_right")
HEADS = """
SELECT a.slug, p.phone, p.name FROM artisans_artisan a
  JOIN artisans_membership m ON m.artisan_id = a.id AND m.role = 'owner'
  JOIN people_person p ON p.id = m.person_id
 WHERE a.kind = 'cooperative' AND p.phone <> '' AND EXISTS (
       SELECT FROM catalog_product c WHERE c.artisan_id = a.id AND c.status = 'published'
          AND c.supply = 'made_to_order')
 ORDER BY a.id
"""
HERS = """
SELECT c.slug FROM catalog_product c JOIN artisans_artisan a ON a.id = c.artisan_id
 WHERE a.slug = %s AND c.status = 'published' AND c.supply = 'made_to_order' ORDER BY c.id
"""
SHARED = "SELECT count(*) FROM makers_entry"
MAKER = {
    "ar": Member("Zahra Amzil", "Azilal", phone="+212661000456"),
    "fr": Member("Itto Amzil", "Azilal", phone="+212661000457"),
}


def names_a_maker(page: Page, maker: Member) -> None:
    """The head writes down one more maker, with her telephone."""
    page.locator("[name=latin]").fill(maker.name)
    page.locator("[name=phone]").fill("0" + maker.phone.removeprefix("+212"))
    page.locator("form:has([name=latin]) button[type=submit]").click()
    expect(page.locator("main")).to_contain_text(maker.name)
    look(page)


def publishes_a_rule(page: Page) -> None:
    """She slips first: three parts that make 110 are no rule."""
    look(page)
    for part, percent in (("maker", "70"), ("fund", "20"), ("equal", "20")):
        page.locator(f"[name={part}]").fill(percent)
    page.locator("main form.form button[type=submit]").click()
    expect(page.locator("main [role=alert]").first).to_be_visible()
    look(page)
    page.locator("[name=equal]").fill("10")
    page.locator("main form.form button[type=submit]").click()
    expect(page.locator("ol.rules > li")).to_have_count(1)
    look(page)


def says_whose_hands(page: Page, piece: str, maker: Member) -> None:
    """By picture."""
    look(page)
    page.locator(".card", has_text=maker.name).click()
    page.locator("main form.form button[type=submit]").click()
    page.wait_for_url(re.compile(f"/pieces/{piece}/$"))


def hands_her_money(page: Page, maker: Member) -> None:
    """The head sees what the maker has earned, and gives her a hundred by hand."""
    look(page)
    page.locator(".entries a", has_text=maker.name).click()
    expect(page.locator(".figure--available dd")).to_contain_text(re.compile(r"[1-9]"))
    look(page)
    page.locator("[name=amount]").fill("100")
    page.locator("form[action$='/handed/'] button[type=submit]").click()
    expect(page.locator("form[action$='/handed/'] ~ ul > li")).to_have_count(1)
    look(page)


def reads_her_income(page: Page, language: str) -> None:
    """The maker sees hers and nobody else's, and confirms what she was given."""
    page.goto(f"/{language}/studio/my-work/")
    expect(page.locator(".figure--available dd")).to_contain_text(re.compile(r"[1-9]"))
    look(page)
    page.locator("button[name=answer][value=yes]").click()
    expect(page.locator("button[name=answer]")).to_have_count(0)
    look(page)
    page.goto(f"/{language}/studio/makers/")
    expect(page.locator(".studio__empty")).to_be_visible()  # the book is the head's


@pytest.mark.parametrize(("number", "language", "width"), [(0, "ar", 360), (1, "fr", 1280)])
def test_a_cooperative_shares_what_it_earned(
    maalem: Running, chromium: Browser, *, number: int, language: str, width: int
):
    # Each language with a co-operative of its own: a rule begins once a day.
    slug, phone, name = rows(maalem, databases.PLATFORM, HEADS)[number]
    ((piece,), *_) = rows(maalem, databases.PLATFORM, HERS, slug)
    head = Artisan(
        visitor(chromium, maalem, width=width).new_page(),
        Member(name, "", phone=phone, artisan=slug),
        language,
    )
    head.sign_in(maalem)
    maker = MAKER[language]
    head.page.goto(f"/{language}/studio/makers/")
    look(head.page)
    names_a_maker(head.page, maker)
    head.page.goto(f"/{language}/studio/makers/rule/")
    publishes_a_rule(head.page)
    head.page.goto(f"/{language}/studio/pieces/{piece}/maker/")
    says_whose_hands(head.page, piece, maker)

    before = rows(maalem, databases.PLATFORM, SHARED)[0][0]
    claire = Shopper(maalem, visitor(chromium, maalem, width=width).new_page(), language)
    claire.come_to_pay(piece).pay()
    claire.sees_it_paid()
    head.hand_over(f"/{language}/studio/orders/{claire.number}-1/")
    claire.page.reload()
    claire.page.locator("form.parcel__confirm button[type=submit]").click()
    expect(claire.page.locator("form.parcel__confirm")).to_have_count(0)
    until(
        lambda: rows(maalem, databases.PLATFORM, SHARED)[0][0] > before,
        what="what was sold is shared",
    )

    head.page.goto(f"/{language}/studio/makers/")
    hands_her_money(head.page, maker)
    hers = Artisan(visitor(chromium, maalem, width=width).new_page(), maker, language)
    hers.sign_in(maalem)
    reads_her_income(hers.page, language)
    for one in (head.page, hers.page, claire.page):
        one.context.close()
