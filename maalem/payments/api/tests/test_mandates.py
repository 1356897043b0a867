"""A mandate is what the holder of a card agreed to, for as long as her card is her customer's."""

from typing import Any

import pytest
import stripe

from maalem.payments.tests.service import SHOP, Payer, Service

pytestmark = pytest.mark.xdist_group("payments-service")
ONLINE = {
    "type": "online",
    "accepted_at": 1_790_000_000,
    "online": {"ip_address": "196.200.128.7", "user_agent": "Firefox on a telephone"},
}


@pytest.fixture
def v1(service: Service) -> Any:
    return service.client().v1


@pytest.fixture
def claire(v1: Any) -> str:
    return str(v1.customers.create({"name": "Claire Martin"}).id)


def set_up(v1: Any, customer: str | None = None, **fields: Any) -> Any:
    wanted = {"payment_method": "pm_card_visa", "confirm": True, **fields}
    return v1.setup_intents.create({**wanted, **({"customer": customer} if customer else {})})


def test_a_setup_for_later_brings_a_mandate_and_says_how_she_agreed(v1, service, claire):
    setup = set_up(v1, claire, mandate_data={"customer_acceptance": ONLINE}, expand=["mandate"])
    assert setup.mandate.customer_acceptance.online.ip_address is None
    mandate = v1.mandates.retrieve(setup.mandate.id, {"expand": ["payment_method"]})
    assert mandate.customer_acceptance.to_dict() == ONLINE
    assert (mandate.status, mandate.type) == ("active", "multi_use")
    assert mandate.payment_method.customer == claire
    kept = service.rows("SELECT acceptance::text FROM mandates WHERE id = %s", mandate.id)
    assert "196.200" not in kept[0][0]
    told = service.rows("SELECT count(*) FROM events WHERE data::text LIKE '%%196.200%%'")
    assert told == [(0,)]


def test_without_a_word_the_merchant_has_it_in_writing(v1, claire):
    mandate = v1.mandates.retrieve(set_up(v1, claire).mandate)
    assert mandate.customer_acceptance.to_dict() == {
        "accepted_at": None,
        "type": "offline",
        "offline": {},
    }


def test_a_setup_for_payments_with_her_brings_none(v1, claire):
    assert set_up(v1, claire, usage="on_session").mandate is None


def test_what_she_says_goes_along_with_her_banks_question(v1, payer: Payer):
    setup = v1.setup_intents.create({})
    asked = v1.setup_intents.confirm(
        setup.id,
        {
            "payment_method": "pm_card_authenticationRequired",
            "return_url": SHOP + "/back",
            "mandate_data": {"customer_acceptance": ONLINE},
        },
    )
    assert (asked.status, asked.mandate) == ("requires_action", None)
    payer.open(asked.next_action.redirect_to_url.url).press("confirm", secret="123456")
    mandate = v1.mandates.retrieve(v1.setup_intents.retrieve(setup.id).mandate)
    assert mandate.customer_acceptance.to_dict() == ONLINE


def test_on_the_hosted_page_it_is_the_press_of_the_button(v1, payer: Payer, claire):
    session = v1.checkout.sessions.create(
        {"mode": "setup", "success_url": SHOP + "/kept", "customer": claire}
    )
    payer.open(session.url).pay()
    setup = v1.setup_intents.retrieve(session.setup_intent)
    accepted = v1.mandates.retrieve(setup.mandate).customer_acceptance
    assert (accepted.type, accepted.online.ip_address) == ("online", "127.0.0.1")
    assert accepted.accepted_at >= setup.created


@pytest.mark.parametrize("end", ["detached", "deleted"])
def test_it_ends_when_her_card_is_taken_away(v1, service, claire, end):
    setup = set_up(v1, claire)
    if end == "detached":
        v1.payment_methods.detach(setup.payment_method)
    else:
        v1.customers.delete(claire)
    assert v1.mandates.retrieve(setup.mandate).status == "inactive"
    assert service.events(setup.mandate) == ["mandate.updated"]


def test_another_accounts_mandate_is_not_there(v1, claire):
    mandate = set_up(v1, claire).mandate
    stranger = v1.accounts.create({}).id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.mandates.retrieve(mandate, None, {"stripe_account": stranger})
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


HEAD = "mandate_data[customer_acceptance]"


@pytest.mark.parametrize(
    ("acceptance", "param"),
    [
        ({"type": "by wink"}, f"{HEAD}[type]"),
        ({"type": "online"}, f"{HEAD}[online]"),
        ({**ONLINE, "accepted_at": 99_999_999_999}, f"{HEAD}[accepted_at]"),
        (
            {**ONLINE, "online": {"ip_address": "x", "user_agent": "y"}},
            f"{HEAD}[online][ip_address]",
        ),
        ({**ONLINE, "online": {"user_agent": "y"}}, f"{HEAD}[online][ip_address]"),
        ({**ONLINE, "type": "offline"}, HEAD),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(v1, acceptance, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        set_up(v1, mandate_data={"customer_acceptance": acceptance})
    assert refused.value.param == param


def test_a_mandate_is_given_with_the_confirmation(v1):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.setup_intents.create({"mandate_data": {"customer_acceptance": ONLINE}})
    assert refused.value.param == "mandate_data"
