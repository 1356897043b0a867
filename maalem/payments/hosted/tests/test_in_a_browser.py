"""The payer's pages in real Chromium: both directions, both sizes, with and without a script."""

from typing import Any
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, Page

from maalem.payments.hosted.tests.browser import SHOTS, SIZES, looks_right, opened
from maalem.payments.tests.service import Service, eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("payer-pages")]
# A wallet each: one alone could not pay for so many carpets in a day.
PHONES = {
    ("fr", 360): "06 61 22 00 01",
    ("fr", 1280): "06 61 22 00 02",
    ("ar", 360): "٠٦ ٦١ ٢٢ ٠٠ ٠٣",
    ("ar", 1280): "٠٦ ٦١ ٢٢ ٠٠ ٠٤",
}
CARD = {"exp": "1234", "cvc": "123", "holder": "Claire"}
CHARGES = """
SELECT count(*) FROM charges c JOIN payment_intents i ON i.id = c.intent_id
WHERE i.session_id = %s
"""

ASKED = """
SELECT count(*) FROM payment_attempts a JOIN payment_intents i ON i.id = a.intent_id
WHERE i.session_id = %s AND a.status = 'sent'
"""
PRESSES = "SELECT count(*) FROM checkout_tries WHERE session_id = %s"
# Long enough to do something between the press and its answer, shorter than we wait for a network.
SLOW_MS = 2_500
PRESS = """(button, reloadAfterMs) => {
    setTimeout(() => button.click());
    if (reloadAfterMs) setTimeout(() => location.reload(), reloadAfterMs);
}"""
# What a browser does that restores a tab and sends its form once more.
SEND = """([address, fields]) => {
    const form = document.createElement("form");
    Object.assign(form, {method: "post", action: address});
    for (const [name, value] of Object.entries(fields)) {
        const field = document.createElement("input");
        Object.assign(field, {type: "hidden", name, value});
        form.append(field);
    }
    document.body.append(form);
    form.submit();
}"""


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_card_is_declined_then_challenged_then_paid(
    service: Service, chromium: Browser, shop: str, language: str, size: tuple[int, int]
):
    page, said = opened(chromium, size, java_script_enabled=True)
    place = f"{language}-{size[0]}"
    session = service.session(locale=language, success_url=f"{shop}/done")
    page.goto(session.url)
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    looks_right(page, f"checkout-{place}")
    card = {"number": "4000000000009995", **CARD}
    type_card(page, card)
    page.get_by_role("alert").wait_for()
    looks_right(page, f"declined-{place}")
    type_card(page, {**card, "number": "4000002760003184"})
    page.locator("#secret").wait_for()
    assert "3184" in page.inner_text("main")
    looks_right(page, f"challenge-{place}")
    page.fill("#secret", "123456")
    page.keyboard.press("Enter")
    page.wait_for_url(shop + "/**")
    assert page.inner_text("h1") == "the shop"
    page.go_back()  # the challenge is over: it leads on to the shop again
    page.wait_for_url(shop + "/**")
    page.goto(session.url)
    looks_right(page, f"paid-{place}")
    assert service.retrieve(session).payment_status == "paid"
    assert [line for line in said if "402" not in line] == []
    page.context.close()


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_wallet_is_approved_without_a_script_and_without_a_mouse(
    service: Service, chromium: Browser, shop: str, language: str, size: tuple[int, int]
):
    page, _ = opened(chromium, size, java_script_enabled=True)
    place = f"{language}-{size[0]}"
    session = service.session(locale=language, success_url=f"{shop}/done")
    page.goto(session.url + "?method=wallet")
    looks_right(page, f"wallet-{place}")
    page.context.close()
    bare, _ = opened(chromium, size, java_script_enabled=False)
    bare.goto(session.url)
    tab_to(bare, "a[href*='method=wallet']")
    bare.keyboard.press("Enter")
    bare.wait_for_url("**method=wallet")
    tab_to(bare, "#phone")
    bare.keyboard.type(PHONES[language, size[0]])
    bare.keyboard.press("Enter")
    bare.wait_for_url("**/hosted/wallet/**")
    bare.screenshot(path=SHOTS / f"approve-{place}.png", full_page=True)
    tab_to(bare, "#secret")
    bare.keyboard.type("1234")
    bare.keyboard.press("Enter")
    bare.wait_for_url(shop + "/**")
    assert service.retrieve(session).payment_status == "paid"
    bare.context.close()


def test_the_language_changes_in_the_middle(service: Service, chromium: Browser):
    page, _ = opened(chromium, SIZES[0])
    page.goto(service.session().url)
    page.get_by_role("link", name="العربية").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    type_card(page, {"number": "4000002760003184", "exp": "12/34", "cvc": "123", "holder": "C"})
    page.locator("#secret").wait_for()
    assert page.locator("html").get_attribute("lang") == "ar"
    page.get_by_role("link", name="English").click()
    assert "Is it really you?" in page.inner_text("h1")
    page.context.close()


def test_the_script_groups_digits_and_sends_one_click(service: Service, chromium: Browser):
    page, _ = opened(chromium, SIZES[1])
    page.goto(service.session().url)
    page.locator("#number").press_sequentially("4242424242424242")
    page.locator("#exp").press_sequentially("1234")
    assert page.input_value("#number") == "4242 4242 4242 4242"
    assert page.input_value("#exp") == "12 / 34"
    page.context.close()


def test_a_tab_that_is_killed_while_it_pays_pays_once(
    service: Service, chromium: Browser, shop: str, conduct: Any
):
    """P6: the press was kept before the network was asked; a new tab finds that payment."""
    session = service.session(success_url=f"{shop}/done")
    conduct(slow_ms=SLOW_MS)
    page, _ = opened(chromium, SIZES[0])
    page.goto(session.url)
    pressed(page, service, session.id)
    page.context.close()  # between the press and its answer
    again, _ = opened(chromium, SIZES[0])
    again.goto(session.url)
    waits_and_leaves(again, shop)
    must_be_paid_by_one_press(service, session)
    again.context.close()


def test_a_page_that_is_loaded_again_while_it_pays_goes_on_with_that_payment(
    service: Service, chromium: Browser, shop: str, conduct: Any
):
    """P6: whoever grows impatient and reloads is shown no card form, and is led to her order."""
    session = service.session(success_url=f"{shop}/done")
    conduct(slow_ms=SLOW_MS)
    page, _ = opened(chromium, SIZES[0])
    page.goto(session.url)
    with page.expect_response(
        lambda one: one.request.method == "GET" and "/pay/" in one.url
    ) as shown:
        pressed(page, service, session.id, reload_after_ms=SLOW_MS // 2)
    assert shown.value.status == 200
    assert service.rows(CHARGES, session.id) == [(0,)]
    waits_and_leaves(page, shop)
    must_be_paid_by_one_press(service, session)
    page.context.close()


def test_a_form_that_a_browser_sends_again_carries_the_key_of_the_first_time(
    service: Service, chromium: Browser, shop: str, conduct: Any
):
    """P6: the key is in the page before the press, so a restored tab can only repeat it."""
    session = service.session(success_url=f"{shop}/done")
    conduct(slow_ms=SLOW_MS)
    page, _ = opened(chromium, SIZES[0])
    page.goto(session.url)
    key = page.input_value("input[name=form]")
    sent = pressed(page, service, session.id)
    assert sent["form"] == key
    page.context.close()
    again, _ = opened(chromium, SIZES[0])
    again.goto(session.url)
    again.evaluate(SEND, [f"{session.url}/card", sent])
    waits_and_leaves(again, shop)
    must_be_paid_by_one_press(service, session)
    again.context.close()


def pressed(
    page: Page, service: Service, session_id: str, *, reload_after_ms: int = 0
) -> dict[str, str]:
    """She presses, and the network is being asked: what her browser sent."""
    fill_card(page, {**CARD, "number": "4242424242424242"})
    with page.expect_request(lambda request: request.method == "POST") as waiting:
        # By the page's own clock: the driver's click would wait for the answer.
        page.locator("button[data-busy]").evaluate(PRESS, reload_after_ms)
    eventually(lambda: service.rows(ASKED, session_id) == [(1,)])
    assert service.rows(CHARGES, session_id) == [(0,)]
    return dict(parse_qsl(waiting.value.post_data or ""))


def waits_and_leaves(page: Page, shop: str) -> None:
    """No form asks for a card; the page goes on to the shop by itself."""
    page.locator("#number").wait_for(state="detached")
    page.wait_for_url(shop + "/**")


def must_be_paid_by_one_press(service: Service, session: Any) -> None:
    assert service.retrieve(session).payment_status == "paid"
    assert service.rows(CHARGES, session.id) == [(1,)]
    assert service.rows(PRESSES, session.id) == [(1,)]


def type_card(page: Page, card: dict[str, str]) -> None:
    fill_card(page, card)
    page.locator("button[data-busy]").click()


def fill_card(page: Page, card: dict[str, str]) -> None:
    for name, text in card.items():
        page.fill(f"#{name}", text)


def tab_to(page: Page, selector: str) -> None:
    """Reach an element with the Tab key alone."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.locator(selector).evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")
