"""Double clicks, second tabs, lost answers: one charge, always a sentence and a next step."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from maalem.payments.tests.service import Payer, Service, eventually

ALWAYS_3DS = "4000002760003184"
CARD = {"number": "4242424242424242", "exp": "12 / 34", "cvc": "123", "holder": "Claire Martin"}


def charges(service: Service, session) -> int:
    return service.rows(
        "SELECT count(*) FROM charges WHERE intent_id = %s AND status = 'succeeded'",
        session.payment_intent,
    )[0][0]


def test_a_double_click_pays_once(service: Service, payer: Payer, conduct):
    session = service.session()
    payer.open(session.url)
    conduct(slow_ms=300)
    address, data = payer.filled(**CARD)
    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(lambda _: httpx.post(address, data=data, timeout=20), range(4)))
    assert all(answer.status_code == 303 for answer in answers)
    assert charges(service, session) == 1
    payer.open(session.url)
    assert "C’est payé" in payer.text


def test_two_tabs_pay_once(service: Service, conduct):
    session = service.session()
    tabs = [Payer(service).open(session.url) for _ in range(2)]
    conduct(slow_ms=300)
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda tab: tab.pay(), tabs))
    assert charges(service, session) == 1
    assert any(tab.left for tab in tabs)
    for tab in tabs:
        assert tab.left or "demandons à la banque" in tab.text or "C’est payé" in tab.text


def test_coming_back_after_paying_says_so_and_leads_on(service: Service, payer: Payer):
    session = service.session()
    stale = Payer(service).open(session.url)
    payer.open(session.url).pay()
    assert payer.open(session.url).status == 200
    assert "Vous n’avez plus rien à payer" in payer.text
    assert f"session={session.id}" in payer.page
    stale.pay()
    assert "Vous n’avez plus rien à payer" in stale.text
    assert charges(service, session) == 1


def test_a_lost_answer_is_asked_for_again_and_nothing_is_paid_twice(
    service: Service, payer: Payer, conduct
):
    session = service.session()
    payer.open(session.url)
    conduct(lose_replies=1)
    payer.pay()
    assert payer.left
    payer.open(session.url)
    assert "C’est payé" in payer.text
    assert charges(service, session) == 1
    assert service.events(session.id) == ["checkout.session.completed"]


def test_while_the_bank_is_silent_the_page_refreshes_itself(
    service: Service, payer: Payer, conduct
):
    session = service.session()
    payer.open(session.url).pay(ALWAYS_3DS)
    challenge = payer.at
    payer.open(session.url)
    assert payer.at.startswith(challenge.split("?")[0])
    conduct(down=True)
    payer.press("confirm", secret="123456")
    assert "Ne payez pas une deuxième fois" in payer.text
    assert payer.headers["refresh"].startswith("3; url=/pay/")
    conduct()
    payer.open(service.url + payer.headers["refresh"].partition("url=")[2])
    assert payer.left
    assert charges(service, session) == 1


def test_a_network_that_is_down_is_said_and_she_may_try_again(
    service: Service, payer: Payer, conduct
):
    session = service.session()
    payer.open(session.url)
    conduct(down=True)
    payer.pay()
    assert "Réessayez dans un moment" in payer.text
    conduct()
    payer.pay()
    assert payer.left


def test_leaving_the_challenge_leads_back_to_the_payment(service: Service, payer: Payer):
    session = service.session()
    payer.open(session.url).pay(ALWAYS_3DS).press("leave")
    assert "n’a pas reçu votre confirmation" in payer.text
    payer.pay()
    assert payer.left
    assert charges(service, session) == 1


def test_refusing_the_challenge_declines_and_she_may_pay_otherwise(service: Service, payer: Payer):
    session = service.session()
    payer.open(session.url).pay(ALWAYS_3DS).press("refuse")
    assert "n’a pas reçu votre confirmation" in payer.text
    assert service.retrieve(session).status == "open"


def test_a_challenge_answered_twice_pays_once(service: Service, payer: Payer):
    session = service.session()
    payer.open(session.url).pay(ALWAYS_3DS)
    address, data = payer.filled("confirm", secret="123456")
    with ThreadPoolExecutor(3) as several:
        answers = list(several.map(lambda _: httpx.post(address, data=data, timeout=20), range(3)))
    assert {answer.status_code for answer in answers} == {303}
    eventually(lambda: service.retrieve(session).status == "complete")
    assert charges(service, session) == 1


def test_a_form_of_another_page_is_not_taken(service: Service, payer: Payer):
    first, second = service.session(), service.session()
    payer.open(first.url)
    _, data = payer.filled(**CARD)
    other = second.url + "/card"
    answer = httpx.post(other, data=data)
    assert answer.status_code == 409
    assert "n’est plus à jour" in answer.text
    assert charges(service, second) == 0


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_form_posted_from_elsewhere_is_not_taken(service: Service, payer: Payer, headers):
    session = service.session()
    payer.open(session.url)
    address, data = payer.filled(**CARD)
    assert httpx.post(address, data=data, headers=headers).status_code == 409
    assert charges(service, session) == 0


def test_too_many_tries_are_stopped(service: Service, payer: Payer):
    session = service.session()
    payer.open(session.url)
    for _ in range(12):
        payer.pay("4000000000000002")
    payer.pay()
    assert payer.status == 429
    assert "Trop d’essais" in payer.text
    assert charges(service, session) == 0


def test_an_expired_session_says_so_and_leads_back(service: Service, payer: Payer):
    session = service.session()
    payer.open(session.url)
    service.client().v1.checkout.sessions.expire(session.id)
    payer.pay()
    assert "a expiré" in payer.text
    assert "http://shop.test/fr/cart" in payer.page
    assert charges(service, session) == 0
    assert service.events(session.id) == ["checkout.session.expired"]
    assert service.retrieve(session).payment_intent.status == "canceled"


def test_an_unknown_page_has_a_sentence_too(service: Service, payer: Payer):
    payer.open(service.url + "/pay/cs_test_nothing?lang=ar")
    assert payer.status == 404
    assert "صفحة الأداء غير موجودة" in payer.text
    payer.open(service.url + "/hosted/3ds/nothing?lang=en")
    assert "No such payment page" in payer.text
    payer.open(service.url + "/whatever?lang=en")
    assert (payer.status, "No such payment page" in payer.text) == (404, True)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"number": "4242424242424241"}, "Un chiffre du numéro semble faux"),
        ({"number": "4242"}, "n’est pas complet"),
        ({"number": ""}, "n’est pas complet"),
        ({"exp": "soon"}, "Indiquez le mois et l’année"),
        ({"exp": "01/20"}, "a expiré"),
        ({"cvc": "1"}, "3 chiffres"),
        ({"holder": "  "}, "nom écrit sur la carte"),
        ({"holder": "4242 4242 4242 4242"}, "nom écrit sur la carte"),
    ],
)
def test_a_mistyped_field_is_named_and_the_number_is_not_shown_again(
    service: Service, payer: Payer, typed, said
):
    session = service.session()
    payer.open(session.url).press(**{**CARD, **typed})
    assert payer.status == 422
    assert said in payer.text
    assert "42424242" not in payer.page
    assert "4242 4242 4242" not in payer.page.split("<details")[0]
    payer.pay()
    assert payer.left


def test_a_real_card_is_refused_in_test_mode_and_kept_nowhere(service: Service, payer: Payer):
    session = service.session()
    payer.open(session.url).pay("4012888888881881")
    assert "mode test" in payer.text
    assert "ni gardée ni débitée" in payer.text
    assert service.rows("SELECT count(*) FROM vault.cards WHERE last4 = '1881'") == [(0,)]


@pytest.mark.parametrize("body", [b"form=" + b"x" * 20_000, b"\xff\xfe=1", b"a=1&" * 50])
def test_a_strange_body_gets_a_sentence_too(service: Service, body: bytes):
    session = service.session()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = httpx.post(session.url + "/card", content=body, headers=headers)
    assert answer.status_code == 409
    assert "n’est plus à jour" in answer.text
