"""Telephone numbers and e-mail addresses as people write them.

Morocco's numbering: +212 and nine digits, a trunk 0 inside the country; mobiles begin with 6 or 7.
Any script's digits, spaces, dots, dashes and brackets are taken, and 00 for the plus.
"""

import unicodedata
from dataclasses import dataclass

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

HOME = "MA"
_REACHED_BY_SMS = {
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
}


class NotAContact(ValueError):
    """Neither a number nor an address. `reason` is unreadable, no_such_number or landline."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Contact:
    """How somebody is reached: an E.164 `phone` or a lower-case `email`, never both."""

    phone: str = ""
    email: str = ""


def parse_phone(text: str, *, mobile: bool = True) -> str:
    """The number in E.164. Raises NotAContact; with `mobile`, for a landline too."""
    plain = _latin_digits(text).strip()
    try:
        number = phonenumbers.parse(plain, HOME)
    except phonenumbers.NumberParseException as trouble:
        raise NotAContact("unreadable") from trouble
    if not phonenumbers.is_valid_number(number):
        raise NotAContact("no_such_number")
    if mobile and phonenumbers.number_type(number) not in _REACHED_BY_SMS:
        raise NotAContact("landline")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_contact(text: str) -> Contact:
    """What somebody typed into the one field of the sign-in page. Raises NotAContact."""
    plain = text.strip()
    if "@" not in plain:
        return Contact(phone=parse_phone(plain))
    try:
        validate_email(plain.lower())
    except ValidationError as trouble:
        raise NotAContact("unreadable") from trouble
    return Contact(email=plain.lower())


def digits(text: str) -> str:
    """The digits of a code, whatever script and spacing they were typed in."""
    return "".join(
        letter for letter in _latin_digits(text) if letter.isascii() and letter.isdigit()
    )


def _latin_digits(text: str) -> str:
    return "".join(
        str(unicodedata.digit(letter)) if unicodedata.category(letter) == "Nd" else letter
        for letter in text
    )
