"""What is sent is kept or refused by its name; nothing is taken and forgotten."""

from typing import Any

import httpx
import pytest
import stripe

pytestmark = pytest.mark.xdist_group("payments-service")
LINE = "line_items[0][price_data]"


@pytest.mark.parametrize("name", ["[description]", "[images][0]", "[metadata][sku]"])
def test_a_product_is_its_name_and_the_rest_is_refused(service: Any, name: str):
    sent = {
        "mode": "payment",
        "success_url": "http://shop.test/done",
        f"{LINE}[currency]": "mad",
        f"{LINE}[unit_amount]": "900",
        f"{LINE}[product_data][name]": "Tajine",
    }
    url = f"{service.url}/v1/checkout/sessions"
    assert httpx.post(url, data=sent, auth=(service.key, ""), timeout=20).status_code == 200
    sent[f"{LINE}[product_data]{name}"] = "http://shop.test/said"
    refused = httpx.post(url, data=sent, auth=(service.key, ""), timeout=20)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (400, "parameter_unknown")
    assert error["param"].startswith(f"{LINE}[product_data]{name.partition(']')[0]}]")


def test_a_reversal_s_description_is_refused_and_nothing_moves(service: Any):
    v1 = service.client().v1
    seller = v1.accounts.create({"type": "express", "country": "MA"})
    paid = v1.payment_intents.create(
        {"amount": 9_000, "currency": "mad", "confirm": True, "payment_method": "pm_card_visa"}
    )
    transfer = v1.transfers.create(
        {
            "amount": 5_000,
            "currency": "mad",
            "destination": seller.id,
            "source_transaction": paid.latest_charge,
        }
    )
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.transfers.reversals.create(transfer.id, {"amount": 1_000, "description": "too much"})
    assert (refused.value.code, refused.value.param) == ("parameter_unknown", "description")
    assert v1.transfers.retrieve(transfer.id).amount_reversed == 0
    back = v1.transfers.reversals.create(transfer.id, {"amount": 1_000, "metadata": {"why": "x"}})
    assert back.metadata.to_dict() == {"why": "x"}
