"""Confirmation tokens, by the official SDK and by a page."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import stripe

from maalem.payments.accounts import confirming
from maalem.payments.accounts.records import ConfirmationToken
from maalem.payments.api.tests.callers import made
from maalem.payments.errors import BadRequest
from maalem.payments.tests.service import Service

pytestmark = pytest.mark.xdist_group("payments-service")
HOME = {"name": "Claire Martin", "address": {"line1": "12 rue des Tanneurs", "country": "FR"}}
BACK = "http://shop.test/back"


@pytest.fixture
def v1(service: Service) -> Any:
    return service.client().v1


def token(v1: Any, **said: Any) -> Any:
    """A token as a test makes it."""
    return v1.test_helpers.confirmation_tokens.create({"payment_method": "pm_card_visa", **said})


def confirmed(v1: Any, name: str, **more: Any) -> Any:
    """A payment that is made and confirmed with it."""
    return v1.payment_intents.create(
        {"amount": 10_000, "currency": "mad", "confirm": True, "confirmation_token": name, **more}
    )


def test_what_was_said_on_a_page_pays_and_is_used_up(v1):
    made_one = token(v1, shipping=HOME, return_url=BACK, setup_future_usage="off_session")
    assert made_one.payment_method_preview.card.last4 == "4242"
    assert made_one.expires_at - made_one.created == 12 * 3600
    assert made_one.payment_intent is None
    paid = confirmed(v1, made_one.id)
    assert (paid.status, paid.shipping.name) == ("succeeded", "Claire Martin")
    assert paid.setup_future_usage == "off_session"
    assert v1.confirmation_tokens.retrieve(made_one.id).payment_intent == paid.id
    with pytest.raises(stripe.InvalidRequestError) as again:
        confirmed(v1, made_one.id)
    assert (again.value.code, again.value.param) == ("token_already_used", "confirmation_token")


def test_a_payment_that_is_there_is_confirmed_with_one(v1):
    waiting = v1.payment_intents.create({"amount": 10_000, "currency": "mad"})
    done = v1.payment_intents.confirm(waiting.id, {"confirmation_token": token(v1).id})
    assert done.status == "succeeded"


def test_a_card_is_set_up_with_one(v1):
    name = token(v1).id
    done = v1.setup_intents.create({"confirm": True, "confirmation_token": name})
    assert done.status == "succeeded"
    assert v1.confirmation_tokens.retrieve(name).setup_intent == done.id


def test_what_is_sent_goes_before_what_the_token_holds(v1):
    paid = confirmed(
        v1, token(v1).id, payment_method="pm_card_mastercard", expand=["payment_method"]
    )
    assert paid.payment_method.card.brand == "mastercard"


def test_a_refused_card_uses_its_token_up(v1):
    declined = token(v1, payment_method="pm_card_chargeDeclinedExpiredCard")
    with pytest.raises(stripe.CardError):
        confirmed(v1, declined.id)
    assert v1.confirmation_tokens.retrieve(declined.id).payment_intent is not None
    with pytest.raises(stripe.InvalidRequestError, match="each is used once"):
        confirmed(v1, declined.id)


def test_of_ten_who_use_it_at_once_one_pays(service, v1):
    name = token(v1).id

    def pay(_: int) -> str:
        try:
            return str(confirmed(service.client().v1, name).status)
        except stripe.InvalidRequestError as refused:
            return str(refused.code)

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(pay, range(10)))
    assert sorted(set(answers)) == ["succeeded", "token_already_used"]
    assert answers.count("succeeded") == 1


def test_a_retry_under_its_key_is_answered_as_before(v1):
    name = token(v1).id
    wanted = {"amount": 10_000, "currency": "mad", "confirm": True, "confirmation_token": name}
    under = {"idempotency_key": f"pay-{name}"}
    first = v1.payment_intents.create(wanted, under)
    assert v1.payment_intents.create(wanted, under).id == first.id


def test_without_a_confirmation_it_serves_for_nothing(v1):
    name = token(v1).id
    for asked in (
        lambda: v1.payment_intents.create(
            {"amount": 10_000, "currency": "mad", "confirmation_token": name}
        ),
        lambda: v1.setup_intents.create({"confirmation_token": name}),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            asked()
        assert refused.value.param == "confirmation_token"
    assert v1.confirmation_tokens.retrieve(name).payment_intent is None


def test_another_accounts_token_is_not_there(v1):
    hers = v1.accounts.create({"type": "custom"}).id
    name = token(v1).id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.confirmation_tokens.retrieve(name, options={"stripe_account": hers})
    assert refused.value.http_status == 404


@pytest.mark.parametrize("said", [{}, {"payment_method": "pm_nobodys"}, {"return_url": "nowhere"}])
def test_a_token_of_nothing_is_refused(v1, said):
    with pytest.raises(stripe.InvalidRequestError):
        v1.test_helpers.confirmation_tokens.create(said)


def test_a_page_makes_one_of_what_is_typed_and_of_nothing_else(service, v1):
    key = made(service.client(), type="publishable", name="page")[1]
    typed = {
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": "4242424242424242",
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "2034",
    }

    def send(path: str, form: dict[str, str]) -> httpx.Response:
        return httpx.post(service.url + path, data=form, headers={"Authorization": f"Bearer {key}"})

    name = send("/v1/confirmation_tokens", typed).json()["id"]
    waiting = v1.payment_intents.create({"amount": 10_000, "currency": "mad"})
    secret = {"client_secret": waiting.client_secret, "confirmation_token": name}
    assert send(f"/v1/payment_intents/{waiting.id}/confirm", secret).json()["status"] == "succeeded"
    kept = send("/v1/confirmation_tokens", {"payment_method": "pm_card_visa"})
    assert (kept.status_code, kept.json()["error"]["param"]) == (400, "payment_method")
    assert send("/v1/test_helpers/confirmation_tokens", typed).status_code == 401


def test_it_serves_for_twelve_hours():
    then = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    fresh = ConfirmationToken(
        id="ctoken_1",
        account_id="acct_1",
        payment_method_id="pm_1",
        expires_at=then + confirming.LIFE,
        created_at=then,
    )
    late = then + timedelta(hours=12)
    assert confirming.usable(fresh, now=late - timedelta(seconds=1)) is fresh
    with pytest.raises(BadRequest, match="has expired"):
        confirming.usable(fresh, now=late)
