"""Addresses and ids that are none or somebody else's, and texts that are no text: nothing comes of
them, whatever endpoint they are sent to."""

import io
from typing import Any

import httpx
import pytest
import stripe

from maalem.payments.acquiring.disputes.evidence import FILES
from maalem.payments.api.routes import Route
from maalem.payments.api.tests.callers import another_platform, paid_out, said, token
from maalem.payments.api.tests.test_bad_input import (
    ENDPOINTS,
    ask,
    endpoint_name,
    knocks,
    needed,
    rows,
    service,
    with_wrong,
)
from maalem.payments.api.tests.wrong import Wrong, texts
from maalem.payments.settlement.tests.cast import bank_account, rib
from maalem.payments.tests.service import Service

pytestmark = pytest.mark.xdist_group("payments-service")
__all__ = ["knocks", "rows", "service"]
WRITING = [found for found in ENDPOINTS if found.method == "POST"]
NAMED = [found for found in ENDPOINTS if "{" in found.path]
# The parameters that name an object, by its kind.
NAMES = {
    "account": "accounts",
    "charge": "charges",
    "confirmation_token": "confirmation_tokens",
    "customer": "customers",
    "default_payment_method": "payment_methods",
    "destination": "accounts",
    "ending_before": "charges",
    "event": "events",
    "external_account": "bank_tokens",
    "front": "identity",
    "on_behalf_of": "accounts",
    "payment_intent": "payment_intents",
    "payment_method": "payment_methods",
    "payout": "payouts",
    "setup_intent": "setup_intents",
    "source": "charges",
    "source_transaction": "charges",
    "starting_after": "charges",
    "token": "tokens",
    "value_list": "value_lists",
    "webhook_endpoint": "webhook_endpoints",
    **dict.fromkeys(FILES, "files"),
}
# What has to be sent for a name to be looked at, without making anything by itself.
BESIDE = {"POST /v1/payouts": {"amount": "1", "currency": "mad"}}


def kind_of(found: Route, name: str) -> str | None:
    """The kind of object that the parameter `name` of an endpoint is the id of."""
    if found.resource == "payout" and name == "destination":
        return "bank_accounts"
    return NAMES.get(name.rpartition("[")[2].rstrip("]"))


@pytest.fixture(scope="module")
def theirs(service: Service) -> dict[str, str]:
    """What belongs to a platform that has nothing to do with ours."""
    key = another_platform(service, "sk_test_somebody_else", account="acct_somebody_else")
    addresses: Any = {"api": service.url, "files": service.url}
    v1 = stripe.StripeClient(key, base_addresses=addresses, max_network_retries=0).v1
    customer = v1.customers.create({"name": "Omar Filali"}).id
    paid = v1.payment_intents.create(
        {"amount": 10_000, "currency": "mad", "confirm": True, "payment_method": "pm_card_visa"}
    )
    kept = v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    payout = paid_out(v1)
    return {
        "accounts": v1.accounts.create({"type": "custom"}).id,
        "bank_tokens": v1.tokens.create({"bank_account": bank_account(rib().digits)}).id,
        "bank_accounts": str(v1.payouts.retrieve(payout).destination),
        "charges": str(paid.latest_charge),
        "confirmation_tokens": said(v1),
        "customers": customer,
        "events": v1.events.list({"limit": 1}).data[0].id,
        "files": uploaded(v1, "dispute_evidence"),
        "identity": uploaded(v1, "identity_document"),
        "payment_intents": paid.id,
        "payment_methods": kept.id,
        "payouts": payout,
        "setup_intents": v1.setup_intents.create({}).id,
        "tokens": token(v1),
        "value_lists": v1.radar.value_lists.create({"alias": "theirs", "name": "Theirs"}).id,
        "webhook_endpoints": v1.webhook_endpoints.create(
            {"url": "http://127.0.0.1:9/", "enabled_events": ["*"]}
        ).id,
    }


def uploaded(v1: stripe.V1Services, purpose: Any) -> str:
    """A document of theirs."""
    slip = io.BytesIO(b"%PDF-1.7")
    return v1.files.create({"purpose": purpose, "file": slip}).id


def _error(answer: httpx.Response) -> dict[str, Any]:
    assert 400 <= answer.status_code < 500, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert error["message"]
    return error


@pytest.mark.parametrize("found", ENDPOINTS, ids=endpoint_name)
def test_another_accounts_object_is_as_unknown_as_none(found: Route, knocks, theirs, rows):
    base = {**needed(found, knocks), **BESIDE.get(endpoint_name(found), {})}
    for name in texts(found.params):
        kind = kind_of(found, name)
        if kind is None:
            continue
        wrong = Wrong(((name, theirs[kind]),), name)
        answer = ask(knocks, found, with_wrong(base, wrong))
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
