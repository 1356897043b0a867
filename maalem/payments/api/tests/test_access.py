"""Who may do what, held against the written matrix in docs/access.md, endpoint by endpoint."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from maalem.payments.accounts.tests.officers import key_of
from maalem.payments.api import v1
from maalem.payments.api.access import OFFICER_ONLY, PAGES, SECRET_ONLY
from maalem.payments.api.routes import Route, every
from maalem.payments.api.tests.callers import Knocks, made, objects_of, put_key

pytestmark = pytest.mark.xdist_group("payments-service")
v1.load()
WRITTEN = Path(__file__).resolve().parents[4] / "docs" / "access.md"
_LINE = re.compile(r"^\| `(\w+) +(\S+)` \| `(\S+)` \| (\S*) \| (\S+) \|$", re.MULTILINE)


class Line(NamedTuple):
    """One endpoint of the matrix: its permission, whether a web page may call it, and what a
    stranger gets who names another account's object there (`own`: it names none)."""

    permission: str
    page: str
    stranger: str


def written() -> dict[str, Line]:
    lines = _LINE.findall(WRITTEN.read_text(encoding="utf-8"))
    return {f"{method} {path}": Line(*rest) for method, path, *rest in lines}


def served() -> dict[str, Route]:
    return {f"{found.method} {found.path}": found for found in every()}


def as_built(found: Route) -> Line:
    level = "read" if found.method == "GET" else "write"
    stranger = "403" if found.resource == "desk" else "own"
    if "{" in found.path and found.resource != "desk":
        stranger = "403" if found.resource == "account" else "404"
    page = "yes" if (found.method, found.path) in PAGES else ""
    permission = f"rak_{found.resource}_{level}"
    for word, only in (("secret", SECRET_ONLY), ("officer", OFFICER_ONLY)):
        permission = word if found.resource in only else permission
    return Line(permission, page, stranger)


@pytest.fixture(scope="module")
def knocks(service) -> Knocks:
    return Knocks(service, objects_of(service.client(), service))


@pytest.fixture(scope="module")
def keys(service) -> dict[str, str]:
    """The keys of everybody who may knock; `service` serves no live mode."""
    client, platform = service.client(), "acct_platform"
    stranger = client.v1.accounts.create({"type": "custom"}).id
    permitted = {found.resource for found in every()} - SECRET_ONLY - OFFICER_ONLY
    return {
        "wrong": "sk_test_nobody_ever_made_this_one",
        "shapeless": "letmein",
        "live": "sk_live_where_there_is_no_live_mode",
        "expired": put_key(service, "sk_test_expired", platform, expires_at="2026-01-01"),
        "revoked": put_key(service, "sk_test_revoked", platform, revoked_at="2026-01-01"),
        "publishable": made(client, type="publishable")[1],
        "reading": restricted(client, dict.fromkeys(permitted, "read")),
        "writing": restricted(client, dict.fromkeys(permitted, "write")),
        "officer": key_of(service, "Naïma Oubella"),
        "charging": restricted(client, {"charge": "write"}),
        "customers": restricted(client, {"customer": "write"}),
        "stranger": put_key(service, "sk_test_a_strangers", stranger),
        # Not connected to the stranger, which is no platform.
        "elsewhere": put_key(service, "sk_test_elsewhere", stranger),
    }


def restricted(client, permissions: dict[str, str]) -> str:
    return made(client, type="restricted", permissions=permissions)[1]


def test_the_written_matrix_names_every_endpoint_and_no_other():
    """P64: an endpoint that is not in the matrix fails here."""
    lines = {
        name: f"| `{name}` | `{line.permission}` | {line.page} | {line.stranger} |"
        for name, line in ((name, as_built(found)) for name, found in served().items())
    }
    missing = [lines[name] for name in sorted(set(lines) - set(written()))]
    assert missing == [], "add to docs/access.md:\n" + "\n".join(missing)
    assert sorted(set(written()) - set(lines)) == []


def test_permissions_and_web_pages_are_as_written():
    """P64: what the code asks for is what the matrix says."""
    built = {name: as_built(found)[:2] for name, found in served().items()}
    assert {name: line[:2] for name, line in written().items()} == built


@pytest.fixture(params=sorted(written()))
def endpoint(request: pytest.FixtureRequest) -> tuple[str, str, Line]:
    method, _, path = request.param.partition(" ")
    return method, path, written()[request.param]


def test_nobody_gets_in_without_a_key_that_stands(endpoint, knocks, keys):
    """P64: no key, and keys that are wrong, expired, revoked or of the other mode, open nothing."""
    method, path, _ = endpoint
    address = knocks.address(path)
    assert knocks.ask(method, address, None).status_code == 401
    for who in ("wrong", "shapeless", "live", "expired", "revoked"):
        assert knocks.ask(method, address, keys[who]).status_code == 401, who


def test_a_publishable_key_opens_what_a_web_page_needs(endpoint, knocks, keys):
    """P64: a key that everybody may read reaches the listed endpoints and no other."""
    method, path, line = endpoint
    answer = knocks.ask(method, knocks.address(path), keys["publishable"])
    if line.page:
        assert answer.status_code in (200, 400, 404)
    else:
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "secret_key_required"


def test_a_restricted_key_opens_what_its_permissions_say(endpoint, knocks, keys):
    """P64: nothing without the permission, reading with read, everything with write."""
    method, path, line = endpoint
    address = knocks.address(path) if method == "GET" else _nowhere(path)
    # A key that may write what this endpoint is not about.
    other = "charging" if "_charge_" not in line.permission else "customers"
    refused = knocks.ask(method, address, keys[other])
    assert refused.status_code == 403
    if line.permission.startswith("rak_"):
        assert f"'{line.permission}'" in refused.json()["error"]["message"]
    for who in ("reading", "writing"):
        passes = line.permission.startswith("rak_") and (method == "GET" or who == "writing")
        status = knocks.ask(method, address, keys[who]).status_code
        assert status in ((200, 400, 404) if passes else (403,)) or _no_account(line, status)


def test_only_an_officers_key_opens_what_is_officers(endpoint, knocks, keys, service):
    """P64: a secret key, which opens everything else, is refused; an officer's is let in."""
    method, path, line = endpoint
    if line.permission == "officer":
        refused = knocks.ask(method, knocks.address(path), service.key)
        assert refused.json()["error"]["code"] == "officer_key_required"
        assert knocks.ask(method, _nowhere(path), keys["officer"]).status_code == 404
    elif line.permission == "secret":
        assert knocks.ask(method, _nowhere(path), keys["officer"]).status_code == 403


def test_another_accounts_key_finds_nothing(endpoint, knocks, keys, service):
    """P64: another account's object is not there, and stays as it is."""
    method, path, line = endpoint
    before = _versions(service, knocks)
    status = knocks.ask(method, knocks.address(path), keys["stranger"]).status_code
    if line.stranger == "own":
        assert status in (200, 400, 403)
    elif method == "GET":
        assert status == int(line.stranger)
    else:
        # What is missing in the request, or in the key, may be seen before what it names.
        refused = (403,) if line.permission == "officer" else ()
        assert status in (int(line.stranger), 400, *refused)
    assert _versions(service, knocks) == before


def test_nobody_acts_for_an_account_that_is_not_connected(endpoint, knocks, keys):
    """P64: `Stripe-Account` names the caller's own connected accounts only."""
    method, path, _ = endpoint
    for account in (knocks.objects["accounts"], "acct_platform", "acct_nobody"):
        sent = {"Stripe-Account": account}
        status = knocks.ask(method, knocks.address(path), keys["elsewhere"], **sent).status_code
        assert status == 403


def _nowhere(path: str) -> str:
    """The address with an id that nobody has: what passes the door changes nothing."""
    return re.sub(r"\{\w+\}", "nothing_there", path)


def _no_account(line: Line, status: int) -> bool:
    """An account that isn't there is told like one that is another's."""
    return "_account_" in line.permission and status == 403


def _versions(service, knocks: Knocks) -> list[tuple[object, ...]]:
    tables = {
        "accounts": "accounts",
        "charges": "charges",
        "customers": "customers",
        "payment_intents": "payment_intents",
        "payment_methods": "payment_methods",
        "sessions": "checkout_sessions",
        "transfers": "transfers",
        "webhook_endpoints": "webhook_endpoints",
    }
    ids = [knocks.objects[kind] for kind in tables]
    union = " UNION ALL ".join(f"SELECT id, version FROM {name}" for name in tables.values())
    return sorted(service.rows(f"SELECT * FROM ({union}) t WHERE id = ANY(%s)", ids))
