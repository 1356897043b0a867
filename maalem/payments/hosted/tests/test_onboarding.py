"""Somebody tells us herself what her account needs, on a telephone and without JavaScript."""

import re
import time
from typing import Any

import httpx
import pytest
import stripe

from maalem.payments.settlement.tests.cast import rib
from maalem.payments.tests.service import SHOP, Payer, Service

ASKED = {name: {"requested": True} for name in ("transfers", "card_payments")}
PICTURE = b"\xff\xd8\xff\xe0" + b"a card, in light and in focus " * 50
WHO = {
    "first_name": "Fadma",
    "last_name": "Aït Baha",
    "day": "03",
    "month": "٤",
    "year": "1971",
    "phone": "06 61 00 01 01",
    "line1": "12 rue des Tisserands",
    "city": "Taznakht",
    "id_number": "jb 459812",
}


@pytest.fixture
def v1(service: Service) -> Any:
    return service.client().v1


@pytest.fixture
def fadma(v1: Any) -> str:
    made = v1.accounts.create({"type": "custom", "capabilities": ASKED})
    return str(made.id)


def link(v1: Any, account: str, **fields: Any) -> Any:
    wanted = {
        "account": account,
        "type": "account_onboarding",
        "refresh_url": SHOP + "/fr/again",
        "return_url": SHOP + "/fr/back",
    }
    return v1.account_links.create({**wanted, **fields})


def send(payer: Payer, content: bytes, name: str = "carte.jpg") -> Payer:
    """Press the button of a page that asks for a picture."""
    url, data = payer.filled()
    data.pop("file")
    return payer._follow(payer.http.post(url, data=data, files={"file": (name, content)}))


def due(v1: Any, account: str) -> list[str]:
    return list(v1.accounts.retrieve(account).requirements.currently_due)


def test_she_tells_what_is_missing_and_can_be_paid(v1, service, payer, fadma):
    made = link(v1, fadma)
    assert made.object == "account_link"
    assert 240 < made.expires_at - time.time() <= 301
    payer.open(made.url + "?lang=fr")
    assert "À propos de vous" in payer.text
    payer.press(**WHO)
    assert "Où vous payer" in payer.text
    assert not [need for need in due(v1, fadma) if need.startswith("individual.")]
    payer.press(rib=rib().digits, holder="Fadma Aït Baha")
    assert "Les conditions" in payer.text
    payer.press(accept="yes")
    assert "Merci, c’est tout" in payer.text
    assert SHOP + "/fr/back" in payer.page
    account = v1.accounts.retrieve(fadma)
    assert (account.level, account.payouts_enabled, account.charges_enabled) == (2, True, True)
    assert account.requirements.currently_due == []
    assert account.individual.first_name == "Fadma"
    assert account.tos_acceptance.date
    assert len(account.external_accounts.data) == 1
    told = {row[0] for row in service.rows("SELECT type FROM events WHERE account_id = %s", fadma)}
    assert told >= {
        "person.created",
        "account.updated",
        "account.external_account.created",
        "capability.updated",
    }


def test_with_all_that_the_highest_level_needs_she_sends_a_picture(v1, service, payer, fadma):
    made = link(v1, fadma, collection_options={"fields": "eventually_due"})
    payer.open(made.url + "?lang=en")
    payer.press(**WHO)
    payer.press(registration="45120087", ice="001561191000066")
    assert "Your identity card" in payer.text
    send(payer, b"GIF89a")
    assert payer.status == 422
    assert "Send a JPEG" in payer.text
    send(payer, b"")
    assert "Choose a picture" in payer.text
    send(payer, b"\xff\xd8\xff" + b"x" * (5 * 1024 * 1024))
    assert "larger than 5 MB" in payer.text
    send(payer, b"\xff\xd8\xff too small to show a card")
    assert "The picture can’t be read" in payer.text
    send(payer, PICTURE)
    assert "Where we pay you" in payer.text
    payer.press(rib=rib().iban, holder="Fadma").press(accept="yes")
    account = v1.accounts.retrieve(fadma)
    assert account.level == 3
    front = account.individual.verification.document.front
    file = v1.files.retrieve(front, None, {"stripe_account": fadma})
    assert (file.purpose, file.type, file.url) == ("identity_document", "jpg", None)
    answer = httpx.get(
        f"{service.url}/v1/files/{front}/contents",
        headers={"Authorization": f"Bearer {service.key}", "Stripe-Account": fadma},
    )
    assert answer.status_code == 403
    kept = service.rows("SELECT sealed FROM identity_documents WHERE file_id = %s", front)[0][0]
    assert "focus" not in kept


def test_a_link_opens_once(v1, service, payer, fadma):
    made = link(v1, fadma)
    payer.open(made.url)
    assert payer.status == 200
    payer.open(made.url)
    assert payer.status == 200, "her own browser goes on"
    with httpx.Client() as somebody:
        again = somebody.get(made.url)
        assert (again.status_code, again.headers["location"]) == (303, SHOP + "/fr/again")
        posted = somebody.post(made.url, data={"step": "terms", "accept": "yes"})
        assert posted.headers["location"] == SHOP + "/fr/again"


def test_a_link_that_is_too_old_leads_to_a_new_one(v1, service, payer, fadma):
    made = link(v1, fadma)
    service.rows("ALTER TABLE account_links DISABLE TRIGGER hold_link")
    service.rows("UPDATE account_links SET expires_at = now() - interval '1 s'")
    service.rows("ALTER TABLE account_links ENABLE TRIGGER hold_link")
    payer.open(made.url)
    assert payer.at == SHOP + "/fr/again"


def test_nobody_knows_a_link_that_was_never_made(service, payer):
    payer.open(service.url + "/onboarding/" + "a" * 40)
    assert payer.status == 404


def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_kept(v1, service, payer, fadma):
    payer.open(link(v1, fadma).url + "?lang=fr")
    wrong = {**WHO, "day": "31", "month": "2", "phone": "12", "id_number": "4", "city": ""}
    payer.press(**wrong)
    assert payer.status == 422
    for name in ("born", "phone", "id_number", "city"):
        assert f'id="{name}-wrong"' in payer.page, name
    assert 'value="Fadma"' in payer.page
    assert "459812" not in payer.page
    assert v1.accounts.persons.list(fadma).data == []


def test_a_number_that_is_somebody_elses_is_told_and_asked_for_again(v1, payer, fadma):
    payer.open(link(v1, fadma).url + "?lang=fr")
    payer.press(**{**WHO, "id_number": "JB450000"})
    assert "ne vont pas ensemble" in payer.text
    payer.press(id_number="JB459812", first_name="Fadma", last_name="Aït Baha")
    assert "Où vous payer" in payer.text


def test_a_bank_account_that_is_there_already_is_told(v1, payer, fadma):
    number = rib().digits
    payer.open(link(v1, fadma).url).press(**WHO).press(rib=number, holder="Fadma")
    payer.open(link(v1, fadma, type="account_update").url + "?step=bank&lang=fr")
    payer.press(rib=number, holder="Fadma")
    assert "Nous avons déjà ce compte bancaire" in payer.text
    payer.press(rib=number[:-1] + str((int(number[-1]) + 1) % 10), holder="Fadma")
    assert "Un RIB a 24 chiffres" in payer.text
    assert number not in payer.page


def test_what_is_there_may_be_corrected_page_by_page(v1, payer, fadma):
    payer.open(link(v1, fadma).url).press(**WHO)
    payer.open(link(v1, fadma, type="account_update").url + "?lang=fr")
    assert "Vous l’avez déjà donné" in payer.text
    payer.press(first_name="Fatma")
    assert v1.accounts.retrieve(fadma).individual.first_name == "Fatma"
    assert v1.accounts.retrieve(fadma).individual.id_number_provided
    seen = [payer.text]
    for _ in range(6):
        if "Merci" in payer.text:
            break
        if "photo" in payer.text:
            send(payer, b"")
        else:
            payer.press(**({"rib": rib().digits, "holder": "F"} if "RIB" in payer.text else {}))
        seen.append(payer.text)
    assert "Merci, c’est tout" in payer.text, seen


def test_a_company_is_asked_for_its_name(v1, payer):
    made = v1.accounts.create({"business_type": "company", "capabilities": ASKED})
    payer.open(link(v1, made.id).url + "?lang=ar")
    assert '<html lang="ar" dir="rtl">' in payer.page
    payer.press(**WHO)
    payer.press(company_name="Coopérative Tifawin")
    assert v1.accounts.retrieve(made.id).company.name == "Coopérative Tifawin"
    people = v1.accounts.persons.list(made.id).data
    assert [one.relationship.representative for one in people] == [True]


def test_a_form_that_is_not_ours_changes_nothing(v1, service, payer, fadma):
    payer.open(link(v1, fadma).url)
    url, data = payer.filled(**WHO)
    for fields, headers in (
        ({**data, "form": "1.x.y"}, {}),
        (data, {"origin": "https://evil.test"}),
        (data, {"sec-fetch-site": "cross-site"}),
    ):
        assert payer.http.post(url, data=fields, headers=headers).status_code == 409
    assert v1.accounts.persons.list(fadma).data == []


def test_the_browser_keeps_its_word_to_itself(v1, service, fadma):
    answer = httpx.get(link(v1, fadma).url)
    cookie = answer.headers["set-cookie"]
    assert re.search(r"; HttpOnly; .*Path=/onboarding/\w+; SameSite=lax", cookie, re.I), cookie
    assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"refresh_url": "javascript:alert(1)"}, "refresh_url"),
        ({"return_url": "//shop.test"}, "return_url"),
        ({"type": "account_deletion"}, "type"),
        ({"collect": "everything"}, "collect"),
        ({"collection_options": {"fields": "everything"}}, "collection_options[fields]"),
        ({"return_url": None}, "return_url"),
    ],
)
def test_a_link_that_can_not_be_made_is_refused_by_its_parameter(v1, fadma, fields, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        link(v1, fadma, **fields)
    assert refused.value.param == param


def test_links_are_made_for_ones_own_connected_accounts_alone(v1, service, fadma):
    mine = v1.accounts.retrieve_current().id
    with pytest.raises(stripe.InvalidRequestError) as missing:
        link(v1, "acct_somebodyelses")
    assert (missing.value.code, missing.value.param) == ("resource_missing", "account")
    with pytest.raises(stripe.InvalidRequestError):
        link(v1, mine)
    v1.accounts.reject(fadma, {"reason": "other"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        link(v1, fadma)
    assert refused.value.param == "account"
