"""Whole pages, kept for visitors of whom we know nothing.

A page is still asked of the database each time: which pieces, in which version, how many. Only
when all of that is as it was for another stranger is the page given out again. Whoever has a
cart, a session or a message waiting gets a page of their own.

Browsers may keep a page too, and ask each time whether it is still so (ETag): on a weak network
the answer "it is" (304) is a hundred bytes. They never show one without asking, for prices and
stock move. The tag is made of the page itself and of the visitor's secret behind the form's
token, so that a page with another's token, or an outdated one, is never confirmed. Whoever is
signed in gets nothing to keep.
"""

from collections.abc import Callable, Hashable
from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from maalem.platform.ground.rates.shown import COOKIE as CURRENCY
from maalem.platform.ground.rates.shown import shown_to
from maalem.platform.ground.site.swaps import frame, mind_parts
from maalem.platform.market.catalog.kept import Shelf, may_keep

# Cookies that change nothing on a page, and the one for which each page is kept on its own.
_ANYBODY = frozenset({"csrftoken", "django_language", CURRENCY})
_LONGEST_ADDRESS = 300
# Stands in a page where each visitor's own token goes.
_TOKEN = "T" * 64
_PAGES: Shelf[str] = Shelf(most=600, seconds=60)


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
    address, around, shown = request.get_full_path(), frame(request), shown_to(request)
    alike = _is_anybody(request) and may_keep() and len(address) <= _LONGEST_ADDRESS
    key = (address, around, get_language(), shown, state)
    page = _PAGES.look(key) if alike else None
    if page is None:
        context = {**make_context(), "frame": around, "shown": shown, "csrf_token": _TOKEN}
        page = render_to_string(template, context, request)
        if alike:
            _PAGES.put(key, page)
    return _given(request, page)


def _given(request: HttpRequest, page: str) -> HttpResponse:
    """The page with the visitor's own token; or 304 to a browser that has this very page."""
    tag = blake2b(page.encode(), digest_size=16)
    if _TOKEN in page:
        page = page.replace(_TOKEN, get_token(request))
        tag.update(request.META["CSRF_COOKIE"].encode())
    response = mind_parts(HttpResponse(page))
    patch_vary_headers(response, ["Cookie"])
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return response
    response["ETag"] = f'"{tag.hexdigest()}"'
    response["Cache-Control"] = "private, no-cache"
    same = get_conditional_response(request, etag=response["ETag"], response=response)
    return same if isinstance(same, HttpResponse) else response


def _is_anybody(request: HttpRequest) -> bool:
    return request.COOKIES.keys() <= _ANYBODY
