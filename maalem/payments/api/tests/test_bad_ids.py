"""Addresses and ids that are none or somebody else's, and texts that are no text: nothing comes of
them, whatever endpoint they are sent to."""

from typing import Any

import httpx
import pytest
import stripe

from maalem.payments.api.routes import Route
from maalem.payments.api.tests.callers import put_key
from maalem.payments.api.tests.test_bad_input import (
    ENDPOINTS,
    ask,
    endpoint_name,
    knocks,
    needed,
    rows,
    service,
)
from maalem.payments.api.tests.wrong import texts
from maalem.payments.tests.service import Service

pytestmark = pytest.mark.xdist_group("payments-service")
__all__ = ["knocks", "rows", "service"]
WRITING = [found for found in ENDPOINTS if found.method == "POST"]
NAMED = [found for found in ENDPOINTS if "{" in found.path]
# The parameters that name an object, by its kind.
NAMES = {
    "charge": "charges",
    "customer": "customers",
    "default_payment_method": "payment_methods",
    "ending_before": "charges",
    "payment_intent": "payment_intents",
    "payment_method": "payment_methods",
    "setup_intent": "setup_intents",
    "source_transaction": "charges",
    "starting_after": "charges",
}


@pytest.fixture(scope="module")
def theirs(service: Service) -> dict[str, str]:
    """What belongs to an account that has nothing to do with ours."""
    account = service.client().v1.accounts.create({"type": "custom"}).id
    key = put_key(service, "sk_test_somebody_else", account)
    v1 = stripe.StripeClient(key, base_addresses={"api": service.url}, max_network_retries=0).v1
    customer = v1.customers.create({"name": "Omar Filali"}).id
    paid = v1.payment_intents.create(
        {"amount": 10_000, "currency": "mad", "confirm": True, "payment_method": "pm_card_visa"}
    )
    kept = v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    return {
        "charges": str(paid.latest_charge),
        "customers": customer,
        "payment_intents": paid.id,
        "payment_methods": kept.id,
        "setup_intents": v1.setup_intents.create({}).id,
    }


def _error(answer: httpx.Response) -> dict[str, Any]:
    assert 400 <= answer.status_code < 500, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert error["message"]
    return error


@pytest.mark.parametrize("found", ENDPOINTS, ids=endpoint_name)
def test_another_accounts_object_is_as_unknown_as_none(found: Route, knocks, theirs, rows):
    base = needed(found, knocks)
    for name in texts(found.params):
        kind = NAMES.get(name.rpartition("[")[2].rstrip("]"))
        if kind is None:
            continue
        kept = [(known, value) for known, value in base.items() if known != name]
        answer = ask(knocks, found, [(name, theirs[kind]), *kept])
        if found.method == "GET" and answer.status_code == 200:
            assert answer.json()["data"] == [], name
            continue
        error = _error(answer)
        assert (error.get("code"), error.get("param")) == ("resource_missing", name), error
    assert rows.changes() == {}


@pytest.mark.parametrize("found", WRITING, ids=endpoint_name)
def test_what_is_no_text_is_refused(found: Route, knocks, rows):
    names = [name for name in texts(found.params) if not name.endswith("metadata")][:3]
    for name in names:
        error = _error(ask(knocks, found, [(name, "a\x00b")]))
        assert error["param"] == name
        path = knocks.service.url + knocks.address(found.path)
        broken = knocks.http.post(
            path,
            content=f"{name}=%ff%fe".encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            auth=(knocks.service.key, ""),
        )
        assert "UTF-8" in _error(broken)["message"]
    assert rows.changes() == {}


@pytest.mark.parametrize("found", NAMED, ids=endpoint_name)
def test_an_address_that_names_nothing_is_not_found(found: Route, knocks, rows):
    for odd in ("%00", "%FF", "x" * 4_000, "..%2f..", "%27%20OR%201=1", "cus_%F0%9F%90%AA"):
        path = "/".join(odd if step.startswith("{") else step for step in found.path.split("/"))
        answer = knocks.ask(found.method, path, knocks.service.key)
        assert answer.status_code in (400, 403, 404), answer.text
        assert _error(answer)["type"] == "invalid_request_error"
    assert rows.changes() == {}
