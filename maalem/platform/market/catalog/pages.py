"""Whole pages, kept for visitors of whom we know nothing.

A page is still asked of the database each time: which pieces, in which version, how many. Only
when all of that is as it was for another stranger is the page given out again. Whoever has a
cart, a session or a message waiting gets a page of their own.
"""

import time
from collections.abc import Callable, Hashable

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import get_language

from maalem.platform.ground.site.swaps import frame, mind_parts
from maalem.platform.market.catalog.kept import Shelf, may_keep

# Cookies that change nothing on a page.
_ANYBODY = frozenset({"csrftoken", "django_language"})
_SECONDS = 60
_LONGEST_ADDRESS = 300
# Stands in a kept page where each visitor's own token goes.
_TOKEN = "T" * 64
_PAGES: Shelf[str] = Shelf(most=600)


def answer(
    request: HttpRequest,
    template: str,
    make_context: Callable[[], dict[str, object]],
    *,
    state: Hashable,
) -> HttpResponse:
    """Render `template` for this request, whole or in part, or give out the same page again.

    `state` is all that the database said for it; `make_context` is only called to render.
    """
    around = frame(request)
    if not _is_anybody(request) or not may_keep():
        context = {**make_context(), "frame": around}
        return mind_parts(HttpResponse(render_to_string(template, context, request)))
    address = request.get_full_path()
    key = (address, around, get_language(), state, int(time.monotonic() // _SECONDS))
    page = _PAGES.get(key)
    if page is None:
        context = {**make_context(), "frame": around, "csrf_token": _TOKEN}
        page = render_to_string(template, context, request)
        if len(address) <= _LONGEST_ADDRESS:
            _PAGES.put(key, page)
    if _TOKEN in page:
        page = page.replace(_TOKEN, get_token(request))
    return mind_parts(HttpResponse(page))


def _is_anybody(request: HttpRequest) -> bool:
    return request.COOKIES.keys() <= _ANYBODY
