"""Addresses made of words."""

import re
import unicodedata


def slugify(words: str) -> str:
    """Lower-case ASCII letters and digits with single hyphens between."""
    plain = unicodedata.normalize("NFKD", words.lower().replace("œ", "oe"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SPACE = 36**4


def tag(number: int) -> str:
    """Four characters that differ for every number below 36**4 (7919 shares no factor with 36)."""
    mixed = (number * 7919 + 104_729) % SPACE
    out = ""
    for _ in range(4):
        mixed, digit = divmod(mixed, 36)
        out = DIGITS[digit] + out
    return out
