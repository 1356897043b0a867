"""The pages for when something is wrong, from 400 to 503, in the visitor's language.

They touch neither the session nor the database, since either may be what is wrong.
"""

import sys
from dataclasses import dataclass

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

_RETRY_AFTER_S = "30"


@dataclass(frozen=True)
class Words:
    """What a page of trouble says, and where it leads: home, or the same page once more."""

    heading: str
    sentence: str
    onward: str
    again: bool = False


WORDS = {
    400: Words(
        _("We could not read that"),
        _("Something in the address or the form is not as we expect it. Please go back and retry."),
        _("Go to the shop"),
    ),
    403: Words(
        _("This page is not for you"),
        _("It belongs to somebody else, or it was open for too long. Go back and try once more."),
        _("Go to the shop"),
    ),
    404: Words(
        _("There is nothing at this address"),
        _("The piece may be sold, or the address mistyped. The workshops have many others."),
        _("Go to the shop"),
    ),
    429: Words(
        _("That was a little too often"),
        _("To protect every account we count how often this is asked. Wait a few minutes, please."),
        _("Go to the shop"),
    ),
    500: Words(
        _("Something broke on our side"),
        _("We have written it down and will mend it. Nothing was charged twice."),
        _("Try again"),
        again=True,
    ),
    503: Words(
        _("We will be back in a moment"),
        _("The shop can't reach its books right now. Your cart and your orders are kept."),
        _("Try again"),
        again=True,
    ),
}


def page(request: HttpRequest, status: int) -> HttpResponse:
    """The page of trouble for `status`, one of WORDS."""
    words = WORDS[status]
    safe = request.method in {"GET", "HEAD"}
    context = {
        "heading": words.heading,
        "sentence": words.sentence,
        "onward_name": words.onward,
        "onward": request.get_full_path() if words.again and safe else f"/{get_language()}/",
        "languages": [
            (code, name, "rtl" if get_language_info(code)["bidi"] else "ltr")
            for code, name in settings.LANGUAGES
        ],
    }
    answer = HttpResponse(render_to_string("site/trouble.html", context), status=status)
    if status == 503:
        answer["Retry-After"] = _RETRY_AFTER_S
    return answer


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return page(request, 403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token; Django calls it (CSRF_FAILURE_VIEW)."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return page(request, 404)


def too_often(request: HttpRequest) -> HttpResponse:
    """429, for what the sign-in pages limit."""
    return page(request, 429)


def broken(request: HttpRequest) -> HttpResponse:
    """500; or 503 where it is the database that does not answer."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    return page(request, 503 if away else 500)
