"""Keys: made, narrowed, rolled and ended; shown once and kept as a hash."""

import httpx
import pytest
import stripe

from maalem.payments.api.tests.callers import made, put_key
from maalem.payments.tests.service import Service, eventually

pytestmark = pytest.mark.xdist_group("payments-service")
PAY = {"amount": 10_000, "currency": "mad", "payment_method": "pm_card_visa"}


def client_of(service: Service, key: str) -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": service.url}, max_network_retries=0)


def change(service: Service, path: str, **params: object) -> stripe.StripeObject:
    client = service.client()
    return client.deserialize(client.raw_request("post", path, **params), api_mode="V1")


def test_a_key_opens_its_account_and_is_never_shown_again(service):
    key_id, key = made(service.client(), name="Shop")
    assert key.startswith("sk_test_")
    assert client_of(service, key).v1.balance.retrieve().object == "balance"
    answer = httpx.get(f"{service.url}/v1/api_keys/{key_id}", auth=(key, "")).json()
    assert answer["redacted"] == f"{key[:8]}…{key[-4:]}"
    assert "secret" not in answer
    assert answer["livemode"] is False


def test_a_replay_of_making_a_key_says_that_it_is_shown_once(service):
    url, sent = f"{service.url}/v1/api_keys", {"Idempotency-Key": "a key, please"}
    first = httpx.post(url, auth=(service.key, ""), headers=sent)
    again = httpx.post(url, auth=(service.key, ""), headers=sent)
    assert first.json()["secret"].startswith("sk_test_")
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["secret"] is None
    assert "shown once" in again.json()["secret_withheld"]
    assert again.json()["id"] == first.json()["id"]


def test_no_key_is_found_anywhere_in_the_database(service):
    _, key = made(service.client())
    needle = f"%{key[8:]}%"
    for table in ("api_keys", "idempotency_keys", "events"):
        found = service.rows(
            f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s"
            " OR t::text LIKE '%%' || encode(%s::bytea, 'hex') || '%%'",
            needle,
            key.encode(),
        )
        assert found == [(0,)], table


def test_a_rolled_key_lives_on_as_long_as_was_said_and_the_new_one_is_its_like(service):
    key_id, old = made(
        service.client(), type="restricted", name="Reports", permissions={"charge": "read"}
    )
    new = change(service, f"/v1/api_keys/{key_id}/roll", expires_in=3600)
    assert (new["rolled_from"], new["name"], new["type"]) == (key_id, "Reports", "restricted")
    for key in (old, new["secret"]):
        assert client_of(service, key).v1.charges.list({"limit": 1}).object == "list"
    service.rows("UPDATE api_keys SET expires_at = now() WHERE id = %s", key_id)
    eventually(lambda: refusal(service, old) == "api_key_expired")
    assert refusal(service, new["secret"]) is None


def test_a_key_rolled_without_a_delay_ends_at_once(service):
    key_id, old = made(service.client())
    change(service, f"/v1/api_keys/{key_id}/roll")
    assert refusal(service, old) == "api_key_expired"


def test_a_key_lives_on_for_a_week_at_most(service):
    key_id, _ = made(service.client())
    for seconds in (-1, 7 * 86_400 + 1, 2**63 - 1):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            change(service, f"/v1/api_keys/{key_id}/roll", expires_in=seconds)
        assert refused.value.param == "expires_in"


def test_a_revoked_key_is_invalid_within_seconds(service):
    key_id, key = made(service.client())
    assert refusal(service, key) is None
    change(service, f"/v1/api_keys/{key_id}/revoke")
    eventually(lambda: refusal(service, key) == "api_key_invalid")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        change(service, f"/v1/api_keys/{key_id}/roll")
    assert refused.value.code == "api_key_revoked"


def test_the_installations_own_key_is_changed_in_its_settings_only(service):
    client = service.client()
    listed = client.deserialize(
        client.raw_request("get", "/v1/api_keys?limit=100"), api_mode="V1"
    ).data
    own = next(key for key in listed if service.key[-4:] == key["redacted"][-4:])
    with pytest.raises(stripe.InvalidRequestError) as refused:
        change(service, f"/v1/api_keys/{own['id']}/revoke")
    assert refused.value.code == "api_key_in_settings"


def test_a_restricted_key_is_told_which_permission_it_lacks(service):
    key_id, key = made(service.client(), type="restricted", permissions={"customer": "read"})
    narrow = client_of(service, key)
    assert narrow.v1.customers.list().object == "list"
    with pytest.raises(stripe.PermissionError) as refused:
        narrow.v1.customers.create({"name": "Claire Martin"})
    assert "'rak_customer_write'" in str(refused.value)
    with pytest.raises(stripe.PermissionError, match="'rak_charge_read'"):
        narrow.v1.charges.list()
    change(service, f"/v1/api_keys/{key_id}", permissions={"customer": "write"})
    made_one = eventually(lambda: _created(narrow))
    assert made_one.object == "customer"


def _created(client: stripe.StripeClient) -> stripe.Customer | None:
    try:
        return client.v1.customers.create({"name": "Claire Martin"})
    except stripe.PermissionError:  # the old permissions are believed for some seconds
        return None


def test_a_restricted_key_expands_only_what_it_may_read(service):
    paid = service.client().v1.payment_intents.create({**PAY, "confirm": True})
    _, key = made(service.client(), type="restricted", permissions={"payment_intent": "read"})
    for path in ("latest_charge", "payment_method"):
        with pytest.raises(stripe.PermissionError, match="rak_"):
            client_of(service, key).v1.payment_intents.retrieve(paid.id, {"expand": [path]})


def test_no_restricted_key_makes_keys(service):
    _, key = made(service.client(), type="restricted", permissions={"charge": "write"})
    with pytest.raises(stripe.PermissionError, match="use a secret key"):
        made(client_of(service, key))
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        made(service.client(), type="restricted", permissions={"api_key": "write"})
    assert unknown.value.param == "permissions[api_key]"


def test_it_is_noted_when_a_key_was_last_used(service):
    key_id, key = made(service.client())
    assert refusal(service, key) is None
    used = eventually(
        lambda: service.rows("SELECT last_used_at FROM api_keys WHERE id = %s", key_id)[0][0]
    )
    refusal(service, key)
    assert service.rows("SELECT last_used_at FROM api_keys WHERE id = %s", key_id)[0][0] == used


def test_a_web_page_pays_an_intent_whose_secret_it_knows(service):
    _, key = made(service.client(), type="publishable")
    page = client_of(service, key)
    intent = service.client().v1.payment_intents.create(
        {"amount": 5_000, "currency": "mad", "metadata": {"margin": "40 %"}}
    )
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2034"}
    method = page.v1.payment_methods.create({"type": "card", "card": card})
    sent = {"client_secret": intent.client_secret, "payment_method": method.id}
    paid = page.v1.payment_intents.confirm(intent.id, sent)  # type: ignore[arg-type]
    assert paid.status == "succeeded"
    seen = page.v1.payment_intents.retrieve(intent.id, {"client_secret": sent["client_secret"]})
    for shown in (paid, seen):
        assert "metadata" not in shown
        assert "latest_charge" not in shown


def test_a_web_page_keeps_a_card_by_a_setup_whose_secret_it_knows(service):
    _, key = made(service.client(), type="publishable")
    page = client_of(service, key)
    setup = service.client().v1.setup_intents.create({"metadata": {"order": "M-1"}})
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2034"}
    method = page.v1.payment_methods.create({"type": "card", "card": card})
    sent = {"client_secret": setup.client_secret, "payment_method": method.id}
    kept = page.v1.setup_intents.confirm(setup.id, sent)  # type: ignore[arg-type]
    assert kept.status == "succeeded"
    assert "metadata" not in kept
    with pytest.raises(stripe.InvalidRequestError) as refused:
        page.v1.setup_intents.retrieve(setup.id, {"client_secret": "seti_guessed"})
    assert refused.value.code == "resource_missing"


@pytest.mark.parametrize("given", [{}, {"client_secret": "pi_guessed_secret"}])
def test_a_web_page_without_the_secret_learns_nothing(service, given):
    _, key = made(service.client(), type="publishable")
    intent = service.client().v1.payment_intents.create({"amount": 5_000, "currency": "mad"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client_of(service, key).v1.payment_intents.retrieve(intent.id, given)
    assert refused.value.code == ("resource_missing" if given else "parameter_missing")


def test_a_web_page_does_not_pay_with_another_payers_card(service):
    v1 = service.client().v1
    holder = v1.customers.create({"name": "Claire Martin"})
    kept = v1.payment_methods.attach("pm_card_visa", {"customer": holder.id})
    intent = v1.payment_intents.create({"amount": 5_000, "currency": "mad"})
    _, key = made(service.client(), type="publishable")
    sent = {"client_secret": intent.client_secret, "payment_method": kept.id}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client_of(service, key).v1.payment_intents.confirm(intent.id, sent)  # type: ignore[arg-type]
    assert refused.value.code == "resource_missing"


def test_a_web_page_cannot_replay_the_merchants_answers(service):
    """P5: a publishable key reads nothing of what was answered to a secret one."""
    _, key = made(service.client(), type="publishable")
    sent = {"Idempotency-Key": "guessed"}
    form = {"type": "wallet", "wallet[phone]": "+212661000101"}
    url = f"{service.url}/v1/payment_methods"
    first = httpx.post(url, data=form, auth=(service.key, ""), headers=sent).json()
    again = httpx.post(url, data=form, auth=(key, ""), headers=sent)
    assert again.json()["id"] != first["id"]
    assert "idempotent-replayed" not in again.headers


def test_two_accounts_with_one_idempotency_key_have_an_answer_each(service):
    """P5: idempotency keys are scoped to the account of the API key that sends them."""
    other = service.client().v1.accounts.create({"type": "custom"}).id
    key = put_key(service, "sk_test_another_scope", other)
    sent = {"Idempotency-Key": "the same for both"}
    url, form = f"{service.url}/v1/customers", {"name": "Claire Martin"}
    answers = [
        httpx.post(url, data=form, auth=(used, ""), headers=sent) for used in (service.key, key)
    ]
    assert len({answer.json()["id"] for answer in answers}) == 2
    assert all("idempotent-replayed" not in answer.headers for answer in answers)


def refusal(service: Service, key: str) -> str | None:
    """The code with which a key is refused, or None."""
    answer = httpx.get(f"{service.url}/v1/charges?limit=1", auth=(key, "")).json()
    code: str | None = answer.get("error", {}).get("code")
    return code
