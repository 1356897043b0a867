import pytest

from maalem.payments.tests.service import Payer, Service


def test_it_takes_a_card_and_sends_the_payer_back_to_the_shop(service: Service, payer: Payer):
    session = service.session()
    payer.open(session.url)
    assert "5 410 MAD" in payer.text.replace("\u202f", " ").replace("\xa0", " ")
    assert "Tapis Taznakht" in payer.text
    payer.pay()
    assert payer.left
    assert payer.at.endswith(f"/fr/done?session={session.id}")
    paid = service.retrieve(session)
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.payment_intent.status == "succeeded"
    assert paid.payment_intent.transfer_group == "G-1"
    assert service.events(session.id) == ["checkout.session.completed"]


def test_it_asks_the_bank_for_a_challenge_and_then_pays(service: Service, payer: Payer):
    session = service.session()
    payer.open(session.url).pay("4000 0027 6000 3184")
    assert "/hosted/3ds/" in payer.at
    assert "3184" in payer.text
    assert "4000" not in payer.text
    payer.press("confirm", secret="000000")
    assert payer.status == 422
    assert "Essais restants" in payer.text
    payer.press("confirm", secret="١٢٣٤٥٦")
    assert payer.left
    assert service.retrieve(session).payment_status == "paid"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("4000000000000002", "Votre banque a refusé la carte"),
        ("4000000000009995", "pas assez d’argent"),
        ("4000000000000069", "a expiré"),
        ("4000000000000127", "ne correspond pas"),
        ("4000000000000119", "n’a pas pu répondre"),
        ("4000000000009987", "appelez votre banque"),
    ],
)
def test_it_says_why_a_card_was_refused_and_lets_her_try_another(
    service: Service, payer: Payer, number: str, said: str
):
    session = service.session()
    payer.open(session.url).pay(number)
    assert said in payer.text
    assert "Rien n’a été débité" in payer.text
    payer.pay()
    assert payer.left


@pytest.mark.parametrize(
    ("button", "typed", "status", "said"),
    [
        ("confirm", {"secret": "123456"}, "succeeded", "succeeded"),
        ("refuse", {}, "requires_payment_method", "failed"),
        ("leave", {}, "requires_payment_method", "failed"),
    ],
)
def test_an_intent_of_the_api_goes_to_the_bank_and_back_to_its_return_address(
    service: Service, payer: Payer, button: str, typed: dict[str, str], status: str, said: str
):
    intents = service.client().v1.payment_intents
    intent = intents.create(
        params={
            "amount": 25_000,
            "currency": "mad",
            "payment_method": "pm_card_authenticationRequired",
            "confirm": True,
            "return_url": "http://shop.test/back?order=7",
        }
    )
    assert intent.status == "requires_action"
    payer.open(intent.next_action.redirect_to_url.url)
    payer.press(button, **typed)
    assert payer.at.startswith("http://shop.test/back?order=7&payment_intent=" + intent.id)
    assert f"redirect_status={said}" in payer.at
    assert f"payment_intent_client_secret={intent.client_secret}" in payer.at
    assert intents.retrieve(intent.id).status == status
