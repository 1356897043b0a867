"""What a web page of another origin may ask of us: what a publishable key opens, and nothing else.

A browser asks first (a preflight); what it may not read it does not hand to the page. Any origin
may ask, for the key says whose page it is. No cookie is ever part of it, so `*` is said and
credentials are not. A secret key in a web page is given away: its answers are not readable there.
"""

import base64
import binascii
from typing import Protocol

from maalem.payments.api.access import PAGES
from maalem.payments.api.call import Answered
from maalem.payments.api.routes import match

MAX_AGE_S = 300
_TAKES = b"authorization, content-type, idempotency-key, stripe-account, stripe-version"
_SHOWS = b"request-id, stripe-should-retry, stripe-version"
_ANY = (b"access-control-allow-origin", b"*")


class Headers(Protocol):
    """A request's headers; names lower case."""

    def get(self, name: bytes) -> str | None: ...


def preflight(path: str, headers: Headers) -> Answered:
    """The answer to OPTIONS: which methods a page may use here. Elsewhere it is told nothing, and
    its browser asks no further."""
    methods = sorted({method for method, _ in PAGES if _is_a_pages(method, path)})
    if not methods or headers.get(b"origin") is None:
        return Answered(404, b"")
    return Answered(
        204,
        b"",
        headers=(
            _ANY,
            (b"access-control-allow-methods", ", ".join(methods).encode()),
            (b"access-control-allow-headers", _TAKES),
            (b"access-control-max-age", str(MAX_AGE_S).encode()),
        ),
    )


def readable(method: str, path: str, headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers by which a page may read the answer; none for a program's request."""
    if headers.get(b"origin") is None or not _is_a_pages(method, path):
        return []
    if not _is_publishable(headers.get(b"authorization")):
        return []
    return [_ANY, (b"access-control-expose-headers", _SHOWS)]


def _is_a_pages(method: str, path: str) -> bool:
    found = match(method, path) if "\x00" not in path else None
    return found is not None and (found[0].method, found[0].path) in PAGES


def _is_publishable(authorization: str | None) -> bool:
    """Whether a key says that it is one; what it opens is decided elsewhere."""
    scheme, _, key = (authorization or "").strip().partition(" ")
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(key, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
    return key.strip().startswith("pk_")
