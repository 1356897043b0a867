"""What may be changed of a payment intent, and until when."""

from typing import Any

import pytest
import stripe

pytestmark = pytest.mark.xdist_group("payments-service")
SOME = {"amount": 10_000, "currency": "mad"}
TERMS: list[tuple[str, Any]] = [
    ("setup_future_usage", "off_session"),
    ("capture_method", "manual"),
    ("payment_method_options", {"card": {"request_three_d_secure": "any"}}),
    ("payment_method_data", {"type": "wallet", "wallet": {"phone": "+212612345678"}}),
]


@pytest.fixture
def v1(service: Any) -> Any:
    return service.client().v1


def test_how_it_is_taken_may_be_said_until_it_is_confirmed(v1):
    intent = v1.payment_intents.create(SOME)
    asked = {"request_multicapture": "if_available"}
    intent = v1.payment_intents.update(
        intent.id,
        {
            "setup_future_usage": "off_session",
            "capture_method": "manual",
            "payment_method_options": {"card": asked},
            "payment_method": "pm_card_visa",
        },
    )
    assert intent.status == "requires_confirmation"
    assert (intent.setup_future_usage, intent.capture_method) == ("off_session", "manual")
    card = {**asked, "request_three_d_secure": "automatic"}
    assert intent.payment_method_options.card.to_dict() == card
    held = v1.payment_intents.confirm(intent.id, {"expand": ["latest_charge"]})
    assert (held.status, held.amount_capturable) == ("requires_capture", 10_000)
    assert held.latest_charge.payment_method_details.card.multicapture.status == "available"


def test_what_was_said_may_be_taken_back(v1):
    intent = v1.payment_intents.create(
        {**SOME, "capture_method": "manual", "setup_future_usage": "on_session"}
    )
    intent = v1.payment_intents.update(
        intent.id, {"setup_future_usage": "", "capture_method": "automatic_async"}
    )
    assert (intent.setup_future_usage, intent.capture_method) == (None, "automatic_async")


def test_a_challenge_that_was_asked_for_before_is_asked_of_her(v1):
    # Its bank knows 3-D Secure and doesn't ask for it by itself.
    card = {"number": "4000000000003055", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    intent = v1.payment_intents.create(SOME)
    v1.payment_intents.update(
        intent.id,
        {
            "payment_method_data": {"type": "card", "card": card},
            "payment_method_options": {"card": {"request_three_d_secure": "challenge"}},
        },
    )
    asked = v1.payment_intents.confirm(intent.id, {"return_url": "http://shop.test/done"})
    assert asked.status == "requires_action"


def test_a_method_may_be_given_with_its_details(v1):
    intent = v1.payment_intents.create(SOME)
    card = {"number": "4000000000000002", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    changed = v1.payment_intents.update(
        intent.id, {"payment_method_data": {"type": "card", "card": card}}
    )
    assert changed.status == "requires_confirmation"
    assert v1.payment_methods.retrieve(changed.payment_method).card.last4 == "0002"
    with pytest.raises(stripe.CardError) as declined:
        v1.payment_intents.confirm(intent.id)
    assert declined.value.code == "card_declined"
    wrong = {"type": "card", "card": {**card, "number": "4242424242424241"}}
    with pytest.raises(stripe.CardError) as refused:
        v1.payment_intents.update(intent.id, {"payment_method_data": wrong})
    assert refused.value.param == "payment_method_data[card][number]"


def test_a_kind_of_method_that_it_does_not_take_is_refused_at_once(v1):
    intent = v1.payment_intents.create({**SOME, "payment_method_types": ["card"]})
    wallet = dict(TERMS)["payment_method_data"]
    with pytest.raises(stripe.InvalidRequestError, match="not allowed") as refused:
        v1.payment_intents.update(intent.id, {"payment_method_data": wallet})
    assert refused.value.param == "payment_method"
    both = {"payment_method_data": wallet, "payment_method_types": ["card", "wallet"]}
    assert v1.payment_intents.update(intent.id, both).status == "requires_confirmation"


@pytest.mark.parametrize(("name", "value"), TERMS)
def test_nothing_of_it_is_changed_once_it_is_on_its_way(v1, name: str, value: Any):
    at_once = {**SOME, "confirm": True, "payment_method_types": ["card", "wallet"]}
    paid = v1.payment_intents.create({**at_once, "payment_method": "pm_card_visa"})
    challenged = v1.payment_intents.create(
        {**at_once, "payment_method": "pm_card_authenticationRequired"}
    )
    given_up = v1.payment_intents.cancel(v1.payment_intents.create(SOME).id)
    for intent in (paid, challenged, given_up):
        with pytest.raises(stripe.InvalidRequestError, match=intent.status) as refused:
            v1.payment_intents.update(intent.id, {name: value})
        assert refused.value.code == "payment_intent_unexpected_state"
        assert refused.value.param == name
        assert refused.value.error.payment_intent.id == intent.id
        v1.payment_intents.update(intent.id, {"description": "still mine to describe"})


@pytest.mark.parametrize(("name", "value"), TERMS[:3])
def test_what_a_payer_agrees_to_on_her_page_stays(v1, service, name: str, value: Any):
    session = service.session()
    with pytest.raises(stripe.InvalidRequestError, match="Checkout Session") as refused:
        v1.payment_intents.update(session.payment_intent, {name: value})
    assert refused.value.param == name
