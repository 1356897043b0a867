"""Whoever changes where money goes proves anew who she is: by a code to what was known before."""

import time

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people import fresh
from maalem.platform.ground.people.models import Person

pytestmark = pytest.mark.django_db
CONFIRM = "/fr/account/confirm/"


@pytest.fixture
def fadma(client):
    person = Person.objects.create_user(phone="+212661000101", name="Fadma", language="fr")
    client.force_login(person)
    return client


def code():
    return "".join(letter for letter in Message.objects.last().body if letter.isdigit())[:6]


def ask(client, onward="/fr/payments/"):
    return client.post(CONFIRM, {"action": "send", "next": onward})


def test_nothing_is_sent_before_she_asks(fadma):
    assert "M’envoyer un code" in fadma.get(f"{CONFIRM}?next=/fr/payments/").content.decode()
    assert not Message.objects.exists()


def test_the_right_code_leads_on_and_is_good_once(fadma):
    """P24: a fresh sign-in is a code to the number that the person is known by."""
    ask(fadma)
    assert Message.objects.get().phone == "+212661000101"
    before, typed = fadma.session.session_key, code()
    answer = fadma.post(CONFIRM, {"code": typed, "next": "/fr/payments/"})
    assert answer["Location"] == "/fr/payments/"
    assert time.time() - fadma.session["fresh_at"] < 60
    assert fadma.session.session_key != before
    session = fadma.session
    session["fresh_at"] = 0
    session.save()
    fadma.post(CONFIRM, {"code": typed, "next": "/fr/payments/"})
    assert fadma.session["fresh_at"] == 0


def test_five_wrong_codes_are_the_end_of_that_code(fadma):
    ask(fadma)
    right = code()
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(fresh.TRIES):
        assert fadma.post(CONFIRM, {"code": wrong, "next": "/"}).status_code == 200
    assert "fresh_at" not in fadma.session
    fadma.post(CONFIRM, {"code": right, "next": "/"})
    assert "fresh_at" not in fadma.session


def test_the_code_is_not_in_the_session(fadma):
    ask(fadma)
    assert code() not in str(dict(fadma.session))


def test_she_is_led_nowhere_else(fadma):
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        ask(fadma, onward=elsewhere)
        answer = fadma.post(CONFIRM, {"code": code(), "next": elsewhere})
        assert answer["Location"] == "/fr/account/"


def test_asking_too_often_is_refused_kindly(fadma):
    for _ in range(8):
        page = ask(fadma)
    assert "attendre" in page.content.decode() or "attendez" in page.content.decode().lower()
    assert Message.objects.count() < 8


def test_a_stranger_gets_no_code(client):
    assert ask(client).status_code == 302
    assert not Message.objects.exists()


def test_a_sign_in_that_is_minutes_old_is_fresh(fadma):
    request = RequestFactory().get("/x/")
    request.user = Person.objects.get()
    seen = fresh.fresh_sign_in(lambda request: HttpResponse("in"))
    for ago_s, is_in in ((60, True), (3_600, False)):
        request.session = fadma.session
        request.session["fresh_at"] = time.time() - ago_s
        assert (seen(request).status_code == 200) == is_in
    assert settings.LOGIN_URL
