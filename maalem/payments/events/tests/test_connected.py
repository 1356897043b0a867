"""Who hears of what happens to a connected account."""

from typing import Any

import pytest
import stripe

from maalem.payments.events.tests.receiver import Receiver
from maalem.payments.tests.service import Service, eventually


@pytest.fixture
def own():
    with Receiver() as running:
        yield running


@pytest.fixture
def connect():
    with Receiver() as running:
        yield running


def pay(v1: Any, **options: Any) -> stripe.PaymentIntent:
    paid: stripe.PaymentIntent = v1.payment_intents.create(
        {"amount": 5_000, "currency": "mad", "confirm": True, "payment_method": "pm_card_visa"},
        options=options,
    )
    return paid


def test_a_platform_hears_of_connected_accounts_at_its_connect_endpoints_only(
    service: Service, jobs, own: Receiver, connect: Receiver
):
    v1 = service.client().v1
    plain = v1.webhook_endpoints.create({"url": own.url, "enabled_events": ["*"]})
    hook = v1.webhook_endpoints.create(
        {"url": connect.url, "enabled_events": ["*"], "connect": True}
    )
    fadma = v1.accounts.create({"business_profile": {"name": "Fadma Aït Baha"}})
    hers = pay(v1, stripe_account=fadma.id)
    ours = pay(v1)
    v1.accounts.update(fadma.id, {"email": "fadma@example.org"})
    eventually(lambda: "payment_intent.succeeded" in connect.about(hers.id, hook.secret))
    eventually(lambda: "payment_intent.succeeded" in own.about(ours.id, plain.secret))
    eventually(lambda: connect.about(fadma.id, hook.secret))
    assert {event.account for event in connect.events(hook.secret)} == {fadma.id}
    assert not any("account" in event for event in own.events(plain.secret))
    assert own.about(hers.id, plain.secret) == connect.about(ours.id, hook.secret) == []
    v1.webhook_endpoints.delete(plain.id)
    v1.webhook_endpoints.delete(hook.id)


def test_events_are_listed_and_found_in_their_owners_name(service: Service):
    v1 = service.client().v1
    fadma = v1.accounts.create({"business_profile": {"name": "Fadma Aït Baha"}})
    hers = pay(v1, stripe_account=fadma.id)
    named: Any = {"stripe_account": fadma.id}
    told = v1.events.list(options=named)
    assert {e.data.object["id"] for e in told.data} >= {hers.id, hers.latest_charge}
    assert {e.account for e in told.data} == {fadma.id}
    assert v1.events.retrieve(told.data[0].id, options=named).id == told.data[0].id
    with pytest.raises(stripe.InvalidRequestError) as missing:
        v1.events.retrieve(told.data[0].id)
    assert missing.value.code == "resource_missing"
    assert hers.id not in {e.data.object["id"] for e in v1.events.list({"limit": 100}).data}
