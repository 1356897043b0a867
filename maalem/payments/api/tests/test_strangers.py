"""What somebody gets who writes other people's ids, or addresses that are none: nothing."""

from typing import Any

import httpx
import pytest
import stripe

from maalem.payments.api.auth import key_hash
from maalem.payments.config import Config

pytestmark = pytest.mark.xdist_group("payments-service")
PAY = {"amount": 10_000, "currency": "mad", "confirm": True, "payment_method": "pm_card_visa"}


@pytest.fixture
def v1(service: Any) -> Any:
    return service.client().v1


@pytest.fixture
def stranger(service: Any, v1: Any) -> Any:
    """Another account with a key of its own."""
    account, key = v1.accounts.create({"type": "custom"}), "sk_test_a_stranger"
    digest = key_hash(key, fingerprint_key=Config.from_env().fingerprint_key)
    service.rows("DELETE FROM api_keys WHERE hash = %s", digest)
    service.rows(
        "INSERT INTO api_keys (hash, account_id, hint) VALUES (%s, %s, '…')", digest, account.id
    )
    client = stripe.StripeClient(key, base_addresses={"api": service.url}, max_network_retries=0)
    return client.v1


@pytest.mark.parametrize("where", ["description", "metadata.id"])
def test_another_accounts_object_is_not_expanded_from_a_text(v1, stranger, where):
    theirs = v1.payment_intents.create(PAY)
    for known in (theirs.id, theirs.latest_charge, theirs.payment_method, "acct_platform"):
        with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
            stranger.payment_intents.create(
                {
                    "amount": 100,
                    "currency": "mad",
                    "description": known,
                    "metadata": {"id": known},
                    "expand": [where],
                }
            )


def test_another_accounts_object_is_no_cursor(v1, stranger):
    charge = v1.payment_intents.create(PAY).latest_charge
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        stranger.charges.list({"starting_after": charge})
    assert unknown.value.code == "resource_missing"


def test_the_payer_pays_what_her_page_shows_whatever_the_merchant_does_meanwhile(v1, service):
    session = service.session()
    for change in ({"amount": 999_900}, {"currency": "eur"}, {"payment_method_types": ["card"]}):
        with pytest.raises(stripe.InvalidRequestError, match="Checkout Session"):
            v1.payment_intents.update(session.payment_intent, change)
    v1.payment_intents.update(session.payment_intent, {"metadata": {"seen": "yes"}})
    assert service.retrieve(session).payment_intent.amount == session.amount_total


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "//shop.test/done",
        "http://[",
        "http://shop.test; script-src *",
        "http://shop.test,evil.test/",
        "http://shop test/",
        "http://login@shop.test/",
        "http://shop.test\\@evil.test/",
        "http://shop.test/\r\nSet-Cookie: a=b",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_none(v1, service, address):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        service.session(success_url=address)
    assert refused.value.code == "url_invalid"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.create({**PAY, "return_url": address})
    assert refused.value.code == "url_invalid"


def test_an_address_may_have_a_port_a_query_and_other_letters(service):
    session = service.session(success_url="http://127.0.0.1:8000/fr/reçu?x={CHECKOUT_SESSION_ID}")
    assert httpx.get(session.url).status_code == 200


@pytest.mark.parametrize("year", ["1999", "2101", "9" * 18])
def test_a_card_expires_in_a_year_that_there_is(v1, year):
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2034"}
    method = v1.payment_methods.create({"type": "card", "card": card})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_methods.update(method.id, {"card": {"exp_year": year}})
    assert refused.value.code == "invalid_expiry_year"
