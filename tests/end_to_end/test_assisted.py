"""A field agent works for an artisan who tells him her code; she reads it and undoes it."""

import re

import pytest
from playwright.sync_api import Browser, StorageState, expect

from maalem.cli import databases
from tests.cast import NOBODY, WEAVER
from tests.end_to_end.installation import Running
from tests.end_to_end.people import Artisan, look, signed_in, visitor
from tests.end_to_end.processes import appoint, rows

HERS = """
SELECT p.slug FROM catalog_product p JOIN artisans_artisan a ON a.id = p.artisan_id
 WHERE a.slug = %s AND p.status = 'published' ORDER BY p.id
"""
PRICE = """
SELECT v.price_minor FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
 WHERE p.slug = %s ORDER BY v.id LIMIT 1
"""


@pytest.fixture(scope="module")
def weaver(maalem: Running, chromium: Browser) -> StorageState:
    return signed_in(maalem, chromium, WEAVER)


@pytest.fixture(scope="module")
def agent(maalem: Running, chromium: Browser) -> StorageState:
    appoint(maalem, NOBODY, ["act_for_artisans"])
    return signed_in(maalem, chromium, NOBODY)


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("fr", 1280)])
def test_an_agent_changes_a_price_for_her_and_she_puts_it_back(
    maalem: Running,
    chromium: Browser,
    weaver: StorageState,
    agent: StorageState,
    *,
    language: str,
    width: int,
):
    ((piece,), *_) = rows(maalem, databases.PLATFORM, HERS, WEAVER.artisan)
    ((before,),) = rows(maalem, databases.PLATFORM, PRICE, piece)
    his = visitor(chromium, maalem, width=width, state=agent).new_page()
    his.goto(f"/{language}/assist/")
    look(his)
    his.locator("[name=phone]").fill("0" + WEAVER.phone.removeprefix("+212"))
    his.locator("[name=scopes][value=pieces]").check(force=True)
    his.locator("form:has([name=phone]) button[type=submit]").click()
    his.locator("[name=code]").wait_for()
    look(his)
    his.locator("[name=code]").fill(Artisan(his, WEAVER, language)._code())
    his.locator("form.assist__code button[type=submit]").click()
    his.locator("form[action$='/go/'], .acting").first.wait_for()
    look(his)
    if his.locator("form[action$='/go/']").count():
        his.locator("form[action$='/go/'] button").click()
    expect(his.locator(".acting")).to_be_visible()
    look(his)

    his.goto(f"/{language}/studio/pieces/{piece}/price/")
    expect(his.locator(".acting")).to_be_visible()
    look(his)
    his.locator("main form input[name$='price']").first.fill("4321")
    his.locator("main form.form button[type=submit]").first.click()
    his.wait_for_url(re.compile(f"/pieces/{piece}/"))
    assert rows(maalem, databases.PLATFORM, PRICE, piece) == [(432_100,)]
    answer = his.goto(f"/{language}/studio/money/")
    assert answer is not None
    assert answer.status == 403, "her money is never an agent's"
    look(his)
    his.locator(".acting button").click()
    expect(his.locator(".acting")).to_have_count(0)

    hers = visitor(chromium, maalem, width=width, state=weaver).new_page()
    hers.goto(f"/{language}/studio/helped/")
    expect(hers.locator(".helped__one").first).to_contain_text(re.compile(r"4\W?321"))
    look(hers)
    hers.locator("form[action$='/undo/'] button").first.click()
    expect(hers.locator("form[action$='/undo/']")).to_have_count(0)
    look(hers)
    assert rows(maalem, databases.PLATFORM, PRICE, piece) == [(before,)]
    for page in (his, hers):
        page.context.close()
