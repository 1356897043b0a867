"""Every endpoint against everything that can be wrong with each of its parameters.

Made from the endpoints' own Structs: a new endpoint is tried the moment it is there. Whatever is
wrong is answered in the 400s, in Stripe's envelope, with the parameter's name, and leaves no row.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from maalem.payments.accounts.tests.officers import key_of
from maalem.payments.api import v1
from maalem.payments.api.access import OFFICER_ONLY
from maalem.payments.api.routes import Route, every
from maalem.payments.api.tests.callers import Knocks, objects_of
from maalem.payments.api.tests.wrong import Wrong, required, wrongs
from maalem.payments.tests import service as driver
from maalem.payments.tests.service import Service

pytestmark = pytest.mark.xdist_group("payments-service")
v1.load()
# Files come as multipart/form-data, and a payout is never reversed, whatever is said with it.
_OTHERS = {"POST /v1/files", "POST /v1/payouts/{id}/reverse"}
ENDPOINTS = [
    found
    for found in sorted(every(), key=lambda found: (found.path, found.method))
    if f"{found.method} {found.path}" not in _OTHERS
]
# What has to be sent for anything else to be looked at; `{word}` is an object of that kind.
NEEDED: dict[str, dict[str, str]] = {
    "POST /v1/account_links": {
        "account": "{accounts}",
        "type": "account_onboarding",
        "refresh_url": "http://shop.test/again",
        "return_url": "http://shop.test/back",
    },
    "POST /v1/checkout/sessions": {
        "mode": "payment",
        "success_url": "http://shop.test/done",
        "line_items[0][price_data][currency]": "mad",
        "line_items[0][price_data][unit_amount]": "100",
        "line_items[0][price_data][product_data][name]": "Tajine",
    },
    "POST /v1/payment_intents": {"amount": "100", "currency": "mad"},
    "POST /v1/payment_intents/{id}/increment_authorization": {"amount": "20000"},
    "POST /v1/payment_methods": {
        "type": "card",
        "card[number]": "4242424242424242",
        "card[exp_month]": "12",
        "card[exp_year]": "2034",
    },
    "POST /v1/payment_methods/{id}/attach": {"customer": "{customers}"},
    "POST /v1/radar/rules": {
        "action": "review",
        "reason": "A look.",
        "conditions[0][fact]": "rail",
        "conditions[0][is]": "is",
        "conditions[0][value]": "nothing",
    },
    "POST /v1/confirmation_tokens": {"payment_method": "pm_card_visa"},
    "POST /v1/test_helpers/confirmation_tokens": {"payment_method": "pm_card_visa"},
    "POST /v1/radar/value_lists": {"alias": "never_made", "name": "Never made"},
    "POST /v1/radar/value_list_items": {"value_list": "{value_lists}", "value": "y"},
    "GET /v1/radar/value_list_items": {"value_list": "{value_lists}"},
    "POST /v1/refunds": {"charge": "{charges}"},
    "POST /v1/tokens": {
        "card[number]": "4242424242424242",
        "card[exp_month]": "12",
        "card[exp_year]": "2034",
    },
    "POST /v1/transfers": {"amount": "1", "currency": "mad", "destination": "{accounts}"},
    "POST /v1/webhook_endpoints": {"url": "http://127.0.0.1:9/", "enabled_events[0]": "*"},
    "GET /v1/charges/search": {"query": "amount:1"},
    "GET /v1/customers/search": {"query": "name:x"},
    "GET /v1/payment_intents/search": {"query": "amount:1"},
    "GET /v1/setup_attempts": {"setup_intent": "{setup_intents}"},
}
# Nothing of these is a trace of a refused request.
_NOT_COUNTED = {"migrations", "event_deliveries", "idempotency_keys", "access_log", "data_keys"}


def endpoint_name(found: Route) -> str:
    """The endpoint in words."""
    return f"{found.method} {found.path}"


@pytest.fixture(scope="module")
def service(both_books: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of our own, without a worker: nobody else writes the rows that are counted."""
    log = tmp_path_factory.mktemp("knocked") / "log"
    with driver.serving(both_books[0], log=log) as running:
        yield running


@pytest.fixture(scope="module")
def knocks(service: Service) -> Knocks:
    client = service.client()
    objects = objects_of(client, service)
    held = client.v1.payment_intents.create(
        {
            "amount": 10_000,
            "currency": "mad",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "capture_method": "manual",
        }
    )
    ready = client.v1.payment_intents.create(
        {"amount": 10_000, "currency": "mad", "payment_method": "pm_card_visa"}
    )
    objects["payment_intents"] = ready.id
    objects["officer"] = key_of(service, "Naïma Oubella")
    objects["held"] = held.id
    objects["setup_intents"] = client.v1.setup_intents.create({}).id
    return Knocks(service, objects)


class Rows:
    """Counts every row of the service, table by table. Nobody else writes: what was counted after
    one test stands before the next."""

    def __init__(self, service: Service) -> None:
        tables = service.rows(
            "SELECT format('%%I.%%I', schemaname, tablename), tablename FROM pg_tables"
            " WHERE schemaname IN ('public', 'ledger', 'vault', 'simulator')"
        )
        counted = [full for full, name in tables if name not in _NOT_COUNTED]
        self._sql = " UNION ALL ".join(f"SELECT '{full}', count(*) FROM {full}" for full in counted)
        self._service = service
        self._before = dict(service.rows(self._sql))

    def changes(self) -> dict[str, int]:
        """How many more each table has than when this was last asked, where any."""
        before, self._before = self._before, dict(self._service.rows(self._sql))
        return {
            name: now - before[name] for name, now in self._before.items() if now != before[name]
        }


@pytest.fixture(scope="module")
def rows(service: Service, knocks: Knocks) -> Rows:
    return Rows(service)


def needed(found: Route, knocks: Knocks) -> dict[str, str]:
    given = NEEDED.get(endpoint_name(found), {})
    return {
        name: knocks.objects[value[1:-1]] if value.startswith("{") else value
        for name, value in given.items()
    }


def ask(knocks: Knocks, found: Route, pairs: list[tuple[str, str]]) -> httpx.Response:
    path = found.path
    if path.endswith(("/capture", "/increment_authorization")):
        path = path.replace("{id}", knocks.objects["held"])
    address = knocks.service.url + knocks.address(path)
    is_officers = found.resource in OFFICER_ONLY
    auth = (knocks.objects["officer"] if is_officers else knocks.service.key, "")
    if found.method == "POST":
        body = httpx.QueryParams(pairs)
        return knocks.http.post(
            address,
            content=str(body),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            auth=auth,
        )
    return knocks.http.request(found.method, address, params=httpx.QueryParams(pairs), auth=auth)


def with_wrong(base: dict[str, str], wrong: Wrong) -> list[tuple[str, str]]:
    """The wrong one first: what is read first is refused first."""
    heads = {name for name, _ in wrong.sent}
    whole = {**base, **wrong.beside}
    if whole.get("type") == "wallet" or wrong.param.startswith("bank_account["):
        whole = {name: value for name, value in whole.items() if not name.startswith("card[")}
    kept = [(name, value) for name, value in whole.items() if not _hides(name, heads)]
    return [*wrong.sent, *kept]


def _hides(name: str, heads: set[str]) -> bool:
    return any(
        name == head or name.startswith(f"{head}[") or head.startswith(f"{name}[") for head in heads
    )


def complaint(answer: httpx.Response, wrong: Wrong, *, complete: bool) -> str | None:
    """What is the matter with the answer to a wrong parameter, or None."""
    if not 400 <= answer.status_code < 500:
        return f"{wrong}: {answer.status_code} {answer.text[:200]}"
    error = answer.json().get("error", {})
    if error.get("type") not in ("invalid_request_error", "card_error") or not error.get("message"):
        return f"{wrong}: no error's envelope: {answer.text[:200]}"
    param = error.get("param") or ""
    named = wrong.param == param or (wrong.param.startswith(f"{param}[") and param)
    # What has to stand beside it is not told from the Struct.
    beside = param.rpartition("[")[0] == wrong.param.rpartition("[")[0] if complete else True
    if not named and not (beside and error.get("code") == "parameter_missing"):
        return f"{wrong}: param is {error.get('param')!r}: {error['message'][:120]}"
    return None


@pytest.mark.parametrize("found", ENDPOINTS, ids=endpoint_name)
def test_a_wrong_parameter_is_refused_by_name_and_leaves_nothing(found, knocks, rows):
    base = needed(found, knocks)
    complete = {name.partition("[")[0] for name in base} >= required(found.params)
    complaints = [
        said
        for wrong in wrongs(found.params, writes=found.method != "GET")
        if (
            said := complaint(ask(knocks, found, with_wrong(base, wrong)), wrong, complete=complete)
        )
    ]
    assert complaints == [], "\n" + "\n".join(complaints)
    assert rows.changes() == {}
