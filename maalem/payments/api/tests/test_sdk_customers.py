"""Customers, their cards, tokens and a session's basket by the official SDK."""

from typing import Any

import pytest
import stripe

from maalem.payments.tests.service import Service

pytestmark = pytest.mark.xdist_group("payments-service")


@pytest.fixture
def v1(service: Service) -> Any:
    return service.client().v1


def test_one_card_of_a_customer_and_no_other(v1):
    mine, hers = v1.customers.create({}), v1.customers.create({})
    kept = v1.payment_methods.attach("pm_card_visa", {"customer": mine.id})
    assert v1.customers.payment_methods.retrieve(mine.id, kept.id).id == kept.id
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        v1.customers.payment_methods.retrieve(hers.id, kept.id)
    assert unknown.value.code == "resource_missing"


def test_a_customers_cards_are_listed_by_type(v1):
    customer = v1.customers.create({})
    card = v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    phone = {"type": "wallet", "wallet": {"phone": "+212661000101"}}
    wallet = v1.payment_methods.attach(
        v1.payment_methods.create(phone).id, {"customer": customer.id}
    )
    for kind, which in (("card", card), ("wallet", wallet)):
        listed = v1.customers.payment_methods.list(customer.id, {"type": kind})
        assert [one.id for one in listed.data] == [which.id]
        listed = v1.payment_methods.list({"customer": customer.id, "type": kind})
        assert [one.id for one in listed.data] == [which.id]


def test_a_deleted_customer_lets_go_of_her_cards(v1, service):
    customer = v1.customers.create({"name": "Claire Martin"})
    kept = v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    gone = v1.customers.delete(customer.id)
    assert gone.deleted
    assert v1.payment_methods.retrieve(kept.id).customer is None
    assert service.events(kept.id) == ["payment_method.attached", "payment_method.detached"]
    with pytest.raises(stripe.InvalidRequestError):
        v1.customers.update(customer.id, {"name": "Claire"})


def test_a_card_that_was_taken_away_is_not_charged_without_its_holder(v1):
    customer = v1.customers.create({})
    pay = {
        "amount": 10_000,
        "currency": "mad",
        "customer": customer.id,
        "confirm": True,
        "payment_method": "pm_card_authenticationRequiredOnSetup",
        "setup_future_usage": "off_session",
        "off_session": False,
    }
    asked = v1.payment_intents.create(pay)
    assert asked.status == "requires_action"
    v1.payment_intents.cancel(asked.id)
    kept = v1.payment_methods.attach(pay["payment_method"], {"customer": customer.id})
    v1.payment_methods.detach(kept.id)
    with pytest.raises(stripe.InvalidRequestError, match="can't be used again"):
        v1.payment_intents.create(
            {**pay, "payment_method": kept.id, "off_session": True, "setup_future_usage": ""}
        )


def test_a_token_is_used_once(v1):
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2034", "cvc": "123"}
    token = v1.tokens.create({"card": card})
    assert (token.used, token.card.last4, token.card.cvc_check) == (False, "4242", "pass")
    made = v1.payment_methods.create({"type": "card", "card": {"token": token.id}})
    assert made.card.last4 == "4242"
    assert v1.tokens.retrieve(token.id).used
    with pytest.raises(stripe.InvalidRequestError) as again:
        v1.payment_methods.create({"type": "card", "card": {"token": token.id}})
    assert again.value.code == "token_already_used"


def test_a_basket_is_shown_to_who_expands_it(v1, service):
    session = service.session()
    assert "line_items" not in session.to_dict()
    shown = v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert [line.amount_total for line in shown.line_items.data] == [485_000, 56_000]
    assert (shown.amount_subtotal, shown.total_details.amount_shipping) == (541_000, 0)
    listed = v1.checkout.sessions.list({"limit": 1, "expand": ["data.line_items"]})
    assert len(listed.data[0].line_items.data) > 0
    lines = v1.checkout.sessions.line_items.list(session.id, {"limit": 1})
    rest = v1.checkout.sessions.line_items.list(
        session.id, {"limit": 1, "starting_after": lines.data[0].id}
    )
    assert (lines.has_more, rest.has_more) == (True, False)
