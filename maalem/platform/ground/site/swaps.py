"""Pages in parts: what a script (htmx) asks for and puts into the page that is there.

A view that answers in parts gives its template another frame, and says so to the caches between.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

# What a page's template extends: see `{% extends frame %}`. The part has the blocks that move.
WHOLE, PART = "site/base.html", "site/part.html"


def wants_part(request: HttpRequest) -> bool:
    """Whether a script asks, which puts the answer into the page that is there."""
    return request.headers.get("HX-Request") == "true"


def frame(request: HttpRequest) -> str:
    """The template to extend for this request."""
    return PART if wants_part(request) else WHOLE


def mind_parts(response: HttpResponse) -> HttpResponse:
    """Tell every cache, the browser's too, that one address has a page and a part of it."""
    patch_vary_headers(response, ["HX-Request"])
    return response


class Onward:
    """A redirect is for the whole page: the script's request would follow it and swap its target.

    Signing in, a paid order, another language: the browser is told to go there itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if wants_part(request) and "Location" in response:
            response["HX-Redirect"] = response["Location"]
            del response["Location"]
            response.status_code = 200
        return response
