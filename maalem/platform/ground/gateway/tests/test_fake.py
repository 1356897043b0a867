import pytest

from maalem.platform.ground import gateway
from maalem.platform.ground.gateway import fake

CHECKOUT = {
    "lines": [gateway.Line("Tapis", 250_000), gateway.Line("Tajine", 18_000, quantity=2)],
    "reference": "M-7K3D-92QF",
    "success_url": "http://localhost:8000/fr/return",
    "cancel_url": "http://localhost:8000/fr/cart",
}


@pytest.fixture
def bank():
    with fake.standing_in() as bank:
        yield bank


def test_a_payer_pays_and_a_signed_event_says_so(bank):
    session = gateway.create_checkout_session(**CHECKOUT, key="pay-1")
    assert (session.status, session.amount_minor) == ("open", 286_000)
    body, header = bank.pay(session.id)
    event = gateway.verify_webhook(body, header)
    assert event.type == "checkout.session.completed"
    assert event.object["client_reference_id"] == "M-7K3D-92QF"
    assert gateway.retrieve_session(session.id).is_paid
    assert gateway.retrieve_intent(session.intent).charge.startswith("ch_")


def test_the_same_key_gives_the_same_session(bank):
    one = gateway.create_checkout_session(**CHECKOUT, key="pay-1")
    assert gateway.create_checkout_session(**CHECKOUT, key="pay-1") == one
    assert len(bank.sessions) == 1


def test_the_same_key_with_other_words_is_refused(bank):
    gateway.create_checkout_session(**CHECKOUT, key="pay-1")
    with pytest.raises(gateway.Refused) as said:
        gateway.create_checkout_session(**{**CHECKOUT, "reference": "M-OTHER"}, key="pay-1")
    assert said.value.code == "idempotency_error"


def test_a_lost_reply_is_unknown_and_asking_again_finds_what_happened(bank):
    bank.trouble = "silent"
    with pytest.raises(gateway.Unknown):
        gateway.create_account(name="Fadma", key="account-1")
    bank.trouble = ""
    assert gateway.create_account(name="Fadma", key="account-1").id in bank.accounts
    assert len(bank.accounts) == 1


def test_a_service_that_is_down_did_nothing(bank):
    bank.trouble = "down"
    with pytest.raises(gateway.Unknown):
        gateway.create_account(name="Fadma", key="account-1")
    with pytest.raises(gateway.Unavailable):
        gateway.balance("acct_x")
    assert bank.accounts == {}


def test_released_money_is_pending_first_and_available_later(bank):
    account = gateway.create_account(name="Driss", key="account-2").id
    gateway.create_transfer(
        amount_minor=16_200,
        destination=account,
        charge="ch_1",
        group="M-1",
        key="release-M-1-A",
        metadata={"order": "M-1-A"},
    )
    assert gateway.balance(account) == gateway.Balance(available_minor=0, pending_minor=16_200)
    later = bank.now() + bank.settlement_delay
    bank.now = lambda: later
    assert gateway.balance(account) == gateway.Balance(available_minor=16_200, pending_minor=0)
    (line,) = gateway.transactions(account).transactions
    assert (line.order, line.status, line.net_minor) == ("M-1-A", "available", 16_200)


def test_a_statement_comes_in_pages_newest_first(bank):
    account = gateway.create_account(name="Driss", key="account-2").id
    for number in range(5):
        gateway.create_transfer(
            amount_minor=100 + number,
            destination=account,
            charge="ch",
            group="M",
            key=f"release-{number}",
        )
    first = gateway.transactions(account, limit=3)
    rest = gateway.transactions(account, limit=3, after=first.next_after)
    amounts = [line.amount_minor for page in (first, rest) for line in page.transactions]
    assert amounts == [104, 103, 102, 101, 100]
    assert rest.next_after == ""
