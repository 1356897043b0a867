"""The closed list of events is what the code tells, no more and no less."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from maalem.payments.events.outbox import API_VERSION
from maalem.payments.events.types import EVENT_TYPES

ROOT = Path(__file__).resolve().parents[2]
TELLERS = {"event", "about", "told"}
# Where the end of a name is put to its beginning: the file, what stands in the f-string, and by
# what call of the same room the end is given.
BEGINNINGS = {
    "settlement/ends.py": "payout.",
    "settlement/making.py": "payout.",
    "settlement/places.py": "account.external_account.",
}
CHOSEN = re.compile(r"[a-z_]+(\.[a-z_]+)+")


def files() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.glob("**/*.py")):
        name = str(path.relative_to(ROOT))
        if "tests/" not in name and name != "events/types.py":
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def told() -> set[str]:
    """The names that stand in calls that make an event, and those that are chosen before one."""
    names = set()
    for name, tree in files():
        words = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        names |= {word for word in words if isinstance(word, str) and word in EVENT_TYPES}
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and _called(call) in TELLERS:
                names |= set(_given(name, call))
    return names


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def _given(name: str, call: ast.Call) -> Iterator[str]:
    for argument in call.args[:2]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            word = argument.value
            if CHOSEN.fullmatch(word):
                yield word
            elif _called(call) == "told" and name in BEGINNINGS:
                yield BEGINNINGS[name] + word
        if isinstance(argument, ast.JoinedStr) and name == "acquiring/capture.py":
            yield "payment_intent.succeeded"
            yield "payment_intent.amount_capturable_updated"


def test_the_list_is_what_the_code_tells():
    assert sorted(told() - EVENT_TYPES) == []
    assert sorted(EVENT_TYPES - told()) == []


def test_a_name_is_put_together_only_where_this_test_knows_of_it():
    found = {
        name
        for name, tree in files()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and _called(call) in TELLERS
        and any(isinstance(argument, ast.JoinedStr) for argument in call.args[:2])
    }
    assert found == {"acquiring/capture.py", "settlement/ends.py", "settlement/places.py"}


@pytest.mark.xdist_group("payments-service")
@pytest.mark.parametrize(
    "name", ["charge.succeded", "invoice.paid", "charge.*", "", "CHARGE.FAILED"]
)
def test_an_event_that_is_never_told_is_refused(service, name):
    endpoints = service.client().v1.webhook_endpoints
    with pytest.raises(stripe.InvalidRequestError) as refused:
        endpoints.create({"url": "http://127.0.0.1:9/", "enabled_events": ["charge.failed", name]})
    assert refused.value.param == "enabled_events[1]"
    assert f"'{name}'" in str(refused.value)
    assert "'*'" in str(refused.value)


@pytest.mark.xdist_group("payments-service")
def test_every_event_of_the_list_can_be_asked_for_and_no_other_later(service):
    endpoints = service.client().v1.webhook_endpoints
    asked = {"url": "http://127.0.0.1:9/", "enabled_events": sorted(EVENT_TYPES)}
    made = endpoints.create({**asked, "api_version": API_VERSION})
    try:
        assert made.enabled_events == sorted(EVENT_TYPES)
        assert made.api_version == API_VERSION
        with pytest.raises(stripe.InvalidRequestError):
            endpoints.update(made.id, {"enabled_events": ["charge.succeded"]})
        assert endpoints.retrieve(made.id).enabled_events == sorted(EVENT_TYPES)
    finally:
        endpoints.delete(made.id)


@pytest.mark.xdist_group("payments-service")
@pytest.mark.parametrize("version", ["2020-08-27", "2999-01-01.later", "latest", ""])
def test_an_endpoint_hears_events_in_the_one_version_they_are_written_in(service, version):
    asked = {"url": "http://127.0.0.1:9/", "enabled_events": ["*"], "api_version": version}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        service.client().v1.webhook_endpoints.create(asked)
    assert refused.value.param == "api_version"
    assert API_VERSION in str(refused.value)
