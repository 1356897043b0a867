"""What a number that people are asked for looks like."""

import re
from datetime import date

CIN = re.compile(r"[A-Z]{1,2}[0-9]{1,6}\Z")
PHONE = re.compile(r"\+[1-9][0-9]{6,14}\Z")
_ICE = re.compile(r"[0-9]{15}\Z")
NAME_MAX, LINE_MAX = 100, 200
_BORN_FROM = 1900


def cin_of(text: str) -> str | None:
    """The number of an identity card as it is kept: one or two letters and up to six digits."""
    number = text.replace(" ", "").upper()
    return number if CIN.match(number) else None


def is_ice(text: str) -> bool:
    """Whether a text is an ICE: 15 digits, the last two of which check the others."""
    return bool(_ICE.match(text)) and int(text) % 97 == 0


def birthday(year: int, month: int, day: int, *, today: date) -> date | None:
    """The day on which somebody alive may have been born, or None. Raises `ValueError` where
    there is no such day."""
    try:
        born = date(year, month, day)
    except OverflowError:  # larger than the numbers of machines
        raise ValueError("no such day") from None
    return born if born.year >= _BORN_FROM and born < today else None
