"""A co-operative's clerk sends her spreadsheet and watches it become pieces."""

import io
import re

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, expect

from tests.cast import POTTER
from tests.end_to_end.installation import Running
from tests.end_to_end.test_new_piece import artisan, must_be_well

HEAD = {
    "fr": ("référence", "nom fr", "métier", "prix", "nombre"),
    "ar": ("المرجع", "الاسم ar", "الحرفة", "الثمن", "العدد"),
}


def workbook(language: str, *, craft: str, lines: int, wrong: int) -> bytes:
    """A sheet of bowls; line `wrong` of it has a price in words."""
    book, file = Workbook(), io.BytesIO()
    book.active.append(HEAD[language])
    for number in range(2, lines + 2):
        price = "beaucoup" if number == wrong else 40 + number
        book.active.append((f"{language}-{number}", f"Bol {number}", craft, price, 2))
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("ar", 360)])
def test_a_catalogue_comes_in_and_its_wrong_line_is_told(
    maalem: Running, chromium: Browser, *, language: str, width: int
):
    with artisan(maalem, chromium, POTTER, language=language, width=width) as potter:
        page = potter.page
        page.goto(f"/{language}/studio/pieces/")
        page.locator("a[href$='/imports/']").click()
        page.wait_for_url(re.compile("/imports/$"))
        must_be_well(page)
        page.locator(".import__kinds summary").click()
        craft = page.locator(".import__kinds li").first.inner_text()
        sheet = workbook(language, craft=craft, lines=600, wrong=342)
        page.locator("[name=file]").set_input_files(
            {
                "name": "catalogue.xlsx",
                "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "buffer": sheet,
            }
        )
        page.locator("main form[enctype] button[type=submit]").click()
        page.wait_for_url(re.compile(r"/imports/\d+/$"))
        # It goes on by itself, and so does the page.
        expect(page.locator(".import__lines strong")).to_have_text(re.compile("342"))
        expect(page.locator(".import__counts dd").first).to_have_text("599")
        must_be_well(page)
        with page.expect_download() as came:
            page.locator("a[href$='/wrong.csv']").click()
        assert "beaucoup" in came.value.path().read_text(encoding="utf-8-sig")
        page.locator("main a.button--wide").click()
        page.wait_for_url(re.compile("/studio/pieces/$"))
        must_be_well(page)
