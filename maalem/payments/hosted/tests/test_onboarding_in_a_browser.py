"""The pages of an account's owner and of a card that is kept, in real Chromium."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from maalem.payments.hosted.tests.browser import looks_right, opened
from maalem.payments.hosted.tests.test_onboarding import ASKED, PICTURE, WHO, link
from maalem.payments.settlement.tests.cast import rib
from maalem.payments.tests.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("payer-pages")]
WAYS = [("ar", (360, 740), False), ("fr", (1280, 800), True)]


@pytest.mark.parametrize(("language", "size", "script"), WAYS, ids=["phone-ar", "desk-fr"])
def test_she_tells_all_that_the_highest_level_needs(
    service: Service, chromium: Browser, shop: str, language: str, size: Any, script: bool
):
    v1 = service.client().v1
    account = v1.accounts.create({"type": "custom", "capabilities": ASKED}).id
    made = link(
        v1,
        account,
        collection_options={"fields": "eventually_due"},
        return_url=f"{shop}/back",
        refresh_url=f"{shop}/again",
    )
    page, said = opened(chromium, size, java_script_enabled=script)
    place = f"{language}-{size[0]}"
    page.goto(f"{made.url}?lang={language}")
    shot(page, f"onboarding-who-{place}", script=script)
    page.click("form button")
    page.get_by_role("alert").wait_for()
    shot(page, f"onboarding-wrong-{place}", script=script)
    for name, text in WHO.items():
        page.fill(f"#{name}", text)
    page.click("form button")
    page.wait_for_selector("#ice")
    shot(page, f"onboarding-business-{place}", script=script)
    page.fill("#registration", "45120087")
    page.fill("#ice", "001561191000066")
    page.click("form button")
    page.wait_for_selector("#file")
    shot(page, f"onboarding-document-{place}", script=script)
    files = [{"name": "carte.jpg", "mimeType": "image/jpeg", "buffer": PICTURE}]
    page.set_input_files("#file", files)
    page.click("form button")
    page.wait_for_selector("#rib")
    shot(page, f"onboarding-bank-{place}", script=script)
    page.fill("#rib", rib().digits)
    page.fill("#holder", "Fadma Aït Baha")
    page.click("form button")
    page.wait_for_selector("#accept")
    shot(page, f"onboarding-terms-{place}", script=script)
    page.check("#accept")
    page.click("form button")
    page.wait_for_selector("a.button")
    shot(page, f"onboarding-done-{place}", script=script)
    page.click("a.button")
    page.wait_for_url(f"{shop}/back")
    assert v1.accounts.retrieve(account).level == 3
    assert [line for line in said if "422" not in line] == []
    page.context.close()


@pytest.mark.parametrize(("language", "size", "script"), WAYS, ids=["phone-ar", "desk-fr"])
def test_a_card_is_kept_with_its_banks_question(
    service: Service, chromium: Browser, shop: str, language: str, size: Any, script: bool
):
    session = service.client().v1.checkout.sessions.create(
        {"mode": "setup", "success_url": f"{shop}/kept", "locale": language}
    )
    page, _ = opened(chromium, size, java_script_enabled=script)
    page.goto(session.url)
    shot(page, f"keep-card-{language}-{size[0]}", script=script)
    for name, text in {"exp": "1234", "cvc": "123", "holder": "Claire"}.items():
        page.fill(f"#{name}", text)
    page.fill("#number", "4000002760003184")
    page.click("form button")
    page.fill("#secret", "123456")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{shop}/kept")
    page.context.close()


def shot(page: Any, name: str, *, script: bool) -> None:
    """A look; axe needs scripts, the picture does not."""
    if script:
        looks_right(page, name)
    else:
        assert page.locator("html").get_attribute("dir") == "rtl"
        page.screenshot(path=f"tests/screenshots/payments/{name}.png", full_page=True)
