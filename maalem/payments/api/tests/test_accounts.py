"""An account from its first telephone number to its last level, over the wire."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import stripe

from maalem.payments.api.tests.callers import put_key
from maalem.payments.tests.service import Service, eventually

pytestmark = pytest.mark.xdist_group("payments-service")
CIN, BORN = "JB459812", {"day": 3, "month": 4, "year": 1971}
ASKED = {name: {"requested": True} for name in ("transfers", "card_payments", "wallet_payments")}
TERMS = {"date": 1_790_000_000, "ip": "196.200.128.7"}
PHONE = {"phone": "+212661000101"}
IDENTITY = {
    "first_name": "Fadma",
    "last_name": "Aït Baha",
    "dob": BORN,
    "id_number": CIN,
    "address": {"line1": "12 rue des Tisserands", "city": "Taznakht"},
}
DOCUMENT = {"verification": {"document": {"front": "file_identity_document_success"}}}
COMPANY = {"tax_id": "001561191000066", "registration_number": "45120087"}


@pytest.fixture
def v1(service: Service) -> Any:
    return service.client().v1


def opened(v1: Any, **more: Any) -> Any:
    """An account that asks for everything and has told what `more` says."""
    return v1.accounts.create({"type": "custom", "capabilities": ASKED, **more})


def paid(v1: Any, amount: int) -> str:
    made = v1.payment_intents.create(
        {"amount": amount, "currency": "mad", "confirm": True, "payment_method": "pm_card_visa"}
    )
    return str(made.latest_charge)


def transfer(v1: Any, account: str, amount: int) -> Any:
    return v1.transfers.create(
        {
            "amount": amount,
            "currency": "mad",
            "destination": account,
            "source_transaction": paid(v1, amount),
        }
    )


def test_an_account_rises_from_level_to_level(v1):
    account = opened(v1)
    assert (account.level, account.charges_enabled, account.payouts_enabled) == (0, False, False)
    assert account.requirements.currently_due[0].startswith("individual.")
    account = v1.accounts.update(account.id, {"individual": PHONE, "tos_acceptance": TERMS})
    assert account.level == 1
    assert account.capabilities.to_dict() == {
        "transfers": "active",
        "card_payments": "inactive",
        "wallet_payments": "inactive",
    }
    account = v1.accounts.update(account.id, {"individual": IDENTITY})
    assert (account.level, account.charges_enabled, account.payouts_enabled) == (2, True, True)
    assert account.requirements.currently_due == []
    account = v1.accounts.update(account.id, {"individual": DOCUMENT, "company": COMPANY})
    assert account.level == 3
    assert account.requirements.eventually_due == []


def test_an_account_that_asks_for_nothing_can_be_paid_at_once_in_test_mode(v1):
    account = v1.accounts.create({"type": "custom"})
    assert account.capabilities.transfers == "active"
    assert transfer(v1, account.id, 900_000).amount == 900_000


def test_nothing_is_transferred_to_an_account_of_which_nothing_is_known(v1):
    account = opened(v1)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        transfer(v1, account.id, 100)
    assert refused.value.code == "insufficient_capabilities_for_transfer"


def test_an_account_holds_no_more_than_its_level_allows(v1):
    account = opened(v1, individual=PHONE, tos_acceptance=TERMS)
    transfer(v1, account.id, 15_000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        transfer(v1, account.id, 5_001)
    assert refused.value.code == "account_level_limit"
    assert "200.00 MAD" in str(refused.value)
    transfer(v1, account.id, 5_000)
    v1.accounts.update(account.id, {"individual": IDENTITY})
    transfer(v1, account.id, 5_001)


def test_an_identity_that_does_not_agree_is_told_why_and_may_be_corrected(v1):
    wrong = {**PHONE, **IDENTITY, "id_number": "JB450000"}
    account = opened(v1, individual=wrong, tos_acceptance=TERMS)
    assert account.individual.verification.status == "unverified"
    (error,) = account.requirements.errors
    assert error.code == "verification_failed_keyed_identity"
    assert account.requirements.currently_due == ["individual.id_number"]
    account = v1.accounts.update(account.id, {"individual": {"id_number": CIN}})
    assert (account.level, account.requirements.errors) == (2, [])


@pytest.mark.parametrize(("number", "level"), [("JB1111", 2), ("JB2222", 1)])
def test_what_the_register_thinks_about_is_followed_up(v1, service, jobs, number, level):
    slow = {**PHONE, **IDENTITY, "id_number": number}
    account = opened(v1, individual=slow, tos_acceptance=TERMS)
    assert account.requirements.pending_verification == ["individual.id_number"]
    assert account.capabilities.card_payments == "pending"
    ended = eventually(lambda: _ended(v1, account.id), within_s=30)
    assert ended.level == level
    assert "account.updated" in service.events(account.id)
    assert "person.updated" in service.events(account.individual.id)


def _ended(v1: Any, account_id: str) -> Any:
    account = v1.accounts.retrieve(account_id)
    return None if account.requirements.pending_verification else account


def test_each_capability_says_what_it_needs(v1, service):
    account = opened(v1, individual=PHONE, tos_acceptance=TERMS)
    listed = v1.accounts.capabilities.list(account.id)
    assert {one.id: one.status for one in listed.data} == {
        "transfers": "active",
        "card_payments": "inactive",
        "wallet_payments": "inactive",
    }
    card = v1.accounts.capabilities.retrieve(account.id, "card_payments")
    assert "individual.id_number" in card.requirements.currently_due
    given_up = v1.accounts.capabilities.update(account.id, "card_payments", {"requested": False})
    assert (given_up.requested, given_up.status) == (False, "unrequested")
    account = v1.accounts.retrieve(account.id)
    assert "card_payments" not in account.capabilities
    with pytest.raises(stripe.InvalidRequestError):
        v1.accounts.capabilities.retrieve(account.id, "gold")
    assert "capability.updated" in service.events("transfers")


def test_a_companys_people_are_told_of_one_by_one(v1):
    account = opened(v1, business_type="company", tos_acceptance=TERMS)
    account = v1.accounts.update(account.id, {"company": {**COMPANY, "name": "Tifawin"}})
    assert "representative.phone" in account.requirements.currently_due
    told = {**PHONE, **IDENTITY, "relationship": {"representative": True, "title": "Présidente"}}
    naima = v1.accounts.persons.create(account.id, told)
    assert naima.verification.status == "verified"
    assert v1.accounts.retrieve(account.id).level == 2
    owner = v1.accounts.persons.create(
        account.id, {"first_name": "Omar", "relationship": {"owner": True}}
    )
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.accounts.persons.update(account.id, owner.id, {"relationship": {"representative": True}})
    assert refused.value.param == "relationship[representative]"
    assert {one.id for one in v1.accounts.persons.list(account.id).data} == {naima.id, owner.id}
    assert v1.accounts.persons.delete(account.id, naima.id).deleted
    assert v1.accounts.retrieve(account.id).level == 0
    with pytest.raises(stripe.InvalidRequestError) as gone:
        v1.accounts.persons.retrieve(account.id, naima.id)
    assert gone.value.code == "resource_missing"


def test_personal_data_stands_nowhere_in_clear(v1, service):
    """P66: what the law protects is sealed field by field, and in no event, answer or log."""
    secret = {**IDENTITY, "id_number": "XK907315", "phone": "+212661789432"}
    secret["address"] = {"line1": "7 impasse du Secret", "city": "Azilal"}
    secret["email"] = "naima@example.org"
    account = opened(v1, individual=secret, tos_acceptance={**TERMS, "ip": "41.248.77.201"})
    shown = account.individual
    for name in ("id_number", "phone", "dob", "address", "email"):
        assert shown[f"{name}_provided"] is True
        assert name not in shown
    needles = ("XK907315", "661789432", "impasse du Secret", "naima@example", "41.248.77.201")
    for table in ("accounts", "persons", "events", "idempotency_keys", "api_keys"):
        for needle in needles:
            found = service.rows(
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s"
                " OR t::text LIKE '%%' || encode(%s::bytea, 'hex') || '%%'",
                f"%{needle}%",
                needle.encode(),
            )
            assert found == [(0,)], (table, needle)
    with open(service.log, encoding="utf-8", errors="replace") as log:
        written = log.read()
    assert not [needle for needle in needles if needle in written]


def test_a_sealed_field_does_not_open_in_another_place():
    """P66: what was sealed for one person is of no use in another's row."""
    from maalem.payments.accounts.people import Safe
    from maalem.payments.config import Config
    from maalem.payments.vault.keys import WrongKey

    safe = Safe(Config.from_env({}))
    sealed = safe.close("person_1", "id_number", value=CIN)
    assert safe.open("person_1", "id_number", sealed=sealed) == CIN
    for owner, field in (("person_2", "id_number"), ("person_1", "phone")):
        with pytest.raises(WrongKey):
            safe.open(owner, field, sealed=sealed)
    live = Safe(Config.from_env({}).of_mode(live=True))
    with pytest.raises(WrongKey):
        live.open("person_1", "id_number", sealed=sealed)


@pytest.mark.parametrize(
    ("given", "param", "code"),
    [
        ({"individual": {"id_number": "12345"}}, "individual[id_number]", "id_number_invalid"),
        ({"individual": {"phone": "0661000101"}}, "individual[phone]", None),
        ({"individual": {"dob": {**BORN, "day": 31}}}, "individual[dob]", None),
        ({"individual": {"dob": {**BORN, "month": 2**37}}}, "individual[dob]", None),
        ({"individual": {"dob": {**BORN, "year": 2200}}}, "individual[dob][year]", None),
        ({"company": {"tax_id": "001561191000067"}}, "company[tax_id]", "tax_id_invalid"),
        ({"tos_acceptance": {"ip": "nowhere"}}, "tos_acceptance[ip]", None),
        (
            {"capabilities": {"gold": {"requested": True}}},
            "capabilities[gold]",
            "parameter_unknown",
        ),
    ],
)
def test_what_is_no_identity_is_refused_by_name(v1, given, param, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.accounts.create({"type": "custom", **given})
    assert (refused.value.param, refused.value.code) == (param, code)


def test_a_rejected_account_neither_takes_nor_gives(v1):
    account = v1.accounts.create({"type": "custom"})
    rejected = v1.accounts.reject(account.id, {"reason": "fraud"})
    assert rejected.requirements.disabled_reason == "rejected.fraud"
    assert (rejected.charges_enabled, rejected.payouts_enabled) == (False, False)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        transfer(v1, account.id, 100)
    assert refused.value.code == "insufficient_capabilities_for_transfer"


def test_an_account_with_money_is_not_deleted_and_an_empty_one_is_forgotten(v1, service):
    account = opened(v1, individual={**PHONE, **IDENTITY}, tos_acceptance=TERMS)
    given = transfer(v1, account.id, 1_000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.accounts.delete(account.id)
    assert refused.value.code == "account_balance_not_zero"
    v1.transfers.reversals.create(given.id)
    key = put_key(service, "sk_test_soon_gone", account.id)
    assert v1.accounts.delete(account.id).deleted
    with pytest.raises(stripe.PermissionError):
        v1.accounts.retrieve(account.id)
    left = service.rows(
        "SELECT first_name, sealed, deleted FROM persons WHERE account_id = %s", account.id
    )
    assert left == [(None, {}, True)]
    assert httpx.get(service.url + "/v1/account", auth=(key, "")).status_code == 401


def test_a_direct_charge_waits_for_the_capability(v1, service):
    account = opened(v1, individual=PHONE, tos_acceptance=TERMS)
    direct = {"stripe_account": account.id}
    terms = {"amount": 5_000, "currency": "mad"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.create(terms, options=direct)
    assert refused.value.code == "account_invalid"
    v1.accounts.update(account.id, {"individual": IDENTITY})
    deadline = time.monotonic() + 10  # the edge believes what it read for some seconds
    while True:
        try:
            assert v1.payment_intents.create(terms, options=direct).amount == 5_000
            break
        except stripe.InvalidRequestError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    with pytest.raises(stripe.InvalidRequestError) as above:
        v1.payment_intents.create({**terms, "amount": 500_001}, options=direct)
    assert above.value.code == "account_level_limit"


def charging(v1: Any, **fields: Any) -> Any:
    """An account that may charge, and how to act in its name."""
    account = opened(v1, individual={**PHONE, **IDENTITY}, tos_acceptance=TERMS, **fields)
    return account, {"stripe_account": account.id}


CARD = {"currency": "mad", "confirm": True, "payment_method": "pm_card_visa"}


def test_direct_charges_at_once_fill_no_more_than_the_room(v1, service):
    _, direct = charging(v1)

    def pay(_: int) -> str:
        try:
            made = service.client().v1.payment_intents.create({**CARD, "amount": 150_000}, direct)
        except stripe.StripeError as refused:
            return str(refused.code)
        return str(made.status)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(pay, range(8)))
    held = v1.balance.retrieve(options=direct).pending[0].amount
    assert answers.count("succeeded") * 150_000 == held <= 500_000
    assert set(answers) <= {"succeeded", "processing", "account_level_limit", "lock_timeout"}


def test_shared_charges_at_once_fill_no_more_than_the_room(v1, service):
    account, hers = charging(v1)
    shared = {**CARD, "amount": 150_000, "transfer_data": {"destination": account.id}}

    def pay(_: int) -> str:
        try:
            made = service.client().v1.payment_intents.create(shared)
        except stripe.StripeError as refused:
            return str(refused.code)
        return str(made.status)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(pay, range(8)))
    held = v1.balance.retrieve(options=hers).pending[0].amount
    assert answers.count("succeeded") * 150_000 == held <= 500_000
    assert "succeeded" in answers


def test_a_session_is_held_to_the_level_when_it_opens_and_when_it_is_paid(v1, service, payer):
    account, direct = charging(v1)
    goods = {"currency": "mad", "product_data": {"name": "Tapis"}}
    shop = {"mode": "payment", "success_url": "http://shop.test/done"}

    def wanted(amount: int) -> Any:
        line = {"price_data": {**goods, "unit_amount": amount}, "quantity": 1}
        return v1.checkout.sessions.create({**shop, "line_items": [line]}, direct)

    with pytest.raises(stripe.InvalidRequestError) as above:
        wanted(500_001)
    assert above.value.code == "account_level_limit"
    session = wanted(10_000)
    v1.accounts.reject(account.id, {"reason": "other"})
    payer.open(session.url).pay()
    assert not payer.left
    assert payer.status == 409


def test_what_was_made_before_a_rejection_is_not_paid_after_it(v1):
    account, direct = charging(v1)
    waiting = v1.payment_intents.create(
        {"amount": 5_000, "currency": "mad", "payment_method": "pm_card_visa"}, direct
    )
    v1.accounts.reject(account.id, {"reason": "other"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.confirm(waiting.id, options=direct)
    assert refused.value.code == "account_invalid"


def test_a_raised_hold_is_held_to_the_level_too(v1):
    _, direct = charging(v1)
    card = {"request_incremental_authorization": "if_available"}
    held = v1.payment_intents.create(
        {
            **CARD,
            "amount": 10_000,
            "capture_method": "manual",
            "payment_method_options": {"card": card},
        },
        direct,
    )
    with pytest.raises(stripe.InvalidRequestError) as above:
        v1.payment_intents.increment_authorization(held.id, {"amount": 500_001}, direct)
    assert above.value.code == "account_level_limit"


@pytest.mark.parametrize("way", ["direct", "shared"])
def test_an_open_challenge_leaves_its_own_payment_room(v1, way: str):
    account, direct = charging(v1)
    asked = {**CARD, "amount": 300_000, "payment_method": "pm_card_authenticationRequired"}
    options = direct if way == "direct" else {}
    if way == "shared":
        asked["transfer_data"] = {"destination": account.id}
    waits = v1.payment_intents.create(asked, options)
    assert waits.status == "requires_action"
    with pytest.raises(stripe.InvalidRequestError) as above:
        v1.payment_intents.create(asked, options)
    assert above.value.code == "account_level_limit"
    other = {"payment_method": "pm_card_visa"}
    assert v1.payment_intents.confirm(waits.id, other, options).status == "succeeded"
    assert v1.balance.retrieve(options=direct).pending[0].amount == 300_000
