"""Schemathesis reads docs/openapi.json and asks everything that it says can be asked.

Whatever is sent, by whatever key: never a 5xx, a refusal always in Stripe's envelope, and an
answer that is the object the description says it is.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi.checks import response_schema_conformance

from maalem.payments.api import v1
from maalem.payments.api.access import OFFICER_ONLY, SECRET_ONLY
from maalem.payments.api.routes import resources
from maalem.payments.api.tests.callers import Knocks, made, objects_of
from maalem.payments.api.tests.test_bad_input import NEEDED
from maalem.payments.tests import service as driver

pytestmark = pytest.mark.xdist_group("described")
v1.load()
PAGE = Path(__file__).resolve().parents[4] / "docs" / "openapi.json"
NIGHTLY = "MAALEM_NIGHTLY" in os.environ
EXAMPLES = 240 if NIGHTLY else 8
FORM = "application/x-www-form-urlencoded"
WAYS = ("as it came", "aimed", "enough", "just enough")
PROFILES = ("secret", "restricted", "publishable", "connected")
KINDS = {"api_error", "card_error", "idempotency_error", "invalid_request_error"}
# Parameters that hold an id, by the word of the address where such objects live.
IDS = {
    "account": "accounts",
    "application_fee": "application_fees",
    "charge": "charges",
    "customer": "customers",
    "default_for": "accounts",
    "destination": "accounts",
    "dispute": "disputes",
    "ending_before": "",
    "payment_intent": "payment_intents",
    "payment_method": "payment_methods",
    "setup_intent": "setup_intents",
    "source_transaction": "charges",
    "starting_after": "",
    "transfer": "transfers",
}


def pairs_of(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Stripe's brackets."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from pairs_of(part, f"{name}[{key}]" if name else str(key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from pairs_of(part, f"{name}[{place}]")
    elif isinstance(value, bool):
        yield name, str(value).lower()
    else:
        yield name, str(value)


@schemathesis.serializer(FORM)
def form(context: Any, value: Any) -> bytes:
    return urlencode(list(pairs_of(value)), errors="replace").encode()


DESCRIBED = schemathesis.openapi.from_dict(json.loads(PAGE.read_text(encoding="utf-8")))
OPERATIONS = {found.ok().label: found.ok() for found in DESCRIBED.get_all_operations()}
# What is deleted is deleted last.
_LABELS = sorted(OPERATIONS, key=lambda label: ("GET POST DELETE".index(label.split()[0]), label))


@pytest.fixture(scope="module")
def knocks(both_books: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knocks]:
    """A service of our own: what is asked here at random would be in the way of other tests."""
    log = tmp_path_factory.mktemp("described") / "log"
    with driver.serving(both_books[0], log=log) as running:
        client = running.client()
        objects = objects_of(client, running)
        objects["api_keys"], _ = made(client, name="to be rolled")
        objects["setup_intents"] = client.v1.setup_intents.create({}).id
        yield Knocks(running, objects)


@pytest.fixture(scope="module")
def profiles(knocks: Knocks) -> dict[str, dict[str, str]]:
    client = knocks.service.client()
    reading = dict.fromkeys(sorted(resources() - SECRET_ONLY - OFFICER_ONLY), "read")
    _, restricted = made(client, type="restricted", name="reader", permissions=reading)
    _, publishable = made(client, type="publishable", name="page")
    keys = (knocks.service.key, restricted, publishable, knocks.service.key)
    found = {
        name: {"Authorization": f"Bearer {key}"} for name, key in zip(PROFILES, keys, strict=True)
    }
    found["connected"]["Stripe-Account"] = client.v1.accounts.create({"type": "custom"}).id
    return found


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened


def with_ids(value: Any, knocks: Knocks) -> Any:
    """Parameters, with the ids of objects that there are."""
    if isinstance(value, dict):
        return {
            name: knocks.objects.get(IDS[name], part)
            if name in IDS and isinstance(part, str)
            else with_ids(part, knocks)
            for name, part in value.items()
        }
    return [with_ids(part, knocks) for part in value] if isinstance(value, list) else value


def aim(case: Any, operation: Any, knocks: Knocks) -> None:
    """Ask for objects that there are."""
    steps = zip(operation.path.split("/"), knocks.address(operation.path).split("/"), strict=True)
    case.path_parameters = {step[1:-1]: there for step, there in steps if step.startswith("{")}
    case.body, case.query = with_ids(case.body, knocks), with_ids(case.query or {}, knocks)


def needed(label: str, knocks: Knocks) -> dict[str, str]:
    """Parameters by which the endpoint has something to do."""
    return {
        name: knocks.objects[value[1:-1]] if value.startswith("{") else value
        for name, value in NEEDED.get(label, {}).items()
    }


def over(body: Any, laid: dict[str, str]) -> Any:
    """What came, with what is needed laid over it."""
    if not isinstance(body, dict):
        return laid
    heads = {name.partition("[")[0] for name in laid}
    return {name: part for name, part in body.items() if name not in heads} | laid


def cases(operation: Any) -> st.SearchStrategy[Any]:
    """Requests that the description allows, and some that it does not."""
    good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if not (operation.body or operation.query):
        return good
    return good | good | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


def check(response: Any, case: Any) -> None:
    """What holds whatever was asked."""
    if response.status_code != 200:
        body = response.json()
        assert set(body) == {"error"}, body
        assert body["error"]["type"] in KINDS, body
        assert isinstance(body["error"]["message"], str), body
        assert body["error"]["message"], body
        assert 400 <= response.status_code < 500, body
    assert response.headers["request-id"][0].startswith("req_")
    wanted = [checks.not_a_server_error, response_schema_conformance]
    case.validate_response(response, checks=wanted)


@pytest.mark.parametrize("label", _LABELS)
def test_it_answers_as_described(label, knocks, profiles, session):
    operation = OPERATIONS[label]
    upload = label == "POST /v1/files"

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=not NIGHTLY,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(operation), st.sampled_from(WAYS), st.sampled_from(PROFILES))
    def ask(case: Any, way: str, profile: str) -> None:
        if way != "as it came":
            aim(case, operation, knocks)
        sent = "query" if operation.method == "get" else "body"
        if way == "enough" and not upload:
            setattr(case, sent, over(getattr(case, sent), needed(label, knocks)))
        if way == "just enough" and not upload:
            setattr(case, sent, needed(label, knocks))
        case.query = dict(pairs_of(case.query or {}))
        case.headers = dict(profiles[profile])
        response = case.call(base_url=knocks.service.url, session=session, timeout=20)
        check(response, case)

    ask()


def test_every_endpoint_is_described_once():
    named = [found.definition.raw["operationId"] for found in OPERATIONS.values()]
    assert len(named) == len(set(named))
