"""A page in real Chromium, and a look at whether it is right."""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

SIZES = [(360, 740), (1280, 800)]
SHOTS = Path("tests/screenshots/payments")


def opened(chromium: Browser, size: tuple[int, int], **traits: Any) -> tuple[Page, list[str]]:
    """A page of that size, and what its console complains of."""
    width, height = size
    context = chromium.new_context(viewport={"width": width, "height": height}, **traits)
    context.set_default_timeout(30_000)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return page, said


def looks_right(page: Page, name: str) -> None:
    """No violation, nothing sticks out, and a picture for whoever wants to look."""
    wanted = {"resultTypes": ["violations"]}  # what is told of the rest takes half the time
    found = Axe().run(page, options=wanted).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:80]) for one in found] == []
    assert page.locator("html").evaluate("html => html.scrollWidth <= innerWidth"), name
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
