"""A piece's story told into a telephone: without a network too, and by who has no microphone."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from maalem.platform.ground.sounds.tests.made import mp4
from tests.cast import POTTER, WEAVER
from tests.end_to_end.installation import Running
from tests.end_to_end.people import must_fit
from tests.end_to_end.test_new_piece import artisan, must_be_well, write_piece

A_PIECE = re.compile(r"/studio/pieces/(?!new/)[^/]+/$")


def tell(page: Page, *, for_ms: int = 2_500) -> None:
    """Press, speak, press again."""
    button = page.locator("[data-voice=go]")
    expect(button).to_be_visible()
    button.click()
    expect(page.locator(".voice--on")).to_have_count(1)
    page.wait_for_timeout(for_ms)
    button.click()
    expect(page.locator(".voice__heard")).to_be_visible()


def must_sound(page: Page, player: str) -> None:
    """The browser plays it: it reads a length, or gets on in it."""
    page.locator(player).evaluate("one => { one.muted = true; return one.play(); }")
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if page.locator(player).evaluate("one => one.currentTime > 0.2 && !one.error"):
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing is heard")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_story_told_without_a_network_is_heard_by_a_buyer(
    maalem: Running, chromium: Browser, language: str
):
    price = {"fr": "4142", "ar": "2414"}[language]
    with artisan(maalem, chromium, WEAVER, language=language) as weaver:
        page, context = weaver.page, weaver.page.context
        new = f"/{language}/studio/pieces/new/"
        page.goto(new)
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        page.goto(new)
        page.wait_for_load_state("networkidle")
        context.set_offline(True)
        page.goto(new)
        write_piece(page, price)
        tell(page)
        page.locator("[name=tongue][value=zgh]").check(force=True)
        must_be_well(page)
        page.wait_for_timeout(300)
        page.close()

        # The tab is gone; what was said is not.
        page = context.new_page()
        page.goto(new)
        expect(page.locator(".voice__heard")).to_be_visible()
        expect(page.locator("[name=tongue][value=zgh]")).to_be_checked()
        must_sound(page, ".voice__heard")
        page.locator(".piece button[type=submit]").click()
        expect(page.locator(".outbox__one")).to_have_count(1)
        context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.locator(".outbox")).to_be_hidden()

        page.goto(f"/{language}/studio/pieces/")
        page.locator(".pieces__one a").first.click()
        page.wait_for_url(A_PIECE)
        page.locator(".step a").first.click()
        expect(page.locator(".aloud audio")).to_be_visible()
        said = {"fr": "en tamazight", "ar": "بالأمازيغية"}[language]
        expect(page.locator(".aloud")).to_contain_text(said)
        expect(page.locator(".aloud bdi")).to_have_text(re.compile(r"0:0[2-5]"))
        must_be_well(page)
        must_sound(page, ".aloud audio")


def test_it_is_told_again_and_taken_off(maalem: Running, chromium: Browser):
    with artisan(maalem, chromium, POTTER, language="fr") as potter:
        page = potter.page
        page.goto("/fr/studio/pieces/")
        page.locator(".pieces__one a").first.click()
        page.wait_for_url(A_PIECE)
        piece = page.url
        page.locator("a[href$='/voice/']").click()
        must_be_well(page)
        tell(page)
        page.locator("[data-voice=again]").click()
        expect(page.locator(".voice__heard")).to_be_hidden()
        # Sent while she still speaks: what she said until then goes.
        page.locator("[data-voice=go]").click()
        page.wait_for_timeout(2_000)
        page.locator(".form button[type=submit]").last.click()
        page.wait_for_url(piece)
        page.goto(f"{piece}voice/")
        must_be_well(page)
        must_sound(page, ".voice > audio")
        page.locator("[name=drop]").click()
        page.wait_for_url(piece)
        page.goto(f"{piece}voice/")
        expect(page.locator("[name=drop]")).to_have_count(0)


def test_who_has_no_microphone_chooses_a_recording(maalem: Running, chromium: Browser):
    with artisan(maalem, chromium, POTTER, language="fr") as potter:
        page = potter.page
        page.add_init_script(
            "navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no'))"
        )
        page.goto("/fr/studio/pieces/")
        page.locator(".pieces__one a").first.click()
        page.wait_for_url(A_PIECE)
        piece = page.url
        page.goto(f"{piece}voice/")
        expect(page.locator("[name=voice]")).to_be_hidden()
        page.locator("[data-voice=go]").click()
        expect(page.locator(".voice__said")).to_contain_text("autorisez le microphone")
        expect(page.locator("[name=voice]")).to_be_visible()
        must_fit(page)
        wrong = {"name": "a.m4a", "mimeType": "audio/mp4", "buffer": b"not a recording"}
        page.locator("[name=voice]").set_input_files(wrong)
        page.locator(".form button[type=submit]").last.click()
        expect(page.locator(".field__error")).to_contain_text("pas un enregistrement")
        must_be_well(page)
        good = {"name": "a.bin", "mimeType": "audio/mp4", "buffer": mp4(9)}
        page.locator("[data-voice=go]").click()
        page.locator("[name=voice]").set_input_files(good)
        page.locator(".form button[type=submit]").last.click()
        page.wait_for_url(piece)
