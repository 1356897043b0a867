"""Pages travel compressed; pictures, which are already, do not.

Django's middleware pads each answer by a random length, so that its size tells nothing about the
secrets in it, and masks the form's token anew each time.
"""

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware

_WORDS = ("text/", "application/json", "application/xml", "application/ld+json", "image/svg+xml")


class Squeeze(GZipMiddleware):
    """gzip for what is made of words, where the visitor's browser asks for it."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Leave everything else as it is."""
        if not response.get("Content-Type", "").startswith(_WORDS):
            return response
        return super().process_response(request, response)
