"""Postal tracking numbers by UPU standard S10: two letters, eight digits, a check digit, a country.

The first letter says the service (R registered, C parcel, E express …); J, K, S, T and W are
reserved, so no number begins with them. The check digit is 11 minus the weighted sum modulo 11,
where 10 is written 0 and 11 is written 5.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
RESERVED = frozenset("JKSTW")
_SHAPE = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")
_MARKS = re.compile(r"[\s.\-\u200e\u200f\u2066-\u2069]")


class Trouble(StrEnum):
    """Why a text is no tracking number."""

    SHAPE = "shape"
    SERVICE = "service"
    CHECK = "check"


class NoNumber(ValueError):
    """This is no S10 number; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Number:
    """A tracking number in its parts; `str()` writes it as it is scanned."""

    service: str
    serial: str
    country: str

    @property
    def check(self) -> int:
        return check_digit(self.serial)

    def __str__(self) -> str:
        return f"{self.service}{self.serial}{self.check}{self.country}"

    @property
    def spoken(self) -> str:
        """`RR 473 124 829 MA`: in groups, as forms and counters say it."""
        digits = f"{self.serial}{self.check}"
        return f"{self.service} {digits[:3]} {digits[3:6]} {digits[6:]} {self.country}"


def check_digit(serial: str) -> int:
    """The check digit of eight digits."""
    weighed = sum(int(digit) * weight for digit, weight in zip(serial, WEIGHTS, strict=True))
    left = 11 - weighed % 11
    return {10: 0, 11: 5}.get(left, left)


def make(service: str, *, serial: int, country: str = "MA") -> Number:
    """The number of a serial from 0 to 99 999 999. Raises `NoNumber`."""
    if not 0 <= serial <= 99_999_999:
        raise NoNumber(Trouble.SHAPE)
    number = Number(service, f"{serial:08d}", country)
    return parse(str(number))


def parse(text: str) -> Number:
    """The number that `text` is, with or without spaces, in capitals or not. Raises `NoNumber`."""
    found = _SHAPE.fullmatch(_MARKS.sub("", text).upper())
    if found is None:
        raise NoNumber(Trouble.SHAPE)
    service, serial, check, country = found.groups()
    if service[0] in RESERVED:
        raise NoNumber(Trouble.SERVICE)
    if check_digit(serial) != int(check):
        raise NoNumber(Trouble.CHECK)
    return Number(service, serial, country)
