"""docs/openapi.json says what each object is; the service says so too.

That answers are as described is held where they are served (payments/tests/described.py). Here:
that everything an id may be expanded to, it is expanded to, and that nothing else is.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from maalem.payments.api import v1
from maalem.payments.api.expand import EXPANDABLE
from maalem.payments.api.shapes import objects
from maalem.payments.api.tests import walk
from maalem.payments.tests.described import described, difference
from maalem.payments.tests.service import Service

pytestmark = pytest.mark.xdist_group("payments-service")
v1.load()
SCHEMAS = described()["components"]["schemas"]
EXPANDS = "x-expansionResources"


def resolved(schema: Any) -> Any:
    while "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    return schema


def expandable(schema: Any, within: str = "") -> Iterator[str]:
    """The paths that may be given to `expand[]`, of an object and the plain objects in it."""
    for name, field in resolved(schema).get("properties", {}).items():
        for part in field.get("anyOf", [field]):
            if EXPANDS in field:
                yield within + name
                break
            if "object" not in resolved(part).get("properties", {"object": None}):
                yield from expandable(part, f"{within}{name}.")


def listed() -> list[tuple[str, str]]:
    """(address, path to expand) of whatever stands in a list."""
    found = []
    for address, operations in described()["paths"].items():
        answer = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        schema = answer.get("application/json", {}).get("schema", {})
        if "{" in address or "data" not in schema.get("properties", {}):
            continue
        if address.endswith("/search"):
            continue
        item = schema["properties"]["data"]["items"]
        found += [(address, path) for path in sorted(set(expandable(item)))]
    return found


NEEDED = {"/v1/setup_attempts": "setup_intent"}


@pytest.fixture(scope="module")
def walked(service: Service) -> Service:
    """A service where each kind of object has been made."""
    v1_ = service.client().v1
    cast = walk.Cast(walk.accounts(v1_), service)
    for chapter in (
        walk.external_accounts,
        walk.customers,
        walk.setup_intents,
        walk.sharing,
        walk.fees_and_refunds,
        walk.payouts,
        walk.disputes,
        walk.risk,
    ):
        chapter(v1_, cast)
    return service


@pytest.mark.parametrize(("address", "path"), listed())
def test_what_is_described_as_expandable_is_expanded(address, path, walked):
    query = {"expand[]": f"data.{path}", "limit": "20"}
    if address in NEEDED:
        setup = walked.client().v1.setup_intents.list({"limit": 1}).data[0]
        query[NEEDED[address]] = setup.id
    answer = httpx.get(
        walked.url + address, params=query, headers={"Authorization": f"Bearer {walked.key}"}
    )
    assert answer.status_code == 200, answer.text
    for item in answer.json()["data"]:
        for step in path.split("."):
            item = item and item[step]
        assert item is None or isinstance(item, dict), item


def test_every_kind_that_an_id_is_expanded_to_is_described():
    named = {part for schema in SCHEMAS.values() for part in kinds_in(schema)}
    assert named <= set(objects())
    fields = {
        name
        for schema in SCHEMAS.values()
        for name, field in schema.get("properties", {}).items()
        if EXPANDS in field
    }
    assert fields == EXPANDABLE


def kinds_in(schema: Any) -> Iterator[str]:
    """The kinds that ids anywhere in a schema may be expanded to."""
    if isinstance(schema, list):
        for part in schema:
            yield from kinds_in(part)
    elif isinstance(schema, dict):
        for ref in schema.get(EXPANDS, {}).get("oneOf", ()):
            yield ref["$ref"].rpartition("/")[2]
        for part in schema.values():
            yield from kinds_in(part)


@pytest.mark.parametrize("name", sorted(objects()))
def test_a_field_too_many_or_too_few_is_seen(name):
    schema = SCHEMAS[name]
    assert schema["additionalProperties"] is False
    nameless = ("account_link", "balance", "desk.morning", "file_link", "webhook_endpoint.health")
    always = {"object"} if name in nameless else {"id"}
    assert always <= set(schema["required"]), name


def test_an_answer_that_is_not_as_described_is_told_apart():
    bare = b'{"id": "fee_1", "object": "fee_refund"}'
    told = difference("GET", "/v1/application_fees/fee_1/refunds/fr_1", status=200, body=bare)
    assert told is not None
    assert "required" in told
