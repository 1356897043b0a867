"""Codes can't be guessed faster by guessing many at once."""

from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from maalem.platform.ground.people.models import Person

PHONE = "+212661000199"
AT_ONCE = 24


def asked_for_a_code() -> SimpleCookie:
    client = Client()
    answer = client.post(reverse("account_login"), {"login": PHONE})
    assert answer.url == reverse("account_confirm_login_code")
    return client.cookies


def a_wrong_code(cookies: SimpleCookie) -> int:
    """The status of the answer: 200 is the form once more, 302 the end of trying."""
    client = Client()
    client.cookies = SimpleCookie(cookies.output(header="", sep=";"))
    try:
        return client.post(reverse("account_confirm_login_code"), {"code": "000000"}).status_code
    finally:
        connection.close()


def test_many_wrong_codes_at_once_are_counted_like_one_after_the_other(committed_db):
    Person.objects.create_user(phone=PHONE, phone_verified=True, name="Itto")
    cookies = asked_for_a_code()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(a_wrong_code, [cookies] * AT_ONCE))
    assert answers.count(200) == settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS - 1
    assert set(answers) == {200, 302}
