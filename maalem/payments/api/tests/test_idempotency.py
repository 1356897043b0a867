"""One key, one effect, one answer: over HTTP, as a careful and as a careless client sees it."""

import asyncio
import os
import uuid
from typing import Any

import httpx
import pytest

from maalem.payments.api.idempotency import fingerprint, fingerprint_before
from maalem.payments.api.params import pairs_of, tree_of
from maalem.payments.config import Config

pytestmark = pytest.mark.xdist_group("payments-service")
PAY = {"amount": "1000", "currency": "mad", "confirm": "true", "payment_method": "pm_card_visa"}


class Caller:
    """Speaks HTTP to the service, without an SDK's retries."""

    def __init__(self, service: Any) -> None:
        self.service = service
        self.http = httpx.Client(base_url=service.url, auth=(service.key, ""), timeout=20)

    def post(self, path: str, data: dict[str, str], *, key: str | None = None, **headers: str):
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.http.post(f"/v1/{path}", data=data, headers=headers)

    def count(self, table: str, column: str, value: str) -> int:
        return self.service.rows(f"SELECT count(*) FROM {table} WHERE {column} = %s", value)[0][0]


@pytest.fixture
def caller(service: Any) -> Caller:
    return Caller(service)


@pytest.fixture
def key() -> str:
    return uuid.uuid4().hex


def test_the_same_request_again_is_answered_the_same(caller, key):
    first = caller.post("payment_intents", PAY, key=key)
    again = caller.post("payment_intents", PAY, key=key)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["idempotency-key"] == key
    assert again.headers["request-id"] != first.headers["request-id"]
    # The intent made, the card charged, the intent paid.
    assert caller.count("events", "idempotency_key", key) == 3


def test_other_parameters_or_another_place_are_refused(caller, key):
    """P2: the endpoint counts too."""
    caller.post("payment_intents", PAY, key=key)
    for path, data in (
        ("payment_intents", {**PAY, "amount": "1001"}),
        ("customers", {}),
    ):
        refused = caller.post(path, data, key=key)
        assert refused.status_code == 400
        assert refused.json()["error"]["type"] == "idempotency_error"


def test_the_order_of_parameters_does_not_matter(caller, key):
    first = caller.post("payment_intents", PAY, key=key)
    again = caller.post("payment_intents", dict(reversed(PAY.items())), key=key)
    assert again.content == first.content


CARD_FIRST = "amount=900&currency=mad&payment_method_types[]=card&payment_method_types[]=wallet"
WALLET_FIRST = "amount=900&currency=mad&payment_method_types[]=wallet&payment_method_types[]=card"


def written(caller: Caller, body: str, *, key: str) -> Any:
    """A payment intent made of a form as it is written."""
    form = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": key}
    return caller.http.post("/v1/payment_intents", content=body, headers=form)


def test_the_order_of_a_list_s_values_counts(caller, key):
    """P2: two lists of the same values in another order are two requests."""
    first = written(caller, WALLET_FIRST, key=key)
    again = written(caller, WALLET_FIRST, key=key)
    assert first.json()["payment_method_types"] == ["wallet", "card"]
    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == first.content
    other = written(caller, CARD_FIRST, key=key)
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a[]=1&a[]=2", "a[]=2&a[]=1"),
        ("a=1&a=2", "a=2&a=1"),
        ("a[][x]=1&a[][y]=2", "a[][y]=2&a[][x]=1"),
        ("a[b][]=1&a[b][]=2&c=1", "c=1&a[b][]=2&a[b][]=1"),
    ],
)
def test_what_is_read_otherwise_has_another_fingerprint(one, other):
    one, other = pairs_of(one), pairs_of(other)
    said = tree_of(one), tree_of(other)
    assert said[0] != said[1]
    assert fingerprint("/v1/x", one, key=b"k") != fingerprint("/v1/x", other, key=b"k")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a=1&b=2", "b=2&a=1"),
        ("a[0]=1&a[1]=2", "a[1]=2&a[0]=1"),
        ("a[]=1&a[]=2&b=3", "b=3&a[]=1&a[]=2"),
    ],
)
def test_what_is_read_the_same_has_one_fingerprint(one, other):
    one, other = pairs_of(one), pairs_of(other)
    assert tree_of(one) == tree_of(other)
    assert fingerprint("/v1/x", one, key=b"k") == fingerprint("/v1/x", other, key=b"k")


def test_a_key_that_was_kept_before_the_order_counted_is_replayed(caller, key):
    """P4: the fingerprint of such a request was another one; the key lives on for its 35 days."""
    first = written(caller, WALLET_FIRST, key=key)
    config = Config.from_env({**os.environ, **caller.service.environment})
    secret = config.fingerprint_key
    earlier = fingerprint_before("/v1/payment_intents", pairs_of(WALLET_FIRST), key=secret)
    caller.service.rows("UPDATE idempotency_keys SET fingerprint = %s WHERE key = %s", earlier, key)
    again = written(caller, WALLET_FIRST, key=key)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == first.content
    assert written(caller, f"{WALLET_FIRST}&description=x", key=key).status_code == 400


def test_the_fingerprint_of_a_request_without_lists_is_what_it_always_was():
    pairs = pairs_of("b=2&a[x]=1&card[cvc]=314")
    assert fingerprint_before("/v1/x", pairs, key=b"k") is None
    assert fingerprint("/v1/x", pairs, key=b"k") == "6d65b0454ec425349675626771d02800"


def test_a_decline_is_remembered(caller, key):
    declined = {**PAY, "payment_method": "pm_card_visa_chargeDeclined"}
    first = caller.post("payment_intents", declined, key=key)
    again = caller.post("payment_intents", declined, key=key)
    assert first.status_code == again.status_code == 402
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"


def test_a_refusal_by_the_state_is_remembered(caller, key):
    intent = caller.post("payment_intents", PAY).json()["id"]
    first = caller.post(f"payment_intents/{intent}/capture", {}, key=key)
    again = caller.post(f"payment_intents/{intent}/capture", {}, key=key)
    assert first.status_code == 400
    assert first.json()["error"]["code"] == "payment_intent_unexpected_state"
    assert again.headers["idempotent-replayed"] == "true"


def test_a_malformed_request_is_not_remembered(caller, key):
    assert caller.post("payment_intents", {"amount": "x"}, key=key).status_code == 400
    assert caller.post("payment_intents", PAY, key=key).status_code == 200


def test_a_wrong_key_of_the_account_is_not_remembered(caller, key):
    stranger = httpx.post(
        f"{caller.service.url}/v1/customers",
        headers={"Authorization": "Bearer sk_test_no", "Idempotency-Key": key},
    )
    assert stranger.status_code == 401
    assert caller.post("customers", {}, key=key).status_code == 200


def test_a_payment_by_a_token_is_replayed_though_the_token_is_spent(caller, key):
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2034", "cvc": "314"}
    token = caller.post("tokens", {f"card[{name}]": value for name, value in card.items()}).json()
    paying = {**PAY, "payment_method": token["id"]}
    first = caller.post("payment_intents", paying, key=key)
    again = caller.post("payment_intents", paying, key=key)
    assert first.status_code == 200
    assert again.content == first.content
    assert caller.post("payment_intents", paying).json()["error"]["code"] == "token_already_used"


def test_a_full_refund_is_replayed_though_nothing_is_left(caller, key):
    intent = caller.post("payment_intents", PAY).json()["id"]
    first = caller.post("refunds", {"payment_intent": intent}, key=key)
    again = caller.post("refunds", {"payment_intent": intent}, key=key)
    assert first.status_code == 200
    assert again.content == first.content


@pytest.mark.parametrize(
    ("kind", "terms", "attempts", "column"),
    [
        ("payment_intents", {"amount": "1000", "currency": "mad"}, "payment_attempts", "intent_id"),
        ("setup_intents", {}, "setup_attempts", "setup_id"),
    ],
)
def test_a_retried_confirmation_leaves_the_challenge_that_it_opened(
    caller, key, kind, terms, attempts, column
):
    """P1: another confirmation gives the bank's question up, the same one asked again does not."""
    if kind == "setup_intents":
        terms = {"customer": caller.post("customers", {}).json()["id"]}
    made = caller.post(kind, terms).json()["id"]
    asks = {"payment_method": "pm_card_threeDSecure2Required"}
    first = caller.post(f"{kind}/{made}/confirm", asks, key=key)
    again = caller.post(f"{kind}/{made}/confirm", asks, key=key)
    other = caller.post(f"{kind}/{made}/confirm", {"payment_method": "pm_card_visa"}, key=key)
    assert first.json()["status"] == "requires_action"
    assert (again.status_code, again.content) == (200, first.content)
    assert other.json()["error"]["type"] == "idempotency_error"
    rows = caller.service.rows(f"SELECT status FROM {attempts} WHERE {column} = %s", made)
    assert rows == [("challenged",)]


def test_keys_belong_to_the_account_that_is_acted_for(caller, key):
    seller = caller.post("accounts", {"country": "MA"}).json()["id"]
    ours = caller.post("customers", {"name": "Claire"}, key=key)
    theirs = caller.post("customers", {"name": "Claire"}, key=key, **{"Stripe-Account": seller})
    assert ours.status_code == theirs.status_code == 200
    assert ours.json()["id"] != theirs.json()["id"]


def test_a_key_has_its_bounds(caller):
    assert caller.post("customers", {}, key="k" * 255).status_code == 200
    assert caller.post("customers", {}, key="k" * 256).status_code == 400


def test_two_different_key_headers_are_refused_and_equal_ones_are_one(caller, key):
    def send(*keys: str) -> httpx.Response:
        headers = [("Idempotency-Key", k) for k in keys]
        return caller.http.post("/v1/customers", data={}, headers=headers)

    assert send(key, key + "x").status_code == 400
    assert send(key, key).status_code == 200
    assert send(key).headers["idempotent-replayed"] == "true"


def test_a_key_on_a_get_is_ignored(caller, key):
    answer = caller.http.get("/v1/balance", headers={"Idempotency-Key": key})
    assert answer.status_code == 200
    assert "idempotency-key" not in answer.headers


@pytest.mark.parametrize("path", ["payment_intents", "customers", "refunds"])
def test_many_at_once_have_one_effect(caller, key, path):
    """P3: payments, refunds and customers."""
    data = {"payment_intents": PAY, "customers": {"name": key}}.get(path)
    if data is None:
        intent = caller.post("payment_intents", PAY).json()["id"]
        data = {"payment_intent": intent, "amount": "300"}

    async def storm() -> list[httpx.Response]:
        async with httpx.AsyncClient(
            base_url=caller.service.url, auth=(caller.service.key, ""), timeout=20
        ) as http:
            calls = [
                http.post(f"/v1/{path}", data=data, headers={"Idempotency-Key": key})
                for _ in range(24)
            ]
            return await asyncio.gather(*calls)

    answers = asyncio.run(storm())
    assert {answer.status_code for answer in answers} <= {200, 409}
    busy = [answer for answer in answers if answer.status_code == 409]
    assert all(a.json()["error"]["code"] == "idempotency_key_in_use" for a in busy)
    assert all(a.headers["stripe-should-retry"] == "true" for a in busy)
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1
    if path == "customers":
        assert caller.count("customers", "name", key) == 1


def test_headers_say_who_and_what(caller):
    answer = caller.post("customers", {}, **{"Stripe-Version": "2026-06-24.dahlia"})
    assert answer.headers["request-id"].startswith("req_")
    assert answer.headers["stripe-version"] == "2026-06-24.dahlia"


@pytest.mark.parametrize(
    "body",
    [
        b"metadata[a][b]=1",
        b"amount[=1",
        b"a]b=1",
        b"name=%ff%fe",
        b"name=%00",
        b"metadata[a%00]=x",
        b"expand[" + b"9" * 5_000 + b"]=x",
        b"expand=x[",
        b"metadata[" + b"[a]" * 40 + b"]=1",
    ],
)
def test_nonsense_is_refused_with_a_sentence(caller, body):
    answer = caller.http.post(
        "/v1/customers",
        content=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_what_is_not_there_is_a_404(caller):
    assert caller.http.get("/v1/nothing").status_code == 404
    assert caller.http.delete("/v1/payment_intents/pi_1").status_code == 404
    assert caller.http.get("/v1/charges/ch_%00").status_code == 404
    assert caller.http.get("/v1/customers/cus_1").json()["error"]["code"] == "resource_missing"
