"""Setup intents by the official SDK: keep a card, then charge it without its holder."""

from typing import Any

import pytest
import stripe

from maalem.payments.tests.service import Payer, Service

pytestmark = pytest.mark.xdist_group("payments-service")
UNLESS_SET_UP = "pm_card_authenticationRequiredOnSetup"
ALWAYS = "pm_card_authenticationRequired"


@pytest.fixture
def v1(service: Service) -> Any:
    return service.client().v1


@pytest.fixture
def customer(v1: Any) -> Any:
    return v1.customers.create({"name": "Claire Martin"})


def set_up(v1: Any, customer: Any, card: str = "pm_card_visa", **fields: Any) -> Any:
    return v1.setup_intents.create(
        {"customer": customer.id, "payment_method": card, "confirm": True, **fields}
    )


def charge(v1: Any, customer: Any, method: str) -> Any:
    return v1.payment_intents.create(
        {
            "amount": 10_000,
            "currency": "mad",
            "customer": customer.id,
            "payment_method": method,
            "off_session": True,
            "confirm": True,
        }
    )


def test_a_card_is_kept_for_its_customer(v1, customer, service):
    setup = set_up(v1, customer, expand=["latest_attempt", "payment_method"])
    assert (setup.status, setup.usage) == ("succeeded", "off_session")
    assert setup.latest_attempt.id.startswith("setatt_")
    assert setup.latest_attempt.status == "succeeded"
    assert setup.payment_method.customer == customer.id
    kept = v1.customers.payment_methods.list(customer.id)
    assert [method.id for method in kept.data] == [setup.payment_method.id]
    assert service.events(setup.id) == ["setup_intent.created", "setup_intent.succeeded"]
    assert service.events(setup.payment_method.id) == ["payment_method.attached"]
    assert charge(v1, customer, setup.payment_method.id).status == "succeeded"


def test_step_by_step(v1, customer):
    setup = v1.setup_intents.create({"metadata": {"a": "b"}, "usage": "on_session"})
    assert setup.status == "requires_payment_method"
    setup = v1.setup_intents.update(
        setup.id, {"customer": customer.id, "payment_method": "pm_card_visa", "description": "Tea"}
    )
    assert (setup.status, setup.description) == ("requires_confirmation", "Tea")
    done = v1.setup_intents.confirm(setup.id)
    assert (done.status, done.customer) == ("succeeded", customer.id)
    assert v1.setup_intents.retrieve(setup.id).to_dict() == done.to_dict()
    listed = v1.setup_intents.list({"customer": customer.id})
    assert [found.id for found in listed.data] == [setup.id]
    tries = v1.setup_attempts.list({"setup_intent": setup.id})
    assert [found.id for found in tries.data] == [done.latest_attempt]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.setup_intents.confirm(setup.id)
    assert refused.value.code == "setup_intent_unexpected_state"
    assert refused.value.error.setup_intent.status == "succeeded"


def test_a_bank_that_asks_is_answered_on_its_page(v1, customer, service, payer: Payer):
    setup = set_up(v1, customer, UNLESS_SET_UP, return_url="http://shop.test/cards")
    assert setup.status == "requires_action"
    payer.open(setup.next_action.redirect_to_url.url + "?lang=en")
    assert "kept for later payments" in payer.text
    assert "0.00" not in payer.text
    payer.press(secret="000000")
    assert payer.status == 422
    payer.press(secret="123456")
    assert payer.left
    assert f"setup_intent={setup.id}" in payer.at
    assert "redirect_status=succeeded" in payer.at
    done = v1.setup_intents.retrieve(setup.id, {"expand": ["latest_attempt"]})
    assert done.status == "succeeded"
    secure = done.latest_attempt.payment_method_details.card.three_d_secure
    assert secure.result == "authenticated"
    assert charge(v1, customer, done.payment_method).status == "succeeded"


def test_without_a_setup_the_same_card_wants_its_holder(v1, customer):
    method = v1.payment_methods.attach(UNLESS_SET_UP, {"customer": customer.id})
    with pytest.raises(stripe.CardError) as refused:
        charge(v1, customer, method.id)
    assert refused.value.code == "authentication_required"
    assert refused.value.error.decline_code == "authentication_required"
    left = refused.value.error.payment_intent
    assert left.status == "requires_payment_method"
    assert left.last_payment_error.code == "authentication_required"


def test_a_card_that_always_wants_its_holder_is_declined_without_her(v1, customer, payer: Payer):
    setup = set_up(v1, customer, ALWAYS)
    payer.open(setup.next_action.redirect_to_url.url).press(secret="123456")
    done = v1.setup_intents.retrieve(setup.id)
    assert done.status == "succeeded"
    with pytest.raises(stripe.CardError) as refused:
        charge(v1, customer, done.payment_method)
    assert refused.value.code == "authentication_required"


def test_a_card_that_attaches_and_then_fails(v1, customer):
    setup = set_up(v1, customer, "pm_card_chargeCustomerFail")
    assert setup.status == "succeeded"
    with pytest.raises(stripe.CardError) as refused:
        charge(v1, customer, setup.payment_method)
    assert refused.value.code == "card_declined"


def test_a_declined_card_is_not_kept(v1, customer, service):
    with pytest.raises(stripe.CardError) as refused:
        set_up(v1, customer, "pm_card_visa_chargeDeclinedInsufficientFunds")
    left = refused.value.error.setup_intent
    assert (left.status, left.payment_method) == ("requires_payment_method", None)
    assert left.last_setup_error.decline_code == "insufficient_funds"
    assert service.events(left.id)[-1] == "setup_intent.setup_failed"
    assert v1.customers.payment_methods.list(customer.id).data == []
    again = v1.setup_intents.confirm(left.id, {"payment_method": "pm_card_visa"})
    assert (again.status, again.last_setup_error) == ("succeeded", None)
    tries = v1.setup_attempts.list({"setup_intent": left.id}).data
    assert [one.status for one in tries] == ["succeeded", "failed"]


def test_leaving_the_bank_fails_the_setup(v1, customer, payer: Payer):
    setup = set_up(v1, customer, UNLESS_SET_UP, return_url="http://shop.test/cards")
    payer.open(setup.next_action.redirect_to_url.url).press("refuse")
    assert "redirect_status=failed" in payer.at
    left = v1.setup_intents.retrieve(setup.id)
    assert left.status == "requires_payment_method"
    assert left.last_setup_error.code == "setup_intent_authentication_failure"


def test_a_setup_is_canceled_until_it_is_done(v1, customer, service):
    for made in (v1.setup_intents.create({}), set_up(v1, customer, UNLESS_SET_UP)):
        gone = v1.setup_intents.cancel(made.id, {"cancellation_reason": "abandoned"})
        assert (gone.status, gone.cancellation_reason, gone.next_action) == (
            "canceled",
            "abandoned",
            None,
        )
        assert service.events(made.id)[-1] == "setup_intent.canceled"
    for over in (gone, set_up(v1, customer)):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            v1.setup_intents.cancel(over.id)
        assert refused.value.code == "setup_intent_unexpected_state"


def test_the_same_key_sets_up_once(v1, customer, service):
    params = {"customer": customer.id, "payment_method": "pm_card_visa", "confirm": True}
    options = {"idempotency_key": f"keep {customer.id}"}
    first = v1.setup_intents.create(params, options)
    assert v1.setup_intents.create(params, options).to_dict() == first.to_dict()
    assert len(v1.customers.payment_methods.list(customer.id).data) == 1


def test_a_lost_answer_is_asked_for_again(v1, customer, service, jobs, conduct):
    """P18: a time-out leaves the setup processing, never failed."""
    from maalem.payments.tests.service import eventually

    conduct(lose_replies=1)
    setup = set_up(v1, customer)
    assert setup.status == "processing"
    service.rows(
        "UPDATE setup_attempts SET asked_at = now() - interval '1 minute' WHERE setup_id = %s",
        setup.id,
    )
    assert eventually(
        lambda: v1.setup_intents.retrieve(setup.id).status == "succeeded", within_s=20
    )


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"payment_method_types": ["wallet"]}, "payment_method_types"),
        (
            {"payment_method_data": {"type": "wallet", "wallet": {"phone": "+212661000101"}}},
            "payment_method",
        ),
        ({"customer": "cus_nobody"}, "customer"),
        ({"payment_method": "pm_nobody"}, "payment_method"),
        ({"usage": "sometimes"}, "usage"),
        ({"return_url": "http://shop.test"}, "return_url"),
        ({"mandate_data": {"a": "b"}}, "mandate_data[a]"),
    ],
)
def test_what_is_wrong_is_named(v1, wrong, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.setup_intents.create(wrong)
    assert refused.value.param == param


def test_a_card_of_another_customer_is_not_used(v1, customer):
    other = v1.customers.create({"name": "Naïma Oubella"})
    theirs = v1.payment_methods.attach("pm_card_visa", {"customer": other.id})
    for call in (lambda m: set_up(v1, customer, m), lambda m: charge(v1, customer, m)):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            call(theirs.id)
        assert refused.value.param == "payment_method"


def test_a_payment_may_fail_rather_than_ask(v1):
    with pytest.raises(stripe.CardError) as refused:
        v1.payment_intents.create(
            {
                "amount": 10_000,
                "currency": "mad",
                "payment_method": ALWAYS,
                "error_on_requires_action": True,
                "confirm": True,
            }
        )
    assert refused.value.code == "authentication_required"
    left = refused.value.error.payment_intent
    assert (left.status, left.next_action) == ("requires_payment_method", None)
    paid = v1.payment_intents.confirm(left.id, {"payment_method": "pm_card_visa"})
    assert paid.status == "succeeded"


def test_a_confirmation_says_anew_what_it_says(v1):
    made = v1.payment_intents.create({"amount": 10_000, "currency": "mad"})
    paid = v1.payment_intents.confirm(
        made.id,
        {
            "payment_method": "pm_card_visa",
            "capture_method": "manual",
            "receipt_email": "claire@example.org",
            "shipping": {"name": "Claire Martin", "address": {"line1": "12 rue des Tanneurs"}},
            "payment_method_options": {"card": {"request_multicapture": "if_available"}},
        },
    )
    assert (paid.status, paid.receipt_email) == ("requires_capture", "claire@example.org")
    assert paid.shipping.address.line1 == "12 rue des Tanneurs"
    part = v1.payment_intents.capture(paid.id, {"amount_to_capture": 1, "final_capture": False})
    assert part.amount_capturable == 9_999


def test_a_payment_that_asks_for_it_keeps_the_card(v1, customer, service):
    paid = v1.payment_intents.create(
        {
            "amount": 10_000,
            "currency": "mad",
            "customer": customer.id,
            "payment_method": "pm_card_visa",
            "setup_future_usage": "off_session",
            "confirm": True,
        }
    )
    kept = v1.customers.payment_methods.list(customer.id).data
    assert [method.id for method in kept] == [paid.payment_method]
    assert service.events(paid.payment_method) == ["payment_method.attached"]
    assert charge(v1, customer, paid.payment_method).status == "succeeded"
