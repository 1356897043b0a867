"""An artisan lists a piece with her telephone; once without being able to read a word of it."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.cast import POTTER, WEAVER, Member
from tests.end_to_end.installation import Running
from tests.end_to_end.people import Artisan, must_be_accessible, must_fit, visitor

# Every letter becomes a block, as letters are to who does not read; pictures and digits stay.
BLOCKS = """
() => {
  const cover = (root) => {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const text = walk.currentNode;
      const within = text.parentElement && text.parentElement.closest("script, style");
      if (!within) { text.data = text.data.replace(/\\p{L}/gu, "▇"); }
    }
  };
  cover(document.body);
}
"""


def photo(width: int = 4_000, height: int = 3_000) -> dict[str, object]:
    """A photo of twelve megapixels: a carpet, if one is kind."""
    picture = Image.new("RGB", (width, height), "#c9b79a")
    brush = ImageDraw.Draw(picture)
    for number in range(9):
        left, top = number % 3 * width // 3, number // 3 * height // 3
        brush.regular_polygon(
            (left + width // 6, top + height // 6, height // 8), 4, fill="#8c2f22"
        )
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=92)
    return {"name": "IMG_0001.JPG", "mimeType": "image/jpeg", "buffer": file.getvalue()}


@contextmanager
def artisan(
    maalem: Running, chromium: Browser, who: Member, *, language: str, width: int = 360
) -> Iterator[Artisan]:
    context = visitor(chromium, maalem, width=width)
    one = Artisan(context.new_page(), who, language)
    wrong: list[str] = []
    one.page.on("pageerror", lambda error: wrong.append(str(error)))
    one.page.on(
        "console", lambda said: wrong.append(said.text) if "Security" in said.text else None
    )
    one.sign_in(maalem)
    yield one
    context.close()
    assert wrong == []


def must_be_well(page: Page) -> None:
    page.screenshot(path=f"/tmp/scratch/n/piece-{must_be_well.n:02d}.png", full_page=True)
    must_fit(page)
    must_be_accessible(page)


def must_become_small(page: Page) -> None:
    """The photo is made small enough for a weak network before it goes."""
    chosen = "[name=photo]"
    for _ in range(100):
        name, size = page.locator(chosen).evaluate("one => [one.files[0].name, one.files[0].size]")
        if name == "photo.jpg":
            assert size < 1_000_000
            return
        page.wait_for_timeout(100)
    raise AssertionError("it was left as large as it was")


def press_price(page: Page, digits: str) -> None:
    for digit in digits:
        page.locator(f".pad [data-digit='{digit}']").click()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_carpet_is_listed_in_three_steps(maalem: Running, chromium: Browser, language: str):
    with artisan(maalem, chromium, WEAVER, language=language) as weaver:
        page = weaver.page
        page.locator(".studio__tabs a[href$='/studio/pieces/']").click()
        must_be_well(page)
        page.locator("a[href$='/pieces/new/']").click()
        must_be_well(page)
        go_on = page.locator(".piece__way [data-go='1']")
        expect(go_on).to_be_disabled()

        page.locator("[name=photo]").set_input_files(photo())
        expect(page.locator(".shot__seen canvas")).to_be_visible()
        must_become_small(page)
        must_be_well(page)
        go_on.click()
        must_be_well(page)

        page.locator(".card:has([name=craft])").first.click()
        expect(page.locator("#step-price")).to_be_visible()
        expect(page.locator("#step-price")).to_be_focused()
        press_price(page, "12350")
        page.locator(".pad [data-rub]").click()
        expect(page.locator("[name=price]")).to_have_value("1235")
        notes = page.locator(".cash__of").all_inner_texts()
        assert [re.sub(r"\s+", " ", note) for note in notes] == ["6 × 200", "20", "10", "5"]
        must_be_well(page)
        page.locator(".piece button[type=submit]").click()
        page.wait_for_url(re.compile(r"/studio/pieces/[^/]+/$"))
        must_be_well(page)

        page.locator("a[href*='/p/'], a[href*='/products/'], .step a").first.click()
        expect(page.locator("form.buy")).to_have_count(1)
        expect(page.locator("main img").first).to_be_visible()


def test_she_who_reads_no_word_lists_a_bowl(maalem: Running, chromium: Browser):
    """Pictures and digits are enough: with every letter a block the way is the same."""
    with artisan(maalem, chromium, POTTER, language="ar") as potter:
        page = potter.page

        def look(control: str) -> None:
            """What she presses shows her a picture, or a digit, larger than a letter."""
            page.evaluate(BLOCKS)
            assert not re.search(r"[^\W\d_]", page.locator("main").inner_text())
            shown = page.locator(control).locator("svg, img, canvas, bdi").first
            box = shown.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 12
            page.locator(control).click()

        look(".studio__tabs a:nth-child(2)")
        page.wait_for_url(re.compile("/pieces/$"))
        look(".studio a.button--big")
        page.wait_for_url(re.compile("/new/$"))
        page.evaluate(BLOCKS)
        assert page.locator("label[for=id_photo] svg").is_visible()
        page.locator("[name=photo]").set_input_files(photo(1_600, 1_200))
        expect(page.locator(".shot__seen canvas")).to_be_visible()
        look(".piece__way [data-go='1']")
        look(".card:has([name=craft]) >> nth=0")
        look(".card:has([value=stock])")
        page.locator("[name=on_hand]").fill("6")
        for digit in "80":
            look(f".pad [data-digit='{digit}']")
        look(".piece button[type=submit]")
        page.wait_for_url(re.compile(r"/studio/pieces/[^/]+/$"))
        assert page.locator(".cash__one--50").count() == 1


def test_without_a_script_the_same_form_stands_on_one_page(maalem: Running, chromium: Browser):
    with artisan(maalem, chromium, WEAVER, language="fr", width=1280) as weaver:
        kept = weaver.page.context.storage_state()
        bare = chromium.new_context(
            base_url=maalem.shop, java_script_enabled=False, storage_state=kept
        )
        page = bare.new_page()
        page.goto("/fr/studio/pieces/new/")
        page.locator("[name=photo]").set_input_files(photo(1_600, 1_200))
        page.locator(".card:has([name=craft])").first.click()
        page.locator("[name=price]").fill("")
        page.locator(".piece button[type=submit]").click()
        expect(page.locator(".field__error")).to_have_count(1)
        expect(page.locator(".shot__seen img")).to_be_visible()
        page.locator("[name=price]").fill("1 200")
        page.locator(".piece button[type=submit]").click()
        page.wait_for_url(re.compile(r"/studio/pieces/[^/]+/$"))
        bare.close()
