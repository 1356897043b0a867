"""Pages about money are read to whoever would rather listen."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cast import WEAVER
from tests.end_to_end.installation import Running
from tests.end_to_end.people import look, signed_in, visitor
from tests.end_to_end.shopper import Shopper

pytestmark = pytest.mark.usefixtures("the_books_are_right")
# The telephone's voice: what it is told is written down, and said at once.
VOICE = """
window.heard = [];
const voices = ["de-DE", "fr-FR", "ar-XA"].map((lang) => ({ lang, localService: true }));
const speak = (one) => { heard.push([one.lang, one.text]); setTimeout(() => one.onend(), 0); };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices, speak, cancel: () => {}, addEventListener: () => {},
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
WORDS = {"fr": ("fr-FR", "dirhams"), "ar": ("ar-XA", "درهم")}


def heard(page: Page, language: str) -> str:
    """Presses the button, and what is said until the end."""
    button = page.locator("[data-aloud] button")
    expect(button).to_be_visible()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    said = page.evaluate("heard.splice(0)")
    voice, money = WORDS[language]
    assert {one for one, _ in said} == {voice}
    words = "\n".join(text for _, text in said)
    assert money in words, words
    assert "MAD" not in words
    return words


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("fr", 1280)])
def test_the_pages_about_money_can_be_heard(
    maalem: Running, chromium: Browser, *, language: str, width: int
):
    """P70: the buyer's and the workshop's, and the institution's own; nothing that is typed."""
    context = visitor(chromium, maalem, width=width)
    context.add_init_script(VOICE)
    claire = Shopper(maalem, context.new_page(), language)
    claire.come_to_review()
    heard(claire.page, language)
    look(claire.page)
    claire.order()
    claire.arrives_at_payment()
    claire.page.locator("[name=holder]").fill("SHEHERAZADE")
    assert "SHEHERAZADE" not in heard(claire.page, language)
    claire.page.goto(f"{maalem.shop}/{language}/cart/")
    heard(claire.page, language)
    context.close()
    state = signed_in(maalem, chromium, WEAVER)
    context = visitor(chromium, maalem, width=width, state=state)
    context.add_init_script(VOICE)
    page = context.new_page()
    for path in ("studio/money/", "studio/prices/"):
        page.goto(f"/{language}/{path}")
        heard(page, language)
        look(page)
    context.close()


def test_without_a_voice_of_the_language_there_is_no_button(maalem: Running, chromium: Browser):
    context = visitor(chromium, maalem, width=360)
    context.add_init_script(VOICE)
    page = context.new_page()
    page.goto("/en/cart/")
    expect(page.locator("[data-aloud]")).to_be_hidden()
    context.close()
