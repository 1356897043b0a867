"""Where there is a script, parts of a page change in place: seen on a small screen, both ways."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.end_to_end.installation import Running
from tests.end_to_end.people import add_to_cart, must_be_accessible, must_fit, see_cart, visitor
from tests.end_to_end.shopper import PAID, Shopper, piece

LANGUAGES = ["fr", "ar"]
COUNT = "#cart-count .top__count"
AWAY = {"fr": "Pas de connexion pour l’instant.", "ar": "لا يوجد اتصال الآن."}
BROKEN = {"fr": "La boutique n’a pas pu répondre.", "ar": "لم يستطع المتجر أن يجيب."}
ONE_LEFT = {"fr": "Il n’en reste qu’une.", "ar": "بقيت قطعة واحدة فقط."}
# The field fetches it when it is first needed. `wait_for_function` would ask by eval, which the
# pages' policy forbids.
HTMX_IS_THERE = """new Promise(function (done) {
    (function look() { window.htmx ? done() : setTimeout(look, 20); })();
})"""


@pytest.fixture
def page(maalem: Running, chromium: Browser) -> Iterator[Page]:
    """A telephone's page; whatever its console complains of fails the test."""
    context = visitor(chromium, maalem, width=360)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Security" in said.text else None)
    yield page
    context.close()
    assert wrong == []


def stay(page: Page) -> None:
    """Mark this page, so that a new one would be noticed."""
    page.evaluate("window.stayed = true")


def must_have_stayed(page: Page) -> None:
    """No page was loaded since `stay`, and what is there is fit to be seen."""
    assert page.evaluate("window.stayed") is True
    must_fit(page)
    must_be_accessible(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_is_narrowed_and_leafed_through_in_place(page: Page, language: str):
    page.goto(f"/{language}/search/")
    stay(page)
    all_of_them = page.locator("#listing-count").inner_text()
    expect(page.locator(".filters button")).to_be_hidden()

    page.locator("#f-supply").focus()
    page.locator("#f-supply").select_option("ready")
    expect(page.locator("#listing-count")).not_to_have_text(all_of_them)
    assert page.url.endswith(f"/{language}/search/?supply=ready")
    expect(page.locator("#f-supply")).to_be_focused()
    must_have_stayed(page)
    some = page.locator("#listing-count").inner_text()
    other = page.locator(".foot__languages a[lang=en]")
    expect(other).to_have_attribute("href", re.compile(r"/en/search/.supply=ready$"))

    page.locator(".pager [rel=next]").click()
    page.wait_for_url(re.compile(r"supply=ready&page=2$"))
    expect(page.locator("#listing-title")).to_be_in_viewport()
    expect(page.locator("#results")).to_be_focused()

    page.go_back()
    expect(page.locator(".pager [rel=prev]")).to_have_count(0)
    page.locator(".chips a").first.click()
    expect(page.locator("#listing-count")).to_have_text(all_of_them)
    assert page.locator("#f-supply").input_value() == ""
    must_have_stayed(page)

    page.go_back()
    expect(page.locator("#listing-count")).to_have_text(some)
    assert page.locator("#f-supply").input_value() == "ready"
    must_have_stayed(page)


def test_coming_back_from_a_piece_finds_the_whole_list(page: Page):
    page.goto("/fr/search/")
    page.locator("#f-supply").select_option("ready")
    page.wait_for_url(re.compile("supply=ready"))
    some = page.locator("#listing-count").inner_text()
    page.locator(".product-card__link").first.click()
    page.wait_for_url(re.compile("/products/"))
    page.go_back()
    page.wait_for_url(re.compile("supply=ready"))
    expect(page.locator(".top")).to_have_count(1)
    expect(page.locator("#listing-count")).to_have_text(some)
    page.reload()
    expect(page.locator(".top")).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cart_is_filled_and_changed_in_place(maalem: Running, page: Page, language: str):
    page.goto(f"/{language}/products/{piece(maalem)}/")
    stay(page)
    add_to_cart(page)
    expect(page.locator(COUNT)).to_contain_text("1")
    expect(page.locator("#buy-answer")).to_be_in_viewport()
    must_have_stayed(page)

    see_cart(page)
    stay(page)
    quantity = page.locator(".line__quantity select")
    before = page.locator(".summary__amounts dd").first.inner_text()
    quantity.focus()
    quantity.select_option("3")
    expect(page.locator(COUNT)).to_contain_text("3")
    expect(page.locator(".summary__amounts dd").first).not_to_have_text(before)
    expect(page.locator("#cart-sum")).to_contain_text("3")
    expect(quantity).to_be_focused()
    must_have_stayed(page)

    page.locator("form[action*=remove] button").click()
    expect(page.locator(".empty")).to_be_visible()
    expect(page.locator(COUNT)).to_have_count(0)
    expect(page.locator("#cart")).to_be_focused()
    must_have_stayed(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_stands_beside_the_button(maalem: Running, page: Page, language: str):
    page.goto(f"/{language}/products/{piece(maalem, 'unique')}/")
    stay(page)
    add_to_cart(page)
    page.locator("form.buy button[type=submit]").click()
    expect(page.locator("#buy-answer .note--error")).to_be_visible()
    expect(page.locator(COUNT)).to_contain_text("1")
    must_have_stayed(page)


@pytest.mark.parametrize(("language", "typed"), [("fr", "تازنا"), ("ar", "tazna")])
def test_a_place_is_chosen_with_the_keyboard(
    maalem: Running, page: Page, language: str, typed: str
):
    page.goto(f"/{language}/products/{piece(maalem)}/")
    add_to_cart(page)
    page.goto(f"/{language}/checkout/?to=morocco")
    field = page.get_by_role("combobox", name=re.compile("Ville|المدينة"))
    places = page.locator("#places [role=option]")
    chosen = page.locator("#places [aria-selected=true]")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially(typed)
    expect(places).to_have_count(1)
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(chosen).to_have_count(1)
    expect(chosen).to_be_in_viewport()
    expect(field).to_have_attribute("aria-activedescendant", "place-1")
    must_fit(page)
    must_be_accessible(page)
    page.keyboard.press("Enter")
    expect(page.locator("#places")).to_be_hidden()
    assert (
        field.input_value()
        == {
            "fr": "Taznakht (Ouarzazate)",
            "ar": "تازناخت (ورزازات)",
        }[language]
    )

    field.fill("Saf")
    expect(places.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#places")).to_be_hidden()
    field.fill("Safi")
    page.locator("[name=name]").fill("Claire Martin")
    page.locator("[name=phone]").fill("06 12 34 56 78")
    page.locator("[name=quarter]").fill("Rue des Potiers, 4")
    page.locator("form.form button[type=submit]").click()
    page.wait_for_url(re.compile("/review"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_connection_it_says_so_and_offers_the_same_again(
    maalem: Running, page: Page, language: str
):
    page.goto(f"/{language}/products/{piece(maalem)}/")
    stay(page)
    page.locator("#quantity").select_option("2")
    page.context.set_offline(True)
    button = page.locator("form.buy button[type=submit]")
    button.click()
    alert = page.locator(".away[role=alert]")
    expect(alert).to_contain_text(AWAY[language])
    expect(button).to_be_enabled()
    assert page.locator("#quantity").input_value() == "2"
    must_have_stayed(page)

    page.context.set_offline(False)
    alert.get_by_role("button").click()
    expect(page.locator(COUNT)).to_contain_text("2")
    expect(alert).to_be_empty()

    page.route(re.compile("/cart/add/"), lambda route: route.fulfill(status=503, body="no"))
    button.click()
    expect(alert).to_contain_text(BROKEN[language])
    page.unroute_all()
    alert.get_by_role("button").click()
    expect(page.locator(COUNT)).to_contain_text("4")
    must_have_stayed(page)


def test_a_press_that_arrived_unheard_is_not_acted_on_twice(maalem: Running, page: Page):
    page.goto(f"/fr/products/{piece(maalem)}/")
    button = page.locator("form.buy button[type=submit]")
    button.click()
    expect(page.locator(COUNT)).to_contain_text("1")

    def unheard(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(re.compile("/cart/add/"), unheard)
    button.click()
    alert = page.locator(".away[role=alert]")
    expect(alert).to_contain_text(AWAY["fr"])
    page.unroute_all()
    alert.get_by_role("button").click()
    expect(alert).to_be_empty()
    expect(page.locator(COUNT)).to_contain_text("2")


def test_a_list_keeps_its_filters_while_the_network_is_away(page: Page):
    page.goto("/fr/search/")
    stay(page)
    page.context.set_offline(True)
    page.locator("#f-supply").select_option("ready")
    alert = page.locator(".away[role=alert]")
    expect(alert).to_contain_text(AWAY["fr"])
    assert page.url.endswith("/fr/search/")
    page.context.set_offline(False)
    alert.get_by_role("button").click()
    page.wait_for_url(re.compile("supply=ready$"))
    expect(alert).to_be_empty()
    assert page.evaluate("window.stayed") is True


def test_an_impatient_finger_adds_once(maalem: Running, page: Page):
    page.goto(f"/fr/products/{piece(maalem)}/")
    page.locator("form.buy").evaluate("form => [1, 2, 3].forEach(() => form.requestSubmit())")
    expect(page.locator(COUNT)).to_contain_text("1")
    see_cart(page)
    expect(page.locator(".line__quantity select")).to_have_value("1")


def test_the_page_of_an_unpaid_order_shows_the_payment_by_itself(
    maalem: Running, chromium: Browser
):
    claire = Shopper(maalem, visitor(chromium, maalem, width=360).new_page()).come_to_pay()
    beside = claire.page.context.new_page()
    claire.page.locator("a.back, a[href*='/back/']").first.wait_for()
    back = str(claire.page.locator("a[href*='/back/']").first.get_attribute("href"))
    beside.goto(re.sub(r"/checkout/(.+)/back/.*", r"/orders/\1/", back))
    expect(beside.locator(".order__head form button")).to_be_visible()
    claire.pay()
    claire.sees_it_paid()
    expect(beside.locator("main")).to_contain_text(PAID["fr"], timeout=30_000)
    claire.leave()


@pytest.mark.parametrize(("language", "typed"), [("fr", "tagi"), ("ar", "طاجي")])
@pytest.mark.parametrize("start", ["crafts/", "search/"])
def test_a_suggestion_is_chosen_with_the_keyboard(
    page: Page, start: str, language: str, typed: str
):
    page.goto(f"/{language}/{start}")
    field = page.locator("#top-q")
    field.focus()
    expect(field).to_have_attribute("aria-expanded", "false")
    page.evaluate(HTMX_IS_THERE)
    field.press_sequentially(typed)
    options = page.locator("#top-found [role=option]")
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "top-found-1")
    expect(page.locator("#top-found [aria-selected=true]")).to_be_in_viewport()
    must_fit(page)
    must_be_accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator("#top-found")).to_be_hidden()
    page.keyboard.press("ArrowUp")
    to = options.last.get_attribute("data-url")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{to}")
