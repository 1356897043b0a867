"""What all pages of the till share: whose it is, whether there is an answer, one press once."""

import re
import secrets
from collections.abc import Callable, Iterator
from functools import wraps
from typing import TypeVar

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from maalem.platform.ground.gateway import errors
from maalem.platform.market.till import access
from maalem.platform.market.till.access import Till

View = Callable[..., HttpResponseBase]
Found = TypeVar("Found")
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,44}")


class Silent(Exception):
    """The institution does not answer just now."""


def of_a_till(view: View) -> View:
    """Give `view` the till that the address names, if this person may look into it."""

    @never_cache
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *, whose: str, **kwargs: object) -> HttpResponseBase:
        till = access.open_till(request.user, whose)
        if till is None:
            raise Http404
        try:
            return view(request, till=till, **kwargs)
        except Silent:
            return page(request, "till/silent.html", till=till, status=503)

    return wrapped


def found(ask: Callable[[], Found]) -> Found:
    """What the institution says; 404 for what it does not know, `Silent` where it says nothing."""
    try:
        return ask()
    except errors.Unavailable as silence:
        raise Silent from silence
    except errors.Refused as said:
        raise Http404 from said


def press(request: HttpRequest) -> str:
    """The mark of one press of a button: the one that the form carried, else a new one."""
    token = request.POST.get("token", "")
    return token if TOKEN.fullmatch(token) else secrets.token_urlsafe(18)


def page(
    request: HttpRequest, template: str, *, status: int = 200, **context: object
) -> HttpResponse:
    """A page of the till."""
    return render(request, template, context, status=status)


def spreadsheet(
    request: HttpRequest, till: Till, lines: Iterator[str], *, name: str
) -> StreamingHttpResponse:
    """A file of the till, streamed while it is read and called after the till and the day."""
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    called = f"{till.slug}{name}-{timezone.localdate().isoformat()}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{called}"'
    return answer


def language_of(request: HttpRequest) -> str:
    """The language in which this page was asked for."""
    return str(request.LANGUAGE_CODE)  # type: ignore[attr-defined]
