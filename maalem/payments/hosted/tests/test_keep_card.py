"""A session that keeps a card: the page, the bank's question, and what the merchant hears."""

from typing import Any

import pytest
import stripe

from maalem.payments.tests.service import SHOP, Payer, Service, line

ENTITIES = ("customer", "setup_intent", "setup_intent.payment_method")


@pytest.fixture
def claire(service: Service) -> str:
    return str(service.client().v1.customers.create({"name": "Claire Martin"}).id)


def opened(service: Service, **fields: Any) -> Any:
    wanted = {
        "mode": "setup",
        "success_url": SHOP + "/fr/kept?session={CHECKOUT_SESSION_ID}",
        "cancel_url": SHOP + "/fr/account",
        "locale": "fr",
        "setup_intent_data": {"metadata": {"plan": "monthly"}, "description": "Abonnement"},
    }
    return service.client().v1.checkout.sessions.create({**wanted, **fields})


def as_it_stands(service: Service, session: Any) -> Any:
    return service.client().v1.checkout.sessions.retrieve(session.id, {"expand": list(ENTITIES)})


def test_it_keeps_a_card_and_charges_nothing(service: Service, payer: Payer, claire: str):
    session = opened(service, customer=claire)
    assert (session.mode, session.amount_total, session.payment_intent) == ("setup", None, None)
    assert session.payment_status == "no_payment_required"
    payer.open(session.url)
    assert "Rien n’est prélevé maintenant" in payer.text
    assert "débite cette carte plus tard" in payer.text
    payer.pay()
    assert payer.at == f"{SHOP}/fr/kept?session={session.id}"
    kept = as_it_stands(service, session)
    assert (kept.status, kept.url, kept.setup_intent.status) == ("complete", None, "succeeded")
    assert kept.setup_intent.metadata["plan"] == "monthly"
    method = kept.setup_intent.payment_method
    assert (method.customer, method.card.last4) == (claire, "4242")
    assert service.events(session.id) == ["checkout.session.completed"]
    assert service.events(kept.setup_intent.id) == [
        "setup_intent.created",
        "setup_intent.succeeded",
    ]
    later = service.client().v1.payment_intents.create(
        {
            "amount": 12_000,
            "currency": "mad",
            "customer": claire,
            "payment_method": method.id,
            "off_session": True,
            "confirm": True,
        }
    )
    assert later.status == "succeeded"


def test_the_bank_asks_and_the_card_is_kept(service: Service, payer: Payer, claire: str):
    session = opened(service, customer=claire)
    payer.open(session.url).pay("4000 0027 6000 3184")
    assert "/hosted/3ds/" in payer.at
    payer.press("confirm", secret="000000")
    assert payer.status == 422
    payer.press("confirm", secret="123456")
    assert payer.at == f"{SHOP}/fr/kept?session={session.id}"
    kept = as_it_stands(service, session)
    assert kept.setup_intent.payment_method.customer == claire
    payer.open(session.url or f"{service.url}/pay/{session.id}")
    assert "Votre carte est gardée" in payer.text


@pytest.mark.parametrize("button", ["refuse", "leave"])
def test_who_does_not_confirm_may_take_another_card(service: Service, payer: Payer, button: str):
    session = opened(service)
    payer.open(session.url).pay("4000 0027 6000 3184").press(button)
    assert payer.at.startswith(f"{service.url}/pay/{session.id}")
    payer.pay()
    assert payer.left
    assert as_it_stands(service, session).setup_intent.payment_method.customer is None


def test_a_declined_card_is_told_and_another_taken(service: Service, payer: Payer):
    session = opened(service)
    payer.open(session.url).pay("4000000000000002")
    assert "La carte n’a pas été gardée" in payer.text
    assert "Votre banque a refusé la carte" in payer.text
    payer.pay("4242 4242 4242 4241")
    assert payer.status == 422
    assert "4241" not in payer.page
    payer.pay()
    assert payer.left


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_it_speaks_every_language(service: Service, payer: Payer, language: str):
    session = opened(service, locale=language)
    payer.open(session.url)
    assert f'<html lang="{language}"' in payer.page
    payer.press(number="", exp="", cvc="", holder="")
    assert payer.status == 422


def test_an_expired_session_keeps_nothing(service: Service, payer: Payer):
    session = opened(service)
    sessions = service.client().v1.checkout.sessions
    assert sessions.expire(session.id).status == "expired"
    setup = as_it_stands(service, session).setup_intent
    assert (setup.status, setup.cancellation_reason) == ("canceled", "abandoned")
    assert service.events(session.id) == ["checkout.session.expired"]
    payer.open(session.url)
    assert "Cette page a expiré" in payer.text
    with pytest.raises(stripe.InvalidRequestError):
        sessions.expire(session.id)


def test_a_session_whose_setup_is_confirmed_over_the_api_is_complete(service: Service):
    session = opened(service)
    service.client().v1.setup_intents.confirm(
        session.setup_intent, {"payment_method": "pm_card_visa"}
    )
    assert as_it_stands(service, session).status == "complete"


BASKET = [line("Tapis", 10_000)]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"line_items": BASKET}, "line_items"),
        ({"payment_intent_data": {"description": "x"}}, "payment_intent_data"),
        ({"payment_method_types": ["card", "wallet"]}, "payment_method_types"),
        ({"currency": "xyz"}, "currency"),
        ({"customer": "cus_none"}, "customer"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"expires_at": 1}, "expires_at"),
        ({"mode": "payment"}, "setup_intent_data"),
        ({"mode": "payment", "setup_intent_data": None}, "line_items"),
        ({"setup_intent_data": {"metadata": {"k": "y" * 501}}}, "setup_intent_data[metadata][k]"),
        (
            {
                "mode": "payment",
                "setup_intent_data": None,
                "line_items": BASKET,
                "currency": "eur",
            },
            "currency",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_by_its_name(service: Service, fields, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        opened(service, **fields)
    assert refused.value.param == param
