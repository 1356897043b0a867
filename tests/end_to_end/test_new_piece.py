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
        page.wait_for_url(re.compile("/pieces/$"))
        must_be_well(page)
        page.locator("a[href$='/pieces/new/']").click()
        page.wait_for_url(re.compile("/new/$"))
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
        page.wait_for_url(re.compile(r"/studio/pieces/(?!new/)[^/]+/$"))
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
        page.wait_for_url(re.compile(r"/studio/pieces/(?!new/)[^/]+/$"))
        assert page.locator(".cash__one--50").count() == 1


def test_without_a_script_the_same_form_stands_on_one_page(maalem: Running, chromium: Browser):
    """P68."""
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
        page.wait_for_url(re.compile(r"/studio/pieces/(?!new/)[^/]+/$"))
        bare.close()


def write_piece(page: Page, price: str) -> None:
    """From the empty page to the last button, which is not pressed."""
    page.locator("[name=photo]").set_input_files(photo(1_600, 1_200))
    expect(page.locator(".shot__seen canvas")).to_be_visible()
    page.locator(".piece__way [data-go='1']").click()
    page.locator(".card:has([name=craft])").first.click()
    expect(page.locator("#step-price")).to_be_visible()
    press_price(page, price)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_piece_is_listed_without_a_network_and_goes_when_there_is_one(
    maalem: Running, chromium: Browser, language: str
):
    """The page opens without a network, what is written outlives its tab, and is sent once."""
    with artisan(maalem, chromium, WEAVER, language=language) as weaver:
        page, context = weaver.page, weaver.page.context
        new = f"/{language}/studio/pieces/new/"
        price = {"fr": "4321", "ar": "1234"}[language]
        page.goto(new)
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        page.goto(new)
        page.wait_for_load_state("networkidle")

        context.set_offline(True)
        page.goto(new)
        expect(page.locator(".piece__way")).to_be_visible()
        write_piece(page, price)
        page.wait_for_timeout(300)
        page.close()

        page = context.new_page()
        page.goto(new)
        expect(page.locator("#step-price")).to_be_visible()
        expect(page.locator("[name=price]")).to_have_value(price)
        expect(page.locator(".outbox")).to_be_hidden()
        page.locator(".piece button[type=submit]").click()
        expect(page.locator(".outbox__one")).to_have_count(1)
        expect(page.locator(".outbox__one .outbox__price")).to_have_text(price)
        expect(page.locator("#step-photo")).to_be_visible()
        must_fit(page)
        page.close()

        page = context.new_page()
        page.goto(new)
        expect(page.locator(".outbox__one canvas")).to_be_visible()
        must_be_well(page)
        context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.locator(".outbox")).to_be_hidden()
        page.goto(f"/{language}/studio/pieces/")
        shown = page.locator(".pieces__one").first
        expect(shown).to_contain_text(re.compile(rf"{price[0]}\W?{price[1:]}"))
        expect(page.locator(".pieces__one", has_text=re.compile(rf"{price[0]}\W?{price[1:]}"))
               ).to_have_count(1)  # fmt: skip


def test_what_the_shop_refuses_waits_to_be_put_right(maalem: Running, chromium: Browser):
    with artisan(maalem, chromium, POTTER, language="fr") as potter:
        page = potter.page
        page.goto("/fr/studio/pieces/new/")
        write_piece(page, "")
        page.locator(".piece button[type=submit]").click()
        expect(page.locator(".piece__price-of .field__error")).to_be_visible()
        expect(page.locator(".outbox")).to_be_hidden()
        press_price(page, "77")
        # A photo that only the shop finds fault with.
        tiny = photo(100, 100)
        page.locator("[name=photo]").set_input_files(tiny)
        page.wait_for_timeout(500)
        page.locator(".piece button[type=submit]").click()
        expect(page.locator(".outbox__wrong")).to_contain_text("trop petite")
        must_be_well(page)
        page.locator("[data-put-right]").click()
        expect(page.locator("[name=price]")).to_have_value("77")
        expect(page.locator(".outbox")).to_be_hidden()
        page.locator("[name=photo]").set_input_files(photo(1_600, 1_200))
        page.wait_for_timeout(500)
        page.locator(".piece button[type=submit]").click()
        page.wait_for_url(re.compile(r"/studio/pieces/(?!new/)[^/]+/$"))
        expect(page.locator(".piece__price")).to_contain_text("77")
