"""Rules, lists and reviews over the wire, by the official SDK where Stripe has them."""

import secrets
import time
from dataclasses import replace
from typing import Any

import pytest
import stripe

from maalem.payments.accounts.tests.officers import key_of

pytestmark = pytest.mark.xdist_group("payments-service")


def call(service: Any, method: str, path: str, **params: Any) -> Any:
    return service.client().raw_request(method, path, **params).data


def paid(service: Any, amount: int, **fields: Any) -> Any:
    return service.client().v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "mad",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "expand": ["latest_charge.outcome.rule"],
            **fields,
        }
    )


@pytest.fixture
def rule(service):
    """Make a rule; when the test is over it has ended."""
    made = []

    def make(action: str, amount: int, **fields: Any) -> Any:
        asked = {
            "action": action,
            "reason": f"To {action}.",
            "conditions": [
                {"fact": "amount", "is": "equals", "value": amount},
                {"fact": "currency", "is": "is", "value": "mad"},
            ],
            **fields,
        }
        made.append(call(service, "post", "/v1/radar/rules", **asked))
        return made[-1]

    yield make
    for one in made:
        path = f"/v1/radar/rules/{one['id']}"
        if call(service, "get", path)["valid_until"] is None:
            call(service, "post", f"{path}/end")


def test_a_rule_blocks_from_the_moment_it_is_made(service, rule):
    assert paid(service, 33_331).status == "succeeded"
    made = rule("block", 33_331)
    assert made["changed_by"].startswith("sk_test_")
    with pytest.raises(stripe.CardError) as refused:
        paid(service, 33_331)
    assert (refused.value.code, refused.value.http_status) == ("card_declined", 402)
    charge = service.client().v1.charges.retrieve(
        refused.value.error.charge, {"expand": ["outcome.rule"]}
    )
    assert (charge.outcome.type, charge.outcome.seller_message) == ("blocked", "To block.")
    assert charge.outcome.rule.id == made["id"]


def test_a_change_is_a_version_with_its_author(service, rule):
    made = rule("block", 33_332)
    path = f"/v1/radar/rules/{made['id']}"
    with pytest.raises(stripe.InvalidRequestError, match="changed_by"):
        call(service, "post", path, action="review", changed_by="Youssef Benjelloun")
    hers = replace(service, key=key_of(service, "Youssef Benjelloun"))
    call(hers, "post", path, action="review")
    assert paid(service, 33_332).status == "succeeded"
    call(hers, "post", f"{path}/end")
    history = call(service, "get", f"{path}/versions")["data"]
    assert [(one["version"], one["action"]) for one in history] == [
        (3, "review"),
        (2, "review"),
        (1, "block"),
    ]
    assert history[0]["changed_by"].startswith("Youssef Benjelloun (rk_test_")
    assert history[0]["valid_until"] is not None
    with pytest.raises(stripe.InvalidRequestError, match="has ended"):
        call(service, "post", path, action="block")


def test_a_review_is_worked_off(service, rule):
    rule("review", 33_333)
    v1 = service.client().v1
    charge = paid(service, 33_333).latest_charge
    assert charge.outcome.type == "manual_review"
    review = v1.reviews.retrieve(charge.review)
    assert v1.payment_intents.retrieve(charge.payment_intent).review == review.id
    assert (review.open, review.reason, review.charge) == (True, "rule", charge.id)
    assert review.id in [one.id for one in v1.reviews.list({"limit": 100}).data]
    assert v1.reviews.approve(review.id).closed_reason == "approved"
    assert review.id not in [one.id for one in v1.reviews.list({"limit": 100}).data]
    with pytest.raises(stripe.InvalidRequestError, match="closed already"):
        v1.reviews.approve(review.id)
    assert service.events(review.id) == ["review.opened", "review.closed"]


def test_lists_are_kept_by_the_official_sdk(service, rule):
    radar = service.client().v1.radar
    alias = f"kept_out_{secrets.token_hex(4)}"
    home = radar.value_lists.create({"alias": alias, "name": "Kept out", "item_type": "email"})
    item = radar.value_list_items.create({"value_list": home.id, "value": " Thief@Example.org"})
    assert item.value == "thief@example.org"
    with pytest.raises(stripe.InvalidRequestError, match="on the list already"):
        radar.value_list_items.create({"value_list": home.id, "value": "thief@example.org"})
    with pytest.raises(stripe.InvalidRequestError, match="alias"):
        radar.value_lists.create({"alias": alias, "name": "Twice"})
    rule("block", 1, conditions=[{"fact": "email", "is": "in_list", "value": home.id}])
    with pytest.raises(stripe.CardError):
        paid(service, 33_334, receipt_email="thief@example.org")
    assert paid(service, 33_334, receipt_email="claire@example.org").status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="end the rule first"):
        radar.value_lists.delete(home.id)
    assert radar.value_list_items.delete(item.id).deleted
    assert paid(service, 33_334, receipt_email="thief@example.org").status == "succeeded"
    assert radar.value_lists.list({"alias": alias}).data[0].id == home.id


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"action": "destroy"}, "action"),
        ({"reason": " "}, "reason"),
        ({"conditions": []}, "conditions"),
        ({"conditions": [{"fact": "amount", "is": "at_least", "value": 5}]}, "conditions"),
        ({"conditions": [{"fact": "x", "is": "is", "value": "y"}]}, "conditions[0][fact]"),
        (
            {"conditions": [{"fact": "email", "is": "in_list", "value": "rsl_nobody"}]},
            "conditions[0][value]",
        ),
        ({"valid_from": int(time.time()) - 3_600}, "valid_from"),
        ({"valid_until": int(time.time()) - 3_600}, "valid_until"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(service, wrong, param):
    asked = {
        "action": "block",
        "reason": "Because.",
        "conditions": [{"fact": "email_domain", "is": "is", "value": "example.net"}],
        **wrong,
    }
    with pytest.raises(stripe.InvalidRequestError) as refused:
        call(service, "post", "/v1/radar/rules", **asked)
    assert refused.value.param == param
