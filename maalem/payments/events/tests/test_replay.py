"""What was missed is sent again when somebody asks, and what was sent can be looked up."""

import time
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


@pytest.fixture
def hook(service: Service, receiver: Receiver):
    v1 = service.client().v1
    made = v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": [MADE]})
    yield made
    v1.webhook_endpoints.delete(made.id)


def ask(service: Service, method: str, path: str, **params: Any) -> Any:
    client = service.client()
    return client.deserialize(client.raw_request(method, path, **params), api_mode="V1")


def customer(service: Service) -> str:
    return str(service.client().v1.customers.create({"name": "Claire Martin"}).id)


def told(receiver: Receiver, secret: str) -> list[str]:
    return [event.data.object["id"] for event in receiver.events(secret)]


def logged(service: Service, hook: Any) -> int:
    ((count,),) = service.rows("SELECT count(*) FROM delivery_log WHERE endpoint_id = %s", hook.id)
    return int(count)


def test_an_event_is_sent_again_to_one_endpoint(service, jobs, receiver, hook):
    """P15: as often as somebody asks; the receiver knows it by its id."""
    claire = customer(service)
    eventually(lambda: logged(service, hook) == 1)
    event = receiver.events(hook.secret)[0]
    path = f"/v1/events/{event.id}/retry"
    assert ask(service, "post", path, webhook_endpoint=hook.id).id == event.id
    eventually(lambda: logged(service, hook) == 2)
    assert [sent.id for sent in receiver.events(hook.secret)] == [event.id] * 2
    assert told(receiver, hook.secret) == [claire] * 2
    with pytest.raises(stripe.InvalidRequestError) as missing:
        ask(service, "post", path, webhook_endpoint="we_nobody")
    assert missing.value.param == "webhook_endpoint"


def test_what_a_disabled_endpoint_missed_is_replayed_in_order_of_age(service, jobs, receiver, hook):
    """P29: what it heard before is not sent twice, and asking twice sends nothing twice."""
    endpoints = service.client().v1.webhook_endpoints
    begin = int(time.time()) - 1
    heard = customer(service)
    eventually(lambda: logged(service, hook) == 1)
    endpoints.update(hook.id, {"disabled": True})
    missed = [customer(service) for _ in range(5)]
    path = f"/v1/webhook_endpoints/{hook.id}/replay"
    span = {"created": {"gte": begin}, "delivery_success": False}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        ask(service, "post", path, **span)
    assert refused.value.code == "webhook_endpoint_disabled"
    endpoints.update(hook.id, {"disabled": False})
    first = ask(service, "post", path, **span)
    second = ask(service, "post", path, **span)
    assert first.events >= 5
    assert not first.has_more
    assert second.events <= first.events
    eventually(lambda: set(missed) <= set(told(receiver, hook.secret)))
    mine = [one for one in told(receiver, hook.secret) if one in (heard, *missed)]
    assert mine[0] == heard
    assert sorted(mine[1:]) == missed
    eventually(lambda: ask(service, "post", path, **span).events == 0)


def test_the_tries_are_listed_newest_first_with_a_cursor(service, jobs, receiver, hook):
    receiver.answers = [500]
    customer(service)
    eventually(lambda: logged(service, hook) == 2, within_s=20)
    customer(service)
    eventually(lambda: logged(service, hook) == 3)
    path = f"/v1/webhook_endpoints/{hook.id}/deliveries"
    whole = ask(service, "get", path).data
    assert [(d.attempt, d.status, d.delivered) for d in whole] == [
        (1, 200, True),
        (2, 200, True),
        (1, 500, False),
    ]
    assert {d.event_type for d in whole} == {MADE}
    page = ask(service, "get", path, limit=2)
    assert page.has_more
    rest = ask(service, "get", path, starting_after=page.data[-1].id)
    assert [d.id for d in [*page.data, *rest.data]] == [d.id for d in whole]
    back = ask(service, "get", path, ending_before=whole[1].id).data
    assert [d.id for d in back] == [whole[0].id]
    one = ask(service, "get", path, event=whole[2].event).data
    assert [d.attempt for d in one] == [2, 1]
    with pytest.raises(stripe.InvalidRequestError):
        ask(service, "get", path, starting_after="whd_nothing_1")


def test_events_that_somebody_did_not_hear_are_found(service, jobs, receiver, hook):
    receiver.answers = [500] * 20
    claire = customer(service)
    eventually(lambda: logged(service, hook) >= 1)

    def about(success: bool) -> set[str]:
        listed = service.client().v1.events.list(
            {"type": MADE, "delivery_success": success, "limit": 5}
        )
        return {event.data.object["id"] for event in listed.data}

    assert claire in about(False)
    assert claire not in about(True)
