"""In which money a visitor wants to see prices beside dirhams: a cookie, and the rate for it.

Whatever is kept of a page (cards, whole pages) is kept under `Shown`, never under the cookie:
what somebody writes into a cookie makes no page of its own.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from maalem.platform.ground.rates.models import CURRENCIES
from maalem.platform.ground.rates.queries import Rate, rate_of

# What is charged. Choosing it is choosing nothing.
CHARGED = "MAD"
COOKIE = "maalem_currency"
KEPT_FOR_S = 365 * 24 * 3600


class Shown(NamedTuple):
    """A currency that was chosen, with today's rate; without one, prices are in dirhams alone."""

    currency: str
    rate: Rate | None


def chosen(cookies: Mapping[str, str]) -> str:
    """The code in the visitor's cookie, if it is one of ours; else dirhams."""
    code = cookies.get(COOKIE, CHARGED)
    return code if code in CURRENCIES else CHARGED


def shown_to(request: HttpRequest) -> Shown | None:
    """What is shown beside dirhams; None for nothing. The same all through one request.

    An address may ask for a currency itself (`?currency=EUR`): what led there told a price in it.
    """
    code = chosen(
        {COOKIE: request.GET["currency"]} if "currency" in request.GET else request.COOKIES
    )
    if code == CHARGED:
        return None
    kept: Shown | None = getattr(request, "shown", None)
    if kept is None:
        kept = Shown(code, rate_of(code))
        request.shown = kept  # type: ignore[attr-defined]
    return kept


def remember(response: HttpResponse, *, currency: str) -> HttpResponse:
    """Set the cookie, or take it away for dirhams."""
    if currency == CHARGED:
        response.delete_cookie(COOKIE, samesite="Lax")
        return response
    response.set_cookie(
        COOKIE,
        currency,
        max_age=KEPT_FOR_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
