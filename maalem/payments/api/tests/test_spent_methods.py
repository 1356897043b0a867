"""A payment method is used once, unless it is a customer's; one that was taken away is gone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from maalem.payments.tests.service import Service

pytestmark = pytest.mark.xdist_group("payments-service")
CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034}


@pytest.fixture
def v1(service: Service) -> Any:
    return service.client().v1


def a_card(v1: Any, number: str = CARD["number"]) -> Any:  # type: ignore[assignment]
    return v1.payment_methods.create({"type": "card", "card": {**CARD, "number": number}})


def pay(v1: Any, method: str, **fields: Any) -> Any:
    wanted = {"amount": 10_000, "currency": "mad", "confirm": True, "payment_method": method}
    return v1.payment_intents.create({**wanted, **fields})


def refused(act: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="can't be used again") as told:
        act()
    assert (told.value.http_status, told.value.code) == (400, None)


def used_up(v1: Any, method: str) -> None:
    """Every door is shut."""
    claire = v1.customers.create({"name": "Claire Martin"}).id
    intent = v1.payment_intents.create({"amount": 10_000, "currency": "mad"}).id
    refused(lambda: v1.payment_methods.attach(method, {"customer": claire}))
    refused(lambda: pay(v1, method))
    refused(lambda: pay(v1, method, customer=claire))
    refused(lambda: pay(v1, method, confirm=False))
    refused(lambda: v1.payment_intents.update(intent, {"payment_method": method}))
    refused(lambda: v1.payment_intents.confirm(intent, {"payment_method": method}))
    refused(lambda: v1.setup_intents.create({"payment_method": method}))
    refused(lambda: v1.setup_intents.create({"payment_method": method, "confirm": True}))


def test_a_card_that_is_nobodys_pays_once(v1):
    card = a_card(v1).id
    assert pay(v1, card).status == "succeeded"
    used_up(v1, card)


def test_a_card_that_was_detached_is_gone(v1):
    claire, card = v1.customers.create({}).id, a_card(v1).id
    v1.payment_methods.attach(card, {"customer": claire})
    pay(v1, card, customer=claire)
    pay(v1, card, customer=claire)
    v1.payment_methods.detach(card)
    used_up(v1, card)


def test_the_cards_of_a_deleted_customer_are_gone(v1):
    claire, card = v1.customers.create({}).id, a_card(v1).id
    v1.payment_methods.attach(card, {"customer": claire})
    v1.customers.delete(claire)
    used_up(v1, card)


def test_a_card_that_was_declined_is_used_up_too(v1):
    card = a_card(v1, "4000000000009995").id
    with pytest.raises(stripe.CardError):
        pay(v1, card)
    refused(lambda: pay(v1, card))


def test_a_card_that_came_with_its_payment_pays_no_other(v1):
    intent = v1.payment_intents.create(
        {
            "amount": 10_000,
            "currency": "mad",
            "confirm": True,
            "payment_method_data": {"type": "card", "card": CARD},
        }
    )
    used_up(v1, intent.payment_method)


def test_a_payment_that_waits_for_its_holder_is_confirmed_again_with_the_same_card(v1):
    waiting = pay(v1, a_card(v1, "4000002760003184").id)
    assert waiting.status == "requires_action"
    again = v1.payment_intents.confirm(waiting.id, {"payment_method": waiting.payment_method})
    assert again.status == "requires_action"


def test_a_card_that_is_kept_with_its_payment_stays(v1):
    claire, card = v1.customers.create({}).id, a_card(v1).id
    pay(v1, card, customer=claire, setup_future_usage="off_session")
    assert v1.payment_methods.retrieve(card).customer == claire
    assert pay(v1, card, customer=claire, off_session=True).status == "succeeded"


def test_a_card_that_was_set_up_without_a_customer_may_still_get_one(v1):
    card = a_card(v1).id
    assert v1.setup_intents.create({"payment_method": card, "confirm": True}).status == "succeeded"
    claire = v1.customers.create({}).id
    assert v1.payment_methods.attach(card, {"customer": claire}).customer == claire


def test_of_payments_that_use_a_card_at_once_one_is_made(v1, service):
    card = a_card(v1).id

    def attempt(_: int) -> str:
        try:
            return str(pay(service.client().v1, card).status)
        except stripe.StripeError as error:
            return str(error.http_status)

    with ThreadPoolExecutor(6) as threads:
        outcomes = sorted(threads.map(attempt, range(6)))
    assert outcomes == ["400"] * 5 + ["succeeded"]


@pytest.mark.parametrize("name", ["", "tok_visa"])
def test_a_token_stands_for_its_card_wherever_a_card_s_details_are_taken(v1, name):
    """With what is said of it beside the token; one that was made here is good once."""
    token = name or v1.tokens.create({"card": CARD}).id
    said = {"billing_details": {"name": "Claire Martin"}, "metadata": {"seen": "yes"}}
    data = {"type": "card", "card": {"token": token}, **said}
    terms = {"amount": 10_000, "currency": "mad", "confirm": True, "payment_method_data": data}
    paid = v1.payment_intents.create(terms)
    assert paid.status == "succeeded"
    method = v1.payment_methods.retrieve(paid.payment_method)
    assert (method.card.last4, method.billing_details.name) == ("4242", "Claire Martin")
    assert method.metadata.seen == "yes"
    used_up(v1, method.id)
    if not name:
        with pytest.raises(stripe.InvalidRequestError, match="more than once"):
            v1.payment_methods.create(data)


def test_a_token_of_a_card_is_a_token_and_no_new_one_is_made_of_it(v1):
    card = a_card(v1).id
    with pytest.raises(stripe.InvalidRequestError) as missing:
        v1.payment_methods.create({"type": "card", "card": {"token": card}})
    assert (missing.value.code, missing.value.param) == ("resource_missing", "card[token]")
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        v1.tokens.create({"card": {**CARD, "token": "tok_visa"}})
    assert (unknown.value.code, unknown.value.param) == ("parameter_unknown", "card[token]")
