"""Two secrets for a while: whoever verifies with either hears everything."""

from typing import Any

import pytest
import stripe

from maalem.payments.events.tests.receiver import Receiver
from maalem.payments.tests.service import Service, eventually

MADE: Any = "customer.created"


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


def roll(service: Service, hook: Any, **params: Any) -> Any:
    """The endpoint with its new secret."""
    client = service.client()
    options = params.pop("options", {})
    answer = client.raw_request(
        "post", f"/v1/webhook_endpoints/{hook.id}/roll_secret", **params, **options
    )
    return client.deserialize(answer, api_mode="V1")


def heard(service: Service, receiver: Receiver) -> tuple[bytes, str]:
    """What arrives of a customer that is made now: body and signature."""
    before = len(receiver.got)
    service.client().v1.customers.create({"name": "Claire Martin"})
    eventually(lambda: len(receiver.got) > before)
    return receiver.got[before]


def verifies(sent: tuple[bytes, str], secret: str) -> bool:
    try:
        stripe.Webhook.construct_event(*sent, secret)
    except stripe.SignatureVerificationError:
        return False
    return True


def test_both_secrets_sign_until_the_old_one_ends_by_itself(service, jobs, receiver):
    v1 = service.client().v1
    hook = v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": [MADE]})
    rolled = roll(service, hook, expires_in=3600)
    assert rolled.id == hook.id
    assert rolled.secret not in (None, hook.secret)
    during = heard(service, receiver)
    assert verifies(during, hook.secret)
    assert verifies(during, rolled.secret)
    service.rows("UPDATE webhook_endpoints SET previous_until = now() WHERE id = %s", hook.id)
    after = heard(service, receiver)
    assert not verifies(after, hook.secret)
    assert verifies(after, rolled.secret)
    v1.webhook_endpoints.delete(hook.id)


def test_two_secrets_sign_and_never_three(service, jobs, receiver):
    v1 = service.client().v1
    hook = v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": [MADE]})
    second = roll(service, hook, expires_in=3600)
    third = roll(service, hook, expires_in=3600)
    sent = heard(service, receiver)
    assert [verifies(sent, of.secret) for of in (hook, second, third)] == [False, True, True]
    last = roll(service, hook)
    sent = heard(service, receiver)
    assert [verifies(sent, of.secret) for of in (second, third, last)] == [False, False, True]
    v1.webhook_endpoints.delete(hook.id)


def test_a_secret_is_in_no_kept_answer_and_in_no_row(service, receiver):
    """A replay of either request goes without the secret, and the database holds it sealed."""
    client = service.client()
    made: dict[str, Any] = {"url": receiver.url, "enabled_events": [MADE]}
    once: dict[str, Any] = {"idempotency_key": f"hook-{receiver.url}"}
    first = client.v1.webhook_endpoints.create(made, once)
    again = client.v1.webhook_endpoints.create(made, once)
    assert again.id == first.id
    assert again["secret"] is None
    assert "roll the secret" in again["secret_withheld"]
    options = {"options": {"idempotency_key": f"roll-{receiver.url}"}}
    rolled = roll(service, first, expires_in=60, **options)
    assert roll(service, first, expires_in=60, **options)["secret"] is None
    ((kept, before),) = service.rows(
        "SELECT secret, previous_secret FROM webhook_endpoints WHERE id = %s", first.id
    )
    for clear in (first.secret, rolled.secret):
        assert clear not in kept + before
    client.v1.webhook_endpoints.delete(first.id)


@pytest.mark.parametrize("seconds", [-1, 7 * 86_400 + 1, 10**15])
def test_an_old_secret_lives_on_for_seven_days_at_most(service, receiver, seconds):
    hook = service.client().v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": [MADE]}
    )
    with pytest.raises(stripe.InvalidRequestError) as refused:
        roll(service, hook, expires_in=seconds)
    assert refused.value.param == "expires_in"


def test_the_installations_own_secret_is_set_by_its_settings(service):
    ((own,),) = service.rows("SELECT id FROM webhook_endpoints WHERE origin = 'installation'")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        roll(service, stripe.WebhookEndpoint.construct_from({"id": own}, "x"))
    assert refused.value.code == "webhook_endpoint_in_settings"


def test_the_installations_own_endpoint_is_neither_switched_off_nor_deleted(service):
    ((own,),) = service.rows("SELECT id FROM webhook_endpoints WHERE origin = 'installation'")
    hooks = service.client().v1.webhook_endpoints
    for ending in (lambda: hooks.update(own, {"disabled": True}), lambda: hooks.delete(own)):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            ending()
        assert refused.value.code == "webhook_endpoint_in_settings"
    assert hooks.retrieve(own).status == "enabled"
