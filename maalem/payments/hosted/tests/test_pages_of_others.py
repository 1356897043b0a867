"""A shop's own page, of another origin, asks the API in real Chromium."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Error

from maalem.payments.api.tests.callers import made
from maalem.payments.tests.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("payer-pages")]
ASK = """async ([url, method, key, form, credentials]) => {
  const sent = { method, headers: { Authorization: "Bearer " + key }, credentials };
  if (form) sent.body = new URLSearchParams(form);
  const answer = await fetch(url, sent);
  return { status: answer.status, id: answer.headers.get("request-id"), ...(await answer.json()) };
}"""
CARD = {
    "type": "card",
    "card[number]": "4242424242424242",
    "card[exp_month]": "12",
    "card[exp_year]": "2034",
}


def test_a_page_pays_by_its_publishable_key_and_reaches_nothing_else(
    service: Service, chromium: Browser, shop: str
):
    _, key = made(service.client(), type="publishable", name="page")
    page = chromium.new_page()
    page.goto(shop)

    def ask(
        path: str, form: Any = None, *, by: str = key, method: str = "POST", how: str = "omit"
    ) -> Any:
        return page.evaluate(ASK, [service.url + path, method, by, form, how])

    card = ask("/v1/payment_methods", CARD)
    assert (card["status"], card["card"]["last4"]) == (200, "4242")
    assert card["id"].startswith("pm_")
    wrong = ask("/v1/payment_methods", {**CARD, "card[number]": "4242424242424241"})
    assert (wrong["status"], wrong["error"]["code"]) == (402, "incorrect_number")
    intent = service.client().v1.payment_intents.create({"amount": 25_000, "currency": "mad"})
    secret = intent.client_secret
    seen = ask(f"/v1/payment_intents/{intent.id}?client_secret={secret}", method="GET")
    assert (seen["amount"], "metadata" in seen) == (25_000, False)
    paid = ask(
        f"/v1/payment_intents/{intent.id}/confirm",
        {"client_secret": secret, "payment_method": card["id"]},
    )
    assert paid["status"] == "succeeded"
    for refused in (
        lambda: ask("/v1/customers", {"name": "Claire"}),
        lambda: ask("/v1/balance", method="GET"),
        lambda: ask("/v1/payment_methods", CARD, by=service.key),
        lambda: ask("/v1/payment_methods", CARD, how="include"),
        lambda: ask(f"/v1/payment_intents/{intent.id}", {"description": "x"}),
    ):
        with pytest.raises(Error, match="Failed to fetch"):
            refused()
    page.close()
