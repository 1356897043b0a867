"""Webhook signatures in Stripe's scheme, and nothing else.

Header: `t=<epoch seconds>,v1=<hex HMAC-SHA256 of "<t>.<raw body>">`, several `v1` while a secret
is being rotated. The key is the whole `whsec_…` string as UTF-8.
Source: Stripe's documentation of webhook signatures.
"""

import hashlib
import hmac
from collections.abc import Sequence

TOLERANCE_S = 300


class BadSignature(ValueError):
    """The header does not vouch for the body: nothing of it may be believed."""


def sign(body: bytes, *, secrets: Sequence[str], at: int) -> str:
    """The header for `body` sent at epoch second `at`, signed with each of `secrets`."""
    marks = [f"v1={_mac(body, secret=secret, at=at)}" for secret in secrets]
    return ",".join([f"t={at}", *marks])


def verify(body: bytes, *, header: str, secret: str, now: int) -> int:
    """Return the epoch second the body was signed at, or raise `BadSignature`."""
    stamp, marks = _parse(header)
    if abs(now - stamp) > TOLERANCE_S:
        raise BadSignature("the signature is too old or from the future")
    expected = _mac(body, secret=secret, at=stamp)
    matches = [hmac.compare_digest(expected, mark) for mark in marks]
    if not any(matches):
        raise BadSignature("no signature matches the body")
    return stamp


def _mac(body: bytes, *, secret: str, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def _parse(header: str) -> tuple[int, list[str]]:
    stamp: int | None = None
    marks: list[str] = []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t" and value.isascii() and value.isdigit() and len(value) <= 12:
            stamp = int(value)
        elif name == "v1" and value.isascii():
            marks.append(value)
    if stamp is None or not marks:
        raise BadSignature("the header holds no time or no v1 signature")
    return stamp, marks
