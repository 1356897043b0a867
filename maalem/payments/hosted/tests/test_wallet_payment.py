from maalem.payments.tests.service import Payer, Service

PHONE = "06 61 00 01 01"


def wallet(payer: Payer, url: str, phone: str = PHONE) -> Payer:
    return payer.open(url + "?method=wallet").press(phone=phone)


def test_a_wallet_is_asked_and_pays_when_its_holder_approves(service: Service, payer: Payer):
    session = service.session()
    wallet(payer, session.url)
    assert "/hosted/wallet/" in payer.at
    assert "Maalem" in payer.text
    payer.press("confirm", secret="0000")
    assert "Essais restants" in payer.text
    payer.press("confirm", secret="1234")
    assert payer.left
    paid = service.retrieve(session)
    assert paid.payment_status == "paid"
    assert service.rows(
        "SELECT wallet_phone FROM payment_methods WHERE id = %s", paid.payment_intent.payment_method
    ) == [("+212661000101",)]


def test_a_holder_who_refuses_pays_nothing_and_may_pay_by_card(service: Service, payer: Payer):
    session = service.session()
    wallet(payer, session.url).press("refuse")
    assert payer.status == 200
    assert "Rien n’a été débité" in payer.text
    payer.open(session.url + "?method=card").pay()
    assert payer.left


def test_it_says_why_a_wallet_can_not_pay(service: Service, payer: Payer):
    session = service.session()
    wallet(payer, session.url, "06 00 00 00 51").press("confirm", secret="1234")
    assert "pas assez d’argent" in payer.text
    wallet(payer, session.url, "06 00 00 00 61").press("confirm", secret="1234")
    assert "plafond" in payer.text
    wallet(payer, session.url, "06 00 00 00 04")
    assert "Aucun portefeuille" in payer.text


def test_it_wants_a_moroccan_mobile(service: Service, payer: Payer):
    wallet(payer, service.session().url, "+33 6 12 34 56 78")
    assert payer.status == 422
    assert "mobile marocain" in payer.text


def test_a_session_without_wallets_offers_none(service: Service, payer: Payer):
    session = service.session(payment_method_types=["card"])
    payer.open(session.url + "?method=wallet")
    assert "Numéro de carte" in payer.text
    assert "Portefeuille mobile" not in payer.text
