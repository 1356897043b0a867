"""The numbers that a Moroccan business writes on its invoices. Pure."""

import re

from maalem.kit.typed import western

_SPACES = re.compile(r"[\s.\-/\u00a0\u202f]")
ICE_LENGTH = 15
LENGTHS = {"tax_id": (7, 8), "business_tax": (4, 12), "register": (1, 12)}


def bare(text: str) -> str:
    """The number without spaces and points, in western digits."""
    return _SPACES.sub("", western(text))


def is_ice(text: str) -> bool:
    """Whether bare digits are an ICE: 15 of them, the whole number a multiple of 97.

    >>> is_ice("001561191000066"), is_ice("001561191000067")
    (True, False)
    """
    return len(text) == ICE_LENGTH and text.isascii() and text.isdigit() and int(text) % 97 == 0


def is_plausible(kind: str, text: str) -> bool:
    """Whether bare digits have the length of a `tax_id` (IF), `business_tax` or `register` number.

    No key is known for these, so nothing else can be checked.
    """
    least, most = LENGTHS[kind]
    return text.isascii() and text.isdigit() and least <= len(text) <= most
