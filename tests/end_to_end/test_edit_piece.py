"""A piece on the shelf is changed on a telephone: its price, its words, its sizes, its photos."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.cast import WEAVER
from tests.end_to_end.installation import Running
from tests.end_to_end.people import visitor
from tests.end_to_end.test_new_piece import artisan, must_be_well, photo, press_price

SIDES = pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("ar", 360)])
NAMED = {"fr": "Tapis de ma grand-mère", "ar": "زربية جدتي"}


@pytest.fixture(scope="module")
def signed_in(maalem: Running, chromium: Browser) -> StorageState:
    """Her cookies: she signs in once, as a code is sent five times a minute at most."""
    with artisan(maalem, chromium, WEAVER, language="fr") as weaver:
        return weaver.page.context.storage_state()


@pytest.fixture
def page(
    maalem: Running, chromium: Browser, signed_in: StorageState, language: str, width: int
) -> Iterator[Page]:
    context = visitor(chromium, maalem, width=width, state=signed_in)
    yield context.new_page()
    context.close()


def first_piece(page: Page, language: str) -> str:
    """The page of her newest piece; its address."""
    page.goto(f"/{language}/studio/")
    page.locator(".studio__tabs a[href$='/studio/pieces/']").click()
    page.locator(".pieces__one a").first.click()
    page.wait_for_url(re.compile(r"/studio/pieces/[^/]+/$"))
    must_be_well(page)
    return page.url


def open_page(page: Page, here: str, name: str) -> None:
    """The page on which one thing of the piece is changed."""
    page.goto(here)
    page.locator(f"a[href$='/{name}/']").click()
    page.wait_for_url(re.compile(f"/{name}/$"))
    must_be_well(page)


def send(page: Page) -> None:
    page.locator("main form.form button[type=submit]").click()


@SIDES
def test_price_words_and_sizes_of_a_piece_are_changed(page: Page, *, language: str):
    here = first_piece(page, language)
    open_page(page, here, "price")
    for _ in range(7):
        page.locator(".pad [data-rub]").click()
    press_price(page, "1450")
    expect(page.locator(".cash__of").first).to_have_text(re.compile("7.*200", re.S))
    send(page)
    page.wait_for_url(here)
    expect(page.locator(".piece__price")).to_have_text(re.compile(r"1\D?450"))

    open_page(page, here, "words")
    page.locator("[name=title_fr]").fill(NAMED["fr"])
    page.locator("[name=title_ar]").fill(NAMED["ar"])
    send(page)
    page.wait_for_url(here)
    expect(page.locator("h1")).to_have_text(NAMED[language])

    open_page(page, here, "sizes")
    page.locator("[name=length_mm]").fill("long")
    send(page)
    expect(page.locator(".field__error")).to_be_visible()
    must_be_well(page)
    page.locator("[name=length_mm]").fill("240,5")
    send(page)
    page.wait_for_url(here)


@SIDES
def test_photos_are_added_and_a_piece_leaves_the_shelf_and_comes_back(page: Page, *, language: str):
    here = first_piece(page, language)
    open_page(page, here, "photos")
    before = page.locator(".photos__one").count()
    page.locator("[name=photo]").set_input_files(photo(1_600, 1_200))
    page.locator("form[enctype] button[type=submit]").click()
    expect(page.locator(".photos__one")).to_have_count(before + 1)
    must_be_well(page)
    page.locator(".photos__one button[name=drop]").last.click()
    expect(page.locator(".photos__one")).to_have_count(before)

    page.goto(here)
    page.locator("form[action$='/put/'] button").click()
    expect(page.locator("button[name=back]")).to_be_visible()
    must_be_well(page)
    page.locator("button[name=back]").click()
    expect(page.locator("button[name=back]")).to_have_count(0)


@SIDES
def test_a_price_is_explained_and_buyers_see_it(page: Page, *, language: str):
    here = first_piece(page, language)
    open_page(page, here, "fair")
    page.locator("[name=materials]").fill("350")
    page.locator("[name=hours]").fill("40")
    page.locator("[name=shown][value=hours]").check()
    send(page)
    expect(page.locator(".fair__bar")).to_be_visible()
    must_be_well(page)
    page.goto(here)
    page.locator("main a[href*='/products/']").first.click()
    page.wait_for_url(re.compile("/products/"))
    expect(page.locator(".fair__bar")).to_be_visible()
    must_be_well(page)
