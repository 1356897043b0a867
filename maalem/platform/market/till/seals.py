"""An officer's key in her own browser: sealed for her alone, and kept nowhere at the platform.

Whoever takes the platform's database with all its secrets finds no officer's key in it, and whoever
takes the browser finds one that opens only together with the platform's secret and her own sign-in.
"""

import base64
import os
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE = "officer"
# Until the end of her working day; then she shows her key again.
KEPT_S = 8 * 3600
_NONCE, _STAMP = 12, 8


def keep(response: HttpResponse, key: str, *, person: int) -> None:
    """Leave the key with her: sealed for this person, for eight hours."""
    until = (int(time.time()) + KEPT_S).to_bytes(_STAMP)
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_secret()).encrypt(nonce, key.encode(), until + str(person).encode())
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(until + nonce + sealed).decode(),
        max_age=KEPT_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def forget(response: HttpResponse) -> None:
    """Take the key from her browser."""
    response.delete_cookie(COOKIE, samesite="Strict")


def kept(request: HttpRequest) -> str:
    """The key in her browser; empty for none, for another person's, and after its eight hours."""
    try:
        whole = base64.urlsafe_b64decode(request.COOKIES.get(COOKIE, ""))
        until, rest = whole[:_STAMP], whole[_STAMP:]
        bound = until + str(request.user.pk).encode()
        clear = AESGCM(_secret()).decrypt(rest[:_NONCE], rest[_NONCE:], bound)
    except (ValueError, InvalidTag):
        return ""
    return clear.decode() if int.from_bytes(until) > time.time() else ""


def _secret() -> bytes:
    return salted_hmac("maalem.till.seals", "officer", algorithm="sha256").digest()
