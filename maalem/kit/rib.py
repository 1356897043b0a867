"""A Moroccan bank account's number: the RIB of 24 digits, and the IBAN made from it.

A RIB is bank (3), place (3), account (16) and key (2). The key makes the whole number divisible
by 97 and lies between 01 and 97. The IBAN is MA, two digits of ISO 7064 mod 97-10, and the RIB:
28 characters (SWIFT's IBAN registry, example MA64 0115 1900 0001 2050 0053 4921).
"""

from dataclasses import dataclass, field
from enum import StrEnum

RIB_LENGTH, IBAN_LENGTH = 24, 28
_EASTERN = {ord(figure): str(value) for value, figure in enumerate("٠١٢٣٤٥٦٧٨٩")}
_PERSIAN = {ord(figure): str(value) for value, figure in enumerate("۰۱۲۳۴۵۶۷۸۹")}
# What parts the groups of a number, and the marks that a copy from an Arabic page leaves.
_DROPPED = {
    ord(mark): None for mark in " \t\r\n\u00a0\u202f\u2009-\u2010\u2011\u2012\u2013\u2014.:/"
}
_MARKS = {
    ord(m): None for m in "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"
}
_FOLD = _EASTERN | _PERSIAN | _DROPPED | _MARKS


class RibProblem(StrEnum):
    """What is wrong with a number; never the number itself."""

    CHARACTERS = "characters"
    LENGTH = "length"
    COUNTRY = "country"
    KEY = "key"


class NotARib(ValueError):
    """The text is no Moroccan account number; `problem` says why."""

    def __init__(self, problem: RibProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Rib:
    """A valid number. Never printed whole: only its last four digits may be shown."""

    digits: str = field(repr=False)

    def __post_init__(self) -> None:
        if not (self.digits.isascii() and self.digits.isdigit()):
            raise NotARib(RibProblem.CHARACTERS)
        if len(self.digits) != RIB_LENGTH:
            raise NotARib(RibProblem.LENGTH)
        if rib_key(self.digits[:-2]) != self.digits[-2:]:
            raise NotARib(RibProblem.KEY)

    @property
    def bank(self) -> str:
        """The bank's code, three digits."""
        return self.digits[:3]

    @property
    def place(self) -> str:
        """The place's code, three digits."""
        return self.digits[3:6]

    @property
    def last4(self) -> str:
        """What may be shown."""
        return self.digits[-4:]

    @property
    def iban(self) -> str:
        """The IBAN, without spaces."""
        return f"MA{_iban_check(self.digits)}{self.digits}"


def read_rib(typed: str) -> Rib:
    """The account of a RIB or a Moroccan IBAN as people write it, or `NotARib`."""
    text = typed.translate(_FOLD).upper()
    if text[:2].isalpha() and text[2:4].isdigit():
        if not text.startswith("MA"):
            raise NotARib(RibProblem.COUNTRY)
        if not (text.isascii() and text[2:].isdigit()):
            raise NotARib(RibProblem.CHARACTERS)
        if len(text) != IBAN_LENGTH:
            raise NotARib(RibProblem.LENGTH)
        if text[2:4] != _iban_check(text[4:]):
            raise NotARib(RibProblem.KEY)
        text = text[4:]
    return Rib(text)


def rib_key(first22: str) -> str:
    """The two digits that end a RIB."""
    return f"{97 - int(first22) * 100 % 97:02d}"


def _iban_check(digits: str) -> str:
    # M is 22 and A is 10 (ISO 13616); 00 stands where the check digits will.
    return f"{98 - int(digits + '221000') % 97:02d}"
