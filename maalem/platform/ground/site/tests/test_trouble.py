"""When something is wrong, a visitor gets a sentence in her language and a way on."""

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import translation

from maalem.platform.ground.site import trouble

pytestmark = pytest.mark.usefixtures("unhashed_static")


@pytest.fixture
def unhashed_static(settings: object) -> None:
    """Pages name their styles without a collected folder."""
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def request_to(path: str) -> HttpRequest:
    return RequestFactory().get(path)


@pytest.mark.parametrize("status", sorted(trouble.WORDS))
@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")])
def test_every_trouble_is_told_in_every_language(status: int, language: str, direction: str):
    with translation.override(language):
        answer = trouble.page(request_to(f"/{language}/x/"), status)
        heading = str(trouble.WORDS[status].heading)
    html = answer.content.decode()
    assert answer.status_code == status
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert html.count("<h1>") == 1
    if language != "en":
        with translation.override("en"):
            assert heading != str(trouble.WORDS[status].heading)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_an_address_that_leads_nowhere_says_so(language: str):
    answer = Client().get(f"/{language}/nowhere/at/all/")
    assert answer.status_code == 404
    assert f'lang="{language}"' in answer.content.decode()


def test_a_database_that_is_away_is_no_bug_but_a_moment():
    try:
        raise OperationalError("connection refused")
    except OperationalError:
        answer = trouble.broken(request_to("/fr/"))
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"


def test_any_other_break_is_ours():
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        answer = trouble.broken(request_to("/fr/cart/"))
    assert answer.status_code == 500
    assert 'href="/fr/cart/"' in answer.content.decode()


def test_a_posted_form_is_never_repeated_by_a_link():
    with translation.override("fr"):
        answer = trouble.broken(RequestFactory().post("/fr/checkout/review/"))
    assert "/checkout/" not in answer.content.decode()
