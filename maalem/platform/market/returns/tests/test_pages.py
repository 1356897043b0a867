"""The pages of returns: a guest sends back by her link, the studio answers, an officer decides; in
three languages, with hostile texts, and for a known number of questions.
"""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from maalem.platform.ground.jobs.testing import drain
from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders import links
from maalem.platform.market.orders.tests.bending import bend
from maalem.platform.market.returns.actions import answer as answering
from maalem.platform.market.returns.actions import claim as claiming
from maalem.platform.market.returns.actions import settle
from maalem.platform.market.returns.models import Claim, Return
from maalem.platform.market.returns.tests.fixtures import announced, delivered, officer
from tests.cast import BUYER, POTTER, WEAVER

LANGUAGES = ("fr", "ar", "en")
HOSTILE = '</script><script>alert(1)</script><b onmouseover=x>"'


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def order(world):
    return delivered(world)


def parcel(order, language="fr"):
    number = order.group.number
    return f"/{language}/returns/{number}/{links.mark(number)}/of/{order.number}/"


def page(back, language="fr", tail=""):
    number = back.order.group.number
    return f"/{language}/returns/{number}/{links.mark(number)}/{back.number}/{tail}"


def read(client, path, *, status=200):
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def signed_in(member) -> Client:
    client = Client()
    client.force_login(Person.objects.get(phone=member.phone))
    return client


def as_officer() -> Client:
    client = Client()
    client.force_login(officer())
    return client


def photo():
    out = io.BytesIO()
    Image.new("RGB", (900, 600), "red").save(out, "JPEG")
    return SimpleUploadedFile("a.jpg", out.getvalue(), content_type="image/jpeg")


def test_a_guest_sends_back_by_her_link_and_the_potter_gives_the_money_back(client, order):
    path = parcel(order)
    number = order.group.number
    assert f'href="{path}"' in read(client, f"/fr/orders/{number}/{links.mark(number)}/")
    shown = read(client, path)
    assert "au plus tard le" in shown
    assert "Le transport du retour est à vos frais" in shown
    line = order.lines.get()
    sent = {f"line-{line.pk}": "2", "reason": "changed_mind", "words": "Trop grand", "seen": "0"}
    answer = client.post(path, sent, follow=True)
    back = Return.objects.get()
    assert answer.redirect_chain[-1][0] == page(back)
    told = answer.content.decode()
    assert back.number in told
    assert "Driss Serghini" in told
    client.post(path, sent)
    assert Return.objects.count() == 1, "sent twice is once"
    client.post(page(back, tail="sent/"), {"carrier": "La Poste", "tracking": "LB1"})
    potter = signed_in(POTTER)
    assert back.number in read(potter, "/fr/studio/returns/")
    assert "LB1" in read(potter, f"/fr/studio/returns/{back.number}/")
    accepted = f"/fr/studio/returns/{back.number}/accept/"
    potter.post(accepted, {"on_shelf": "yes"})
    potter.post(accepted, {"on_shelf": "yes"})
    drain()
    back.refresh_from_db()
    assert (back.status, back.is_on_shelf) == ("accepted", True)
    assert "Vous récupérez" in read(client, page(back))
    assert "Retiré de votre argent" in read(potter, f"/fr/studio/returns/{back.number}/")


def test_what_is_contested_with_a_photo_is_decided_by_an_officer(client, order):
    back = announced(order)
    potter, judge = signed_in(POTTER), as_officer()
    contest = f"/fr/studio/returns/{back.number}/contest/"
    assert potter.post(contest, {"words": " "}).status_code == 422
    broken = SimpleUploadedFile("a.jpg", b"no photo", content_type="image/jpeg")
    answer = potter.post(contest, {"words": "Cassé", "photo": broken})
    assert answer.status_code == 422
    assert "Cassé" in answer.content.decode(), "what was typed is still there"
    potter.post(contest, {"words": "Cassé", "photo": photo()})
    back.refresh_from_db()
    assert (back.status, len(back.photo)) == ("contested", 4)
    case = f"/fr/returns/desk/{back.number}/"
    assert f'href="{case}"' in read(judge, "/fr/returns/desk/")
    assert "Cassé" in read(judge, case)
    for amount in ("", "-1", "1,234", "99999999", "dix"):
        answer = judge.post(case, {"amount": amount, "verdict": "Un éclat."})
        assert answer.status_code == 422, amount
    judge.post(case, {"amount": "١٠٠,٥", "verdict": "Un éclat."})
    back.refresh_from_db()
    assert (back.status, back.amount_minor) == ("decided", 10_050)
    assert "Un éclat." in read(client, page(back))
    assert "Un éclat." in read(potter, f"/fr/studio/returns/{back.number}/")
    assert "Rien n’attend" in read(judge, "/fr/returns/desk/")


def test_she_keeps_it_after_all(client, order):
    back = announced(order)
    answer = client.post(page(back, tail="keep/"), follow=True)
    assert "rien n’est remboursé" in answer.content.decode()
    answer = client.post(page(back, tail="sent/"), {"tracking": "LB1"}, follow=True)
    assert "changé entre-temps" in answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_answers_in_every_language(client, order, language):
    one = announced(order, pieces=1)
    Return.objects.filter(pk=one.pk).update(tracking="LB1")
    settle.contest(one.number, found="Cassé", by="potter")
    two = announced(order, pieces=1, seen=1)
    potter, judge = signed_in(POTTER), as_officer()
    for who, path in (
        (client, parcel(order, language)),
        (client, page(one, language)),
        (client, page(two, language)),
        (potter, f"/{language}/studio/returns/"),
        (potter, f"/{language}/studio/returns/{one.number}/"),
        (potter, f"/{language}/studio/returns/{two.number}/"),
        (judge, f"/{language}/returns/desk/"),
        (judge, f"/{language}/returns/desk/{one.number}/"),
    ):
        shown = read(who, path)
        way = "rtl" if language == "ar" else "ltr"
        assert f'<html lang="{language}" dir="{way}"' in shown
        main = re.sub(r"<[^>]*>", " ", shown[shown.index("<main") :])
        english = re.search(r"\b(your|return|the|back|officer|workshop)\b", main, re.I)
        assert language == "en" or not english, (path, english)


@pytest.mark.parametrize("code", ["nothing_chosen", "reason", "too_many", "too_long"])
def test_bad_input_gets_a_sentence(client, order, code):
    line = f"line-{order.lines.get().pk}"
    sent = {line: "1", "reason": "too_late", "words": "", "seen": "0"}
    bad = {
        "nothing_chosen": {line: "0"},
        "reason": {"reason": "because"},
        "too_many": {line: "-1"},
        "too_long": {"words": "a" * 1_001},
    }[code]
    answer = client.post(parcel(order), {**sent, **bad})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Return.objects.exists()


def test_nobody_else_sees_or_does_anything(client, order):
    back = announced(order)
    number = order.group.number
    for path in (
        f"/fr/returns/{number}/x/of/{order.number}/",
        f"/fr/returns/{number}/x/{back.number}/",
    ):
        read(client, path, status=404)
    other = links.mark("M-0000-0000")
    read(client, f"/fr/returns/{number}/{other}/{back.number}/", status=404)
    weaver = signed_in(WEAVER)
    read(weaver, f"/fr/studio/returns/{back.number}/", status=404)
    for tail in ("accept", "contest"):
        answer = weaver.post(f"/fr/studio/returns/{back.number}/{tail}/", {"words": "x"})
        assert answer.status_code == 404
    for who in (weaver, signed_in(POTTER)):
        read(who, "/fr/returns/desk/", status=404)
        read(who, f"/fr/returns/desk/{back.number}/", status=404)
    assert client.get(f"/fr/returns/desk/{back.number}/").status_code == 302
    answer = client.get(page(back))
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("same-origin", "noindex")


def test_words_are_words_and_not_markup(client, order):
    back = announced(order)
    settle.contest(back.number, found=HOSTILE, by="potter")
    judge, potter = as_officer(), signed_in(POTTER)
    for who, path in (
        (client, page(back)),
        (potter, f"/fr/studio/returns/{back.number}/"),
        (judge, f"/fr/returns/desk/{back.number}/"),
    ):
        shown = read(who, path)
        assert "<script>alert" not in shown
        assert "<b onmouseover" not in shown


def test_lists_ask_a_known_number_of_questions(world, order):
    def questions(who, path):
        with CaptureQueriesContext(connection) as asked:
            read(who, path)
        return len(asked)

    potter, judge = signed_in(POTTER), as_officer()
    one = announced(order, pieces=1)
    settle.contest(one.number, found="x", by="potter")
    paths = ((potter, "/fr/studio/returns/"), (judge, "/fr/returns/desk/"))
    few = [questions(*path) for path in paths]
    for _ in range(3):
        more = announced(delivered(world, tagine=1))
        settle.contest(more.number, found="x", by="potter")
    assert [questions(*path) for path in paths] == few
    assert max(few) <= 9


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_sides_are_told_in_their_language(world, language):
    order = delivered(world)
    bend(order.group, language=language)
    one = announced(order, pieces=1)
    settle.contest(one.number, found="Cassé", by="potter")
    settle.decide_amount(one.number, amount_minor=100, verdict="Voilà.", by=officer())
    two = announced(order, pieces=1, seen=1)
    settle.accept(two.number, by="potter", on_shelf=False)
    drain()
    drain()
    hers = Message.objects.filter(phone=BUYER.phone, kind="return_buyer")
    assert hers.count() == 5
    assert all(f"/{language}/returns/" in one.body for one in hers)
    english = re.compile(r"\b(your|return|the|back|officer)\b", re.I)
    for message in hers:
        plain = re.sub(r"\S*://\S+", "", message.body)
        assert language == "en" or not english.search(plain), plain
        assert "<" not in plain
    mails = Message.objects.filter(email=BUYER.email, kind="return_buyer", body__contains="Voilà.")
    assert mails.count() == 1
    his = Message.objects.filter(phone=POTTER.phone, kind="return_seller")
    assert his.count() == 3
    assert all("/ar/studio/returns/" in one.body for one in his)


def test_a_claim_with_photos_is_answered_agreed_or_decided(client, order):
    number, mark = order.group.number, links.mark(order.group.number)
    path = f"/fr/returns/{number}/{mark}/wrong/{order.number}/"
    assert f'href="{path}"' in read(client, f"/fr/orders/{number}/{mark}/")
    sent = {"kind": "broken", "words": "Cassé en deux"}
    assert client.post(path, {**sent, "kind": ""}).status_code == 422
    client.post(path, {**sent, "photos": [photo(), photo()]})
    client.post(path, {**sent, "photos": [photo(), photo()]})
    one = Claim.objects.get()
    assert len(one.photos) == 2
    hers = f"/fr/returns/{number}/{mark}/claim/{one.number}/"
    potter, judge = signed_in(POTTER), as_officer()
    his = f"/fr/studio/claims/{one.number}/"
    assert his in read(potter, "/fr/studio/returns/")
    assert "Cassé en deux" in read(potter, his)
    part = {"answer": "part", "offer": "0", "words": "Voici."}
    assert potter.post(f"{his}answer/", part).status_code == 422
    potter.post(f"{his}answer/", {**part, "offer": "50,00"})
    assert "Demander à un agent" in read(client, hers)
    client.post(f"{hers}do/", {"do": "escalate"})
    case = f"/fr/returns/desk/claims/{one.number}/"
    assert f'href="{case}"' in read(judge, "/fr/returns/desk/")
    assert judge.post(case, {"amount": "x", "verdict": "Vu."}).status_code == 422
    judge.post(case, {"amount": "75", "verdict": "Vu les photos."})
    one.refresh_from_db()
    assert (one.status, one.amount_minor) == ("decided", 7_500)
    for who, where in ((client, hers), (potter, his), (judge, case)):
        assert "Vu les photos." in read(who, where)
    assert client.post(f"{hers}do/", {"do": "steal"}).status_code == 404
    read(signed_in(WEAVER), his, status=404)
    read(signed_in(WEAVER), case, status=404)
    read(client, hers.replace(mark, "x"), status=404)


@pytest.mark.parametrize("language", LANGUAGES)
def test_claims_are_told_in_every_language(client, order, language):
    bend(order.group, language=language)
    number, mark = order.group.number, links.mark(order.group.number)
    one = claiming.claim(order.number, kind="broken", words="Cassé", photos=[])
    potter, judge = signed_in(POTTER), as_officer()
    hers = f"/{language}/returns/{number}/{mark}"
    pages = [
        (client, f"{hers}/wrong/{order.number}/"),
        (client, f"{hers}/claim/{one.number}/"),
        (potter, f"/{language}/studio/claims/{one.number}/"),
        (potter, f"/{language}/studio/returns/"),
        (judge, f"/{language}/returns/desk/"),
        (judge, f"/{language}/returns/desk/claims/{one.number}/"),
    ]

    def all_of_them():
        for who, path in pages:
            shown = read(who, path)
            main = re.sub(r"<[^>]*>", " ", shown[shown.index("<main") :])
            english = re.search(r"\b(your|claim|the|back|officer|workshop)\b", main, re.I)
            assert language == "en" or not english, (path, english)

    all_of_them()
    answering.answer(one.number, said="part", words="Voici", by="potter", offer_minor=100)
    all_of_them()
    claiming.escalate(one.number)
    all_of_them()
    answering.decide_claim(one.number, amount_minor=100, verdict="Vu.", by=officer())
    all_of_them()
    two = claiming.claim(order.number, kind="broken", words="Encore", photos=[])
    answering.answer(two.number, said="back_first", words="Voici", by="potter")
    claiming.send_first(two.number, tracking="LB1")
    answering.has_it(two.number, by="potter")
    drain()
    drain()
    told = Message.objects.filter(phone=BUYER.phone, kind="claim_buyer")
    assert told.count() == 6
    for message in told:
        plain = re.sub(r"\S*://\S+", "", message.body)
        assert f"/{language}/returns/" in message.body
        assert language == "en" or not re.search(r"\b(your|claim|the|back)\b", plain), plain
    assert Message.objects.filter(phone=POTTER.phone, kind="claim_seller").count() == 6
