"""What somebody tries who wants other people's money, or their secrets: with another platform's
key, a neighbour's, a seller's, a web page's; under every name that a request can carry."""

import asyncio
import itertools
import os
import time
from typing import Any

import httpx
import pytest
import stripe

from maalem.payments.api import endpoint as edge
from maalem.payments.api.expand import EXPANDABLE
from maalem.payments.api.routes import Route
from maalem.payments.api.tests.callers import Knocks, another_platform, made, objects_of, put_key
from maalem.payments.api.tests.test_bad_input import ENDPOINTS, endpoint_name, needed, service
from maalem.payments.api.tests.wrong import texts
from maalem.payments.errors import BadRequest
from maalem.payments.tests.service import Service

HTTP = httpx.Client(timeout=20)
pytestmark = pytest.mark.xdist_group("payments-service")
__all__ = ["service"]
NIGHTLY = "MAALEM_NIGHTLY" in os.environ
# Written into everything that the victim has; it must be in no answer to anybody else.
MARK = "only-for-the-victim"
NAMES = EXPANDABLE | {
    *("destination", "external_account", "value_list", "token", "file", "document", "back"),
    *("starting_after", "ending_before", "default_for_currency", "client_reference_id"),
    *("transfer_group", "webhook_endpoint", "person", "source_type", "item", "setup_attempt"),
}


# What a parameter of that name might be; whatever else, an account, a charge or a file.
KINDS = {
    "customer": ("cus",),
    "payment_method": ("pm",),
    "default_payment_method": ("pm",),
    "charge": ("ch", "py"),
    "payment_intent": ("pi",),
    "setup_intent": ("seti",),
    "source_transaction": ("ch", "py"),
    "source": ("ch", "tr", "po", "pm"),
    "destination": ("acct", "ba"),
    "value_list": ("rsl",),
    "starting_after": ("ch", "cus", "evt"),
    "ending_before": ("ch",),
}


def plausible(name: str, victim: dict[str, str]) -> list[str]:
    """One of the victim's ids of each kind that the parameter might take."""
    wanted = KINDS.get(name.rpartition("[")[2].rstrip("]"), ("acct", "ch", "file"))
    by_prefix = {each.partition("_")[0]: each for each in victim.values()}
    return [by_prefix[prefix] for prefix in wanted if prefix in by_prefix]


@pytest.fixture(scope="module")
def victim(service: Service) -> dict[str, str]:
    """A platform with money, a seller with money and a bank account; ids by kind."""
    client = service.client()
    v1 = client.v1
    found = objects_of(client, service)
    marked = {"metadata": {"note": MARK}}
    seller = v1.accounts.create({"type": "custom", "business_profile": {"name": MARK}, **marked})
    customer = v1.customers.create({"name": MARK, **marked})
    kept = v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    paid = v1.payment_intents.create(
        {
            "amount": 50_000,
            "currency": "mad",
            "confirm": True,
            "description": MARK,
            "payment_method": "pm_card_bypassPending",
            "transfer_group": MARK,
            **marked,
        }
    )
    passed = v1.transfers.create(
        {
            "amount": 20_000,
            "currency": "mad",
            "destination": seller.id,
            "source_transaction": paid.latest_charge,
            "transfer_group": MARK,
            **marked,
        }
    )
    open_one = v1.payment_intents.create({"amount": 700, "currency": "mad", **marked})
    put_key(service, "sk_test_of_the_seller", seller.id)
    return {
        **found,
        "setup_intents": v1.setup_intents.create({}).id,
        "seller": seller.id,
        "customer": customer.id,
        "method": kept.id,
        "intent": paid.id,
        "charge": str(paid.latest_charge),
        "transfer": passed.id,
        "payment": str(passed.destination_payment),
        "line": str(passed.balance_transaction),
        "open": open_one.id,
        "secret": str(open_one.client_secret),
    }


@pytest.fixture(scope="module")
def rivals(service: Service, victim: dict[str, str]) -> dict[str, dict[str, str]]:
    """Everybody else, as the headers that they send."""
    rival = another_platform(service, "sk_test_of_the_rival", account="acct_rival")
    neighbour = service.client().v1.accounts.create({"type": "custom"}).id
    near = put_key(service, "sk_test_of_a_neighbour", neighbour)
    seller = "sk_test_of_the_seller"
    return {
        "rival": {"Authorization": f"Bearer {rival}"},
        "rival for the seller": {
            "Authorization": f"Bearer {rival}",
            "Stripe-Account": victim["seller"],
        },
        "neighbour": {"Authorization": f"Bearer {near}"},
        "neighbour for the platform": {
            "Authorization": f"Bearer {near}",
            "Stripe-Account": "acct_platform",
        },
        "neighbour for the seller": {
            "Authorization": f"Bearer {near}",
            "Stripe-Account": victim["seller"],
        },
        "seller for the neighbour": {
            "Authorization": f"Bearer {seller}",
            "Stripe-Account": neighbour,
        },
    }


@pytest.fixture(scope="module")
def books(service: Service) -> Any:
    """Every booking that there is: nobody in here moves money of the victim's."""
    return lambda: service.rows("SELECT count(*), sum(amount) FROM ledger.transfers")


def sent(
    service: Service, found: Route, headers: dict[str, str], *, path: str, pairs: Any
) -> httpx.Response:
    given: dict[str, Any] = {"params" if found.method in ("GET", "DELETE") else "data": dict(pairs)}
    return HTTP.request(found.method, service.url + path, headers=headers, **given)


def harmless(answer: httpx.Response, *, who: str, what: str) -> None:
    assert answer.status_code < 500, f"{who}: {what}: {answer.text}"
    assert MARK not in answer.text, f"{who} reads {what}: {answer.text[:500]}"


@pytest.mark.parametrize("found", ENDPOINTS, ids=endpoint_name)
def test_no_name_of_a_victims_object_opens_it(found, service, victim, rivals, books):
    """P5: whatever parameter carries another's id, nothing of hers is told and nothing moves."""
    names = [n for n in texts(found.params) if n.rpartition("[")[2].rstrip("]") in NAMES]
    before = books()
    own = Knocks(service, {})
    # Who acts in another's name is turned away before any parameter is read: test_access.py.
    for who, headers in rivals.items() if NIGHTLY else [("rival", rivals["rival"])]:
        own_path = "/".join(
            victim.get(found.path.split("/")[2], "x") if step.startswith("{") else step
            for step in found.path.split("/")
        )
        answer = sent(service, found, headers, path=own_path, pairs=[])
        harmless(answer, who=who, what=own_path)
        if who.partition(" ")[2] or "{" in found.path:
            # In the name of whom she may not act for, nothing at all is answered.
            if who.partition(" ")[2]:
                assert answer.status_code in (401, 403, 404), f"{who}: {answer.text}"
            continue
        base = {k: v for k, v in needed(found, Knocks(service, victim)).items() if k not in names}
        for name, theirs in [(each, one) for each in names for one in plausible(each, victim)]:
            answer = sent(
                service,
                found,
                headers,
                path=own.address(found.path),
                pairs={**base, name: theirs}.items(),
            )
            harmless(answer, who=who, what=f"{name}={theirs}")
    assert books() == before


def test_search_and_lists_find_nothing_of_anybody_else(service, victim, rivals):
    asked = [
        ("/v1/charges/search", {"query": f'metadata["note"]:"{MARK}"'}),
        ("/v1/charges/search", {"query": f'transfer_group:"{MARK}"'}),
        ("/v1/payment_intents/search", {"query": f'metadata["note"]:"{MARK}" OR amount>0'}),
        ("/v1/customers/search", {"query": f'name:"{MARK}"'}),
        ("/v1/customers/search", {"query": f'name~"only" OR -name:"{MARK}"'}),
        ("/v1/transfers", {"transfer_group": MARK}),
        ("/v1/charges", {"transfer_group": MARK, "limit": "100"}),
        ("/v1/balance_transactions", {"source": victim["charge"]}),
        ("/v1/events", {"limit": "100", "expand[]": "data.data.object"}),
        ("/v1/accounts", {"limit": "100"}),
    ]
    for (who, headers), (path, params) in itertools.product(rivals.items(), asked):
        answer = httpx.get(service.url + path, headers=headers, params=params, timeout=20)
        harmless(answer, who=who, what=f"{path} {params}")


def test_money_of_others_is_not_passed_on(service, victim, rivals, books):
    """P5: a charge, an account or a bank account of somebody else's pays nobody."""
    before = books()
    tries = [
        ("/v1/transfers", {"amount": 1, "currency": "mad", "destination": victim["seller"]}),
        (
            "/v1/transfers",
            {
                "currency": "mad",
                "destination": victim["seller"],
                "source_transaction": victim["charge"],
            },
        ),
        (f"/v1/transfers/{victim['transfer']}/reversals", {"amount": 1}),
        ("/v1/refunds", {"charge": victim["charge"]}),
        ("/v1/refunds", {"payment_intent": victim["intent"], "reverse_transfer": "true"}),
        ("/v1/refunds", {"charge": victim["payment"]}),
        (f"/v1/payment_intents/{victim['open']}/confirm", {"payment_method": "pm_card_visa"}),
        (f"/v1/payment_intents/{victim['open']}/cancel", {}),
        (
            "/v1/payment_intents",
            {
                "amount": 500,
                "currency": "mad",
                "confirm": "true",
                "payment_method": "pm_card_visa",
                "transfer_data[destination]": victim["seller"],
            },
        ),
        (
            "/v1/payment_intents",
            {
                "amount": 500,
                "currency": "mad",
                "confirm": "true",
                "payment_method": victim["method"],
            },
        ),
        (
            "/v1/payment_intents",
            {
                "amount": 500,
                "currency": "mad",
                "confirm": "true",
                "payment_method": "pm_card_visa",
                "on_behalf_of": victim["seller"],
            },
        ),
        (
            "/v1/payment_intents",
            {
                "amount": 500,
                "currency": "mad",
                "confirm": "true",
                "payment_method": "pm_card_visa",
                "customer": victim["customer"],
            },
        ),
        (f"/v1/accounts/{victim['seller']}", {"metadata[a]": "b"}),
    ]
    for (who, headers), (path, data) in itertools.product(rivals.items(), tries):
        answer = httpx.post(service.url + path, headers=headers, data=data, timeout=20)
        assert 400 <= answer.status_code < 500, f"{who}: {path} {data}: {answer.text}"
        harmless(answer, who=who, what=path)
    assert books() == before


def test_a_seller_reaches_her_own_money_and_not_the_platforms(service, victim):
    """What was passed on to her she sees; the payment behind it she does not."""
    v1 = stripe.StripeClient(
        "sk_test_of_the_seller", base_addresses={"api": service.url}, max_network_retries=0
    ).v1
    hers = v1.charges.retrieve(victim["payment"], {"expand": ["source_transfer"]})
    assert hers.source_transfer.id == victim["transfer"]
    deeper = v1.charges.retrieve(
        victim["payment"], {"expand": ["source_transfer.source_transaction.payment_intent"]}
    )
    assert deeper.source_transfer.source_transaction is None
    for unknown in (victim["charge"], victim["intent"], victim["line"]):
        with pytest.raises(stripe.InvalidRequestError):
            v1.charges.retrieve(unknown)
    with pytest.raises(stripe.StripeError):
        v1.transfers.reversals.create(victim["transfer"], {"amount": 1})
    with pytest.raises(stripe.StripeError):
        v1.transfers.create({"amount": 1, "currency": "mad", "destination": "acct_platform"})


def test_a_restricted_key_does_not_see_through_expand_what_it_may_not_read(service, victim):
    key = made(service.client(), type="restricted", permissions={"refund": "read"})[1]
    headers = {"Authorization": f"Bearer {key}"}
    for path in ("data.charge", "data.payment_intent", "data.balance_transaction"):
        answer = httpx.get(
            f"{service.url}/v1/refunds", headers=headers, params={"expand[]": path}, timeout=20
        )
        seen = answer.json()
        assert answer.status_code == 403 or seen["data"] == [], answer.text


def test_a_page_key_pays_what_its_secret_opens_and_nothing_else(service, victim):
    client = service.client()
    key = made(client, type="publishable")[1]
    headers = {"Authorization": f"Bearer {key}"}

    def tried(path: str, **data: str) -> int:
        answer = httpx.post(service.url + path, headers=headers, data=data, timeout=20)
        harmless(answer, who="page", what=path)
        return answer.status_code

    confirm = f"/v1/payment_intents/{victim['open']}/confirm"
    secret = victim["secret"]
    assert tried(confirm, client_secret=secret + "x", payment_method="pm_card_visa") == 404
    assert tried(confirm, client_secret=secret, payment_method=victim["method"]) in (400, 404)
    for extra in ("amount", "transfer_data[destination]", "application_fee_amount", "off_session"):
        assert tried(confirm, client_secret=secret, **{extra: "1"}) in (400, 401, 403, 404)
    assert tried("/v1/payment_methods", type="card", customer=victim["customer"]) == 400


def test_a_body_in_pieces_of_one_byte_costs_no_more_than_one_in_one_piece():
    """A body put together anew for each piece would keep a core busy for minutes, without a key."""

    async def read(pieces: int) -> float:
        left = pieces

        async def receive() -> dict[str, Any]:
            nonlocal left
            left -= 1
            return {"type": "http.request", "body": b"x", "more_body": left > 0}

        began = time.perf_counter()
        assert len(await edge._body(receive, most=pieces)) == pieces
        return time.perf_counter() - began

    assert asyncio.run(read(512 * 1024)) < 5


def test_a_body_that_never_ends_is_given_up(monkeypatch):
    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    monkeypatch.setattr(edge, "BODY_WITHIN_S", 0.2)
    with pytest.raises(BadRequest, match="did not arrive"):
        asyncio.run(edge._body(receive, most=1024))


def test_one_request_asks_for_so_much_and_no_more(service):
    """Every property that is expanded is a reading for each object of a list."""
    headers = {"Authorization": f"Bearer {service.key}"}
    many = [("expand[]", f"data.customer{'.x' * n}") for n in range(1, 30)]
    answer = httpx.get(f"{service.url}/v1/charges", headers=headers, params=many, timeout=20)
    assert answer.status_code == 400
    assert "20 properties at most" in answer.json()["error"]["message"]
    same = [("expand[]", "data.customer")] * 1_000
    answer = httpx.get(f"{service.url}/v1/charges", headers=headers, params=same, timeout=20)
    assert answer.status_code == 200
    answer = httpx.post(
        f"{service.url}/v1/customers", headers=headers, data={"n" * 100_000: "x"}, timeout=20
    )
    assert answer.status_code == 400
    assert len(answer.content) < 1_000
    deep = "metadata" + "[a]" * 5_000
    answer = httpx.post(
        f"{service.url}/v1/customers", headers=headers, data={deep: "x"}, timeout=20
    )
    assert answer.status_code == 400
