"""What an intent, its charge and its refund tell besides the money."""

from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("payments-service")
PAID = {"amount": 10_000, "currency": "mad", "confirm": True, "payment_method": "pm_card_visa"}
HOME = {
    "name": "Claire Martin",
    "phone": "+33612345678",
    "address": {"line1": "3 rue des Lilas", "city": "Lyon", "country": "FR"},
    "carrier": "Amana",
}


@pytest.fixture
def v1(service: Any) -> Any:
    return service.client().v1


def test_an_intent_shows_the_automatic_methods_that_it_was_made_with(v1):
    some = {"amount": 10_000, "currency": "mad"}
    given = {"enabled": True, "allow_redirects": "never"}
    intent = v1.payment_intents.create({**some, "automatic_payment_methods": given})
    assert intent.automatic_payment_methods.to_dict() == given
    shown = v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert shown.automatic_payment_methods.to_dict() == given
    short = v1.payment_intents.create({**some, "automatic_payment_methods": {"enabled": True}})
    assert short.automatic_payment_methods.allow_redirects == "always"
    assert v1.payment_intents.create(some).automatic_payment_methods is None


def test_a_charge_keeps_where_its_parcel_was_to_go(v1):
    intent = v1.payment_intents.create({**PAID, "shipping": HOME, "expand": ["latest_charge"]})
    charge = intent.latest_charge
    assert charge.shipping.to_dict() == intent.shipping.to_dict()
    assert charge.shipping.address.city == "Lyon"
    assert "shipping" not in charge.payment_method_details
    later = v1.payment_intents.update(intent.id, {"shipping": {**HOME, "tracking_number": "RR1"}})
    assert later.shipping.tracking_number == "RR1"
    assert v1.charges.retrieve(charge.id).shipping.tracking_number is None
    held = {**PAID, "shipping": HOME, "capture_method": "manual", "expand": ["latest_charge"]}
    assert v1.payment_intents.create(held).latest_charge.shipping.name == "Claire Martin"
    bare = v1.payment_intents.create({**PAID, "expand": ["latest_charge"]})
    assert bare.latest_charge.shipping is None


def test_a_refund_says_whence_it_goes(v1):
    card = v1.refunds.create({"payment_intent": v1.payment_intents.create(PAID).id})
    assert card.destination_details.to_dict() == {"type": "card", "card": {"type": "refund"}}
