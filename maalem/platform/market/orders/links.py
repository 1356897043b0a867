"""The buyer's own page of a purchase: its address holds a mark that nobody can guess.

The mark is an HMAC-SHA256 of the number under the platform's secret, so it needs no row and can
be written into a message at any time. Whoever holds the link sees the purchase: it is the key.
"""

from django.conf import settings
from django.core.signing import Signer
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import override

_SALT = "maalem.orders.link"


def mark(number: str) -> str:
    """The unguessable half of the address, 43 letters."""
    return Signer(salt=_SALT).signature(number)


def is_marked(number: str, *, given: str) -> bool:
    """Whether `given` is the mark of `number`, under the secret of now or a retired one."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = [Signer(key=secret, salt=_SALT).signature(number) for secret in secrets]
    return any(constant_time_compare(one, given) for one in made)


def path(number: str, *, to: str = "orders:order") -> str:
    """The path of a page of the purchase in the language of now."""
    return reverse(to, args=[number, mark(number)])


def address(number: str, *, language: str, to: str = "orders:order") -> str:
    """The whole address, for a message or for the payment institution to send somebody back to."""
    with override(language):
        return settings.PLATFORM_URL + path(number, to=to)
