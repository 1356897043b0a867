"""A piece on the shelf is changed on a telephone: its price, its words, its sizes, its photos."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.cast import WEAVER
from tests.end_to_end.installation import Running
from tests.end_to_end.test_new_piece import artisan, must_be_well, photo, press_price


@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("ar", 360)])
def test_everything_of_a_piece_is_changed(
    maalem: Running, chromium: Browser, *, language: str, width: int
):
    with artisan(maalem, chromium, WEAVER, language=language, width=width) as weaver:
        page = weaver.page
        page.locator(".studio__tabs a[href$='/studio/pieces/']").click()
        page.locator(".pieces__one a").first.click()
        page.wait_for_url(re.compile(r"/studio/pieces/[^/]+/$"))
        must_be_well(page)
        here = page.url

        page.locator("a[href$='/price/']").click()
        page.wait_for_url(re.compile("/price/$"))
        must_be_well(page)
        for _ in range(7):
            page.locator(".pad [data-rub]").click()
        press_price(page, "1450")
        expect(page.locator(".cash__of").first).to_have_text(re.compile("7.*200", re.S))
        page.locator("form.piece button[type=submit]").click()
        page.wait_for_url(here)
        expect(page.locator(".piece__price")).to_have_text(re.compile(r"1\D?450"))

        page.locator("a[href$='/words/']").click()
        page.wait_for_url(re.compile("/words/$"))
        must_be_well(page)
        page.locator("[name=title_fr]").fill("Tapis de ma grand-mère")
        page.locator("[name=title_ar]").fill("زربية جدتي")
        page.locator("main form.form button[type=submit]").click()
        page.wait_for_url(here)
        named = {"fr": "Tapis de ma grand-mère", "ar": "زربية جدتي"}[language]
        expect(page.locator("h1")).to_have_text(named)

        page.locator("a[href$='/sizes/']").click()
        page.wait_for_url(re.compile("/sizes/$"))
        must_be_well(page)
        page.locator("[name=length_mm]").fill("long")
        page.locator("main form.form button[type=submit]").click()
        expect(page.locator(".field__error")).to_be_visible()
        must_be_well(page)
        page.locator("[name=length_mm]").fill("240,5")
        page.locator("main form.form button[type=submit]").click()
        page.wait_for_url(here)

        page.locator("a[href$='/photos/']").click()
        page.wait_for_url(re.compile("/photos/$"))
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
