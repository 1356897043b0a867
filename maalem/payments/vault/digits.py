"""Digits as people type them: with spaces and dashes, in Arabic-Indic or Persian figures."""

_EASTERN = {ord(figure): str(value) for value, figure in enumerate("٠١٢٣٤٥٦٧٨٩")}
_PERSIAN = {ord(figure): str(value) for value, figure in enumerate("۰۱۲۳۴۵۶۷۸۹")}
# Separators, and the invisible marks that a right-to-left keyboard or a copy-and-paste leaves.
_DROPPED = {
    ord(mark): None
    for mark in " \t\r\n\u00a0\u202f\u2009-\u2010\u2011\u2012\u2013\u2014._"
    "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\u200b\ufeff"
}
_FOLD = _EASTERN | _PERSIAN | _DROPPED


def fold_digits(typed: str) -> str:
    """`typed` with western figures and without separators; letters stay, to be refused later."""
    return typed.translate(_FOLD)


def luhn_ok(number: str) -> bool:
    """The check digit of ISO/IEC 7812-1 Annex B, over ASCII digits only."""
    if not (number.isascii() and number.isdigit()):
        return False
    total = 0
    for place, figure in enumerate(reversed(number)):
        value = int(figure) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
