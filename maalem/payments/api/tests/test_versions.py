"""`Stripe-Version`, `Stripe-Context` and `Stripe-Should-Retry`, as a program sees them."""

import re
from typing import Any

import httpx
import pytest
import stripe

from maalem.payments.api import endpoint
from maalem.payments.api.call import Answered
from maalem.payments.api.versions import NEWEST, is_known
from maalem.payments.events.outbox import API_VERSION

pytestmark = pytest.mark.xdist_group("payments-service")


def ask(service: Any, path: str = "balance", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.get(f"{service.url}/v1/{path}", auth=(service.key, ""), headers=named, timeout=20)


def test_the_newest_version_is_that_of_the_newest_sdk_we_are_tried_with():
    assert max(NEWEST, stripe.api_version) == NEWEST
    assert is_known(stripe.api_version)
    assert API_VERSION[:10] <= NEWEST[:10]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}\.[a-z]+", NEWEST)


@pytest.mark.parametrize("version", [API_VERSION, NEWEST, "2020-08-27", "2026-06-24"])
def test_a_version_that_there_is_is_repeated(service, version):
    answer = ask(service, Stripe_Version=version)
    assert answer.status_code == 200
    assert answer.headers["stripe-version"] == version


@pytest.mark.parametrize(
    "version", ["", "latest", "2026-02-30", "2026-6-24", "2999-01-01", "2026-06-24.dahlia; x=v1"]
)
def test_a_version_that_there_is_not_is_refused(service, version):
    answer = ask(service, Stripe_Version=version)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert f"Invalid Stripe API version: '{version}'" in error["message"]
    assert answer.headers["stripe-version"] == API_VERSION


def test_a_context_is_refused_instead_of_ignored(service):
    answer = ask(service, Stripe_Context="acct_1/acct_2")
    assert answer.status_code == 400
    assert "Stripe-Account" in answer.json()["error"]["message"]


def test_a_stranger_hears_of_her_key_first(service):
    answer = httpx.get(
        f"{service.url}/v1/balance", headers={"Stripe-Version": "latest"}, timeout=20
    )
    assert answer.status_code == 401


def test_what_would_be_answered_the_same_again_says_so(service):
    assert ask(service, "charges/ch_nothing").headers["stripe-should-retry"] == "false"
    assert ask(service, "no/such/path").headers["stripe-should-retry"] == "false"
    assert "stripe-should-retry" not in ask(service).headers
    declined = {
        "amount": "900",
        "currency": "mad",
        "confirm": "true",
        "payment_method": "pm_card_visa_chargeDeclined",
    }
    for _ in range(2):
        answer = httpx.post(
            f"{service.url}/v1/payment_intents", data=declined, auth=(service.key, ""), timeout=20
        )
        assert answer.status_code == 402
        assert answer.headers["stripe-should-retry"] == "false"


@pytest.mark.parametrize(
    ("answer", "final"),
    [
        (Answered(200, b""), False),
        (Answered(409, b""), False),
        (Answered(500, b""), False),
        (Answered(503, b""), False),
        (Answered(500, b"", kept=True), True),
        (Answered(500, b"", replayed=True), True),
        (Answered(402, b""), True),
    ],
)
def test_a_failure_of_ours_is_final_only_where_a_key_keeps_it(answer, final):
    assert endpoint._is_final(answer) is final
