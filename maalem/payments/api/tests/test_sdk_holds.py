"""Holds by the official SDK: parts, rises, and what is answered to a wrong one."""

from typing import Any

import pytest
import stripe

from maalem.payments.metadata import laid_over_later

pytestmark = pytest.mark.xdist_group("payments-service")
ASKED = {
    "request_multicapture": "if_available",
    "request_incremental_authorization": "if_available",
}


@pytest.fixture
def v1(service: Any) -> Any:
    return service.client().v1


def held(v1: Any, **fields: Any) -> Any:
    return v1.payment_intents.create(
        {
            "amount": 10_000,
            "currency": "mad",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "capture_method": "manual",
            "payment_method_options": {"card": ASKED},
            **fields,
        }
    )


def test_a_hold_is_raised_and_captured_in_parts(v1, service):
    intent = held(v1, expand=["latest_charge"])
    card = intent.latest_charge.payment_method_details.card
    assert (card.multicapture.status, card.incremental_authorization.status) == (
        "available",
        "available",
    )
    more = v1.payment_intents.increment_authorization(intent.id, {"amount": 12_000})
    assert (more.amount, more.amount_capturable) == (12_000, 12_000)
    part = v1.payment_intents.capture(
        intent.id, {"amount_to_capture": 4_000, "final_capture": False}
    )
    assert (part.status, part.amount_received, part.amount_capturable) == (
        "requires_capture",
        4_000,
        8_000,
    )
    done = v1.payment_intents.capture(intent.id, {"amount_to_capture": 5_000})
    assert (done.status, done.amount_received) == ("succeeded", 9_000)
    assert service.events(intent.id) == [
        "payment_intent.created",
        "payment_intent.amount_capturable_updated",
        "payment_intent.amount_capturable_updated",
        "payment_intent.amount_capturable_updated",
        "payment_intent.succeeded",
    ]
    lines = v1.balance_transactions.list({"source": done.latest_charge})
    assert sorted(line.amount for line in lines.data) == [4_000, 5_000]


def test_the_same_key_raises_once(v1):
    intent = held(v1)
    options = {"idempotency_key": f"raise {intent.id}"}
    first = v1.payment_intents.increment_authorization(intent.id, {"amount": 12_000}, options)
    again = v1.payment_intents.increment_authorization(intent.id, {"amount": 12_000}, options)
    assert first.amount == again.amount == 12_000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.increment_authorization(intent.id, {"amount": 12_000})
    assert (refused.value.code, refused.value.param) == ("amount_too_small", "amount")


@pytest.mark.parametrize(
    ("wrong", "code", "param"),
    [
        ({"amount_to_capture": 10_001}, "amount_too_large", "amount_to_capture"),
        ({"amount_to_capture": 0}, "amount_too_small", "amount_to_capture"),
        ({"amount_to_capture": -1}, "amount_too_small", "amount_to_capture"),
    ],
)
def test_a_wrong_part_is_refused_by_name(v1, wrong, code, param):
    intent = held(v1)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.capture(intent.id, wrong)
    assert (refused.value.code, refused.value.param) == (code, param)
    assert v1.payment_intents.retrieve(intent.id).amount_capturable == 10_000


def test_nothing_is_left_to_capture_after_all_was_taken(v1):
    intent = held(v1)
    v1.payment_intents.capture(intent.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.capture(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert refused.value.error.payment_intent.status == "succeeded"


def test_a_declined_rise_is_a_card_error_and_the_hold_stays(v1):
    intent = held(v1)
    with pytest.raises(stripe.CardError) as refused:
        v1.payment_intents.increment_authorization(intent.id, {"amount": 90_000})
    assert refused.value.error.decline_code == "insufficient_funds"
    assert v1.payment_intents.retrieve(intent.id).amount_capturable == 10_000


@pytest.mark.parametrize("verb", ["capture", "increment_authorization"])
def test_metadata_given_with_it_is_merged_as_everywhere(v1, verb):
    """An empty value takes its key away, an empty set all of them, and there are at most 50."""

    def do(intent: Any, **fields: Any) -> Any:
        fields |= {} if verb == "capture" else {"amount": 11_000}
        return getattr(v1.payment_intents, verb)(intent.id, fields).metadata.to_dict()

    def begun(**metadata: str) -> Any:
        return held(v1, metadata=metadata)

    assert do(begun(a="1", b="2", c="3"), metadata={"a": "", "b": "4", "d": "5"}) == {
        "b": "4",
        "c": "3",
        "d": "5",
    }
    assert do(begun(a="1"), metadata="") == {}
    assert do(begun(a="1")) == {"a": "1"}
    full = begun(**{f"k{n}": "x" for n in range(50)})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        do(full, metadata={"more": "x"})
    assert (refused.value.param, refused.value.http_status) == ("metadata", 400)
    now = v1.payment_intents.retrieve(full.id)
    assert (now.status, now.amount, len(now.metadata.to_dict())) == ("requires_capture", 10_000, 50)
    assert len(do(full, metadata={"more": "x", "k0": ""})) == 50


def test_keys_that_came_while_the_network_was_asked_leave_no_more_than_fifty():
    old = {f"k{n}": "x" for n in range(49)}
    given = {"k0": "", "one": "1", "two": "2", "three": "3"}
    after = laid_over_later(old, given)
    assert len(after) == 50
    assert "k0" not in after
    assert {"one", "two"} <= after.keys()
