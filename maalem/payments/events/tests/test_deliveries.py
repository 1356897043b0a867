from datetime import UTC, datetime, timedelta

import pytest
import stripe

from maalem.payments.events.backoff import GIVE_UP_AFTER, next_try
from maalem.payments.events.tests.receiver import Receiver
from maalem.payments.tests.service import Payer, Service, eventually


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


def endpoint(service: Service, receiver: Receiver, *events: str) -> stripe.WebhookEndpoint:
    return service.client().v1.webhook_endpoints.create(
        params={"url": receiver.url, "enabled_events": list(events) or ["*"]}  # type: ignore[typeddict-item]
    )


def test_the_official_sdk_verifies_what_a_sale_tells(
    service: Service, jobs, payer: Payer, receiver: Receiver
):
    hook = endpoint(service, receiver)
    session = service.session()
    payer.open(session.url).pay()
    eventually(lambda: "checkout.session.completed" in receiver.about(session.id, hook.secret))
    told = receiver.events(hook.secret)
    completed = next(event for event in told if event.type == "checkout.session.completed")
    assert completed.data.object["payment_status"] == "paid"
    assert completed.data.object["client_reference_id"] == "G-1"
    types = {event.type for event in told}
    assert {"payment_intent.succeeded", "charge.succeeded"} <= types


def test_it_tries_again_with_a_new_signature_until_it_is_heard(
    service: Service, jobs, payer: Payer, receiver: Receiver
):
    receiver.answers = [500, 302]
    hook = endpoint(service, receiver, "checkout.session.completed")
    session = service.session()
    payer.open(session.url).pay()
    eventually(lambda: len(receiver.got) >= 3, within_s=20)
    assert receiver.about(session.id, hook.secret) == ["checkout.session.completed"] * 3
    assert len({header for _, header in receiver.got}) == 3
    eventually(lambda: _log(service, hook) == [(1, 500), (2, 302), (3, 200)])


def test_a_disabled_endpoint_hears_nothing_more(
    service: Service, jobs, payer: Payer, receiver: Receiver
):
    hook = endpoint(service, receiver)
    client = service.client().v1.webhook_endpoints
    assert client.update(hook.id, params={"disabled": True}).status == "disabled"
    session = service.session()
    payer.open(session.url).pay()
    assert service.retrieve(session).status == "complete"
    assert receiver.got == []
    assert client.delete(hook.id).deleted
    with pytest.raises(stripe.InvalidRequestError):
        client.retrieve(hook.id)


def test_the_secret_is_shown_once(service: Service, receiver: Receiver):
    hook = endpoint(service, receiver)
    assert hook.secret.startswith("whsec_")
    client = service.client().v1.webhook_endpoints
    assert "secret" not in client.retrieve(hook.id)
    assert all("secret" not in shown for shown in client.list().data)


@pytest.mark.parametrize("url", ["ftp://example.org/x", "not a url", "http://", "http://a:b@c/x"])
def test_it_refuses_an_address_that_is_none(service: Service, url: str):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        service.client().v1.webhook_endpoints.create(params={"url": url, "enabled_events": ["*"]})
    assert refused.value.param == "url"


def test_the_pauses_grow_and_end_after_three_days():
    start = datetime(2026, 3, 2, tzinfo=UTC)
    at, tries = start, 0
    pauses = []
    while True:
        tries += 1
        following = next_try(attempts=tries, event_at=start, now=at, spread=0)
        if following is None:
            break
        pauses.append(following - at)
        at = following
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=2)
    assert GIVE_UP_AFTER - timedelta(hours=9) < at - start <= GIVE_UP_AFTER


def test_an_event_that_is_late_by_our_fault_is_tried_for_hours_all_the_same():
    written = datetime(2026, 3, 2, tzinfo=UTC)
    at = back = written + timedelta(days=5)
    tries = 1
    while (following := next_try(attempts=tries, event_at=written, now=at, spread=0)) is not None:
        at, tries = following, tries + 1
    assert timedelta(hours=1) < at - back < timedelta(hours=12)


def _log(service: Service, hook: stripe.WebhookEndpoint) -> list[tuple[int, int]]:
    return service.rows(
        "SELECT attempt, answered FROM delivery_log WHERE endpoint_id = %s ORDER BY id", hook.id
    )
