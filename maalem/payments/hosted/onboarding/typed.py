"""What somebody typed of herself, read with patience."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from maalem.kit.rib import NotARib, Rib, read_rib
from maalem.payments.accounts.checks import LINE_MAX, NAME_MAX, birthday, cin_of, is_ice
from maalem.payments.vault.digits import fold_digits
from maalem.payments.wallets.phones import wallet_phone

_ERRORS = {
    "first_name": "onb_e_name",
    "last_name": "onb_e_name",
    "company_name": "onb_e_name",
    "holder": "onb_e_name",
    "born": "onb_e_born",
    "phone": "onb_e_phone",
    "line1": "onb_e_line",
    "city": "onb_e_line",
    "id_number": "onb_e_id_number",
    "registration": "onb_e_registration",
    "ice": "onb_e_ice",
    "rib": "onb_e_rib",
    "accept": "onb_e_accept",
}
# Shown again when something has to be corrected: nothing that we would keep sealed.
ECHOED = ("first_name", "last_name", "company_name", "holder", "city")


@dataclass(frozen=True)
class Typed:
    """`person` is what `people.told` takes, `company` what is laid over the account's. Never
    printed whole."""

    person: dict[str, Any] = field(default_factory=dict)
    company: dict[str, str] = field(default_factory=dict)
    rib: Rib | None = None
    holder: str | None = None
    accepted: bool = False
    errors: dict[str, str] = field(default_factory=dict)


def read(
    form: Mapping[str, str], names: Iterable[str], *, known: Iterable[str], today: date
) -> Typed:
    """The fields `names` of a posted page. What is `known` may be left empty: it stays."""
    person: dict[str, Any] = {}
    company: dict[str, str] = {}
    errors: dict[str, str] = {}
    rib, holder, accepted = None, None, False
    kept = set(known)
    for name in names:
        text = _text(form, name)
        if text == "" and name in kept:
            continue
        value = _value(name, text, today=today)
        if value is None:
            errors[name] = _ERRORS[name]
        elif name == "rib":
            rib = value
        elif name == "holder":
            holder = value
        elif name == "accept":
            accepted = True
        elif name in _COMPANY:
            company[_COMPANY[name]] = value
        elif name in ("line1", "city"):
            person.setdefault("address", {})[name] = value
        else:
            person["dob" if name == "born" else name] = value
    return Typed(person, company, rib, holder, accepted, errors)


_COMPANY = {"company_name": "name", "registration": "registration_number", "ice": "tax_id"}


def _text(form: Mapping[str, str], name: str) -> str:
    if name == "born":
        return " ".join(form.get(part, "").strip() for part in ("day", "month", "year")).strip()
    return " ".join(form.get(name, "").split())


def _value(name: str, text: str, *, today: date) -> Any:
    """The field's value as it is kept, or None for one that can't be right."""
    match name:
        case "born":
            return _born(text, today=today)
        case "phone":
            return wallet_phone(text)
        case "id_number":
            return cin_of(text)
        case "ice":
            digits = fold_digits(text)
            return digits if is_ice(digits) else None
        case "rib":
            try:
                return read_rib(text)
            except NotARib:
                return None
        case "accept":
            return text == "yes" or None
        case "line1":
            return text[:LINE_MAX] if text else None
        case _:
            # A number of a card or of a bank account in such a field would be kept in clear.
            digits_in = sum(letter.isdigit() for letter in text)
            too_many = digits_in > (NAME_MAX if name == "registration" else 4)
            return text[:NAME_MAX] if text and not too_many else None


def _born(text: str, *, today: date) -> list[int] | None:
    parts = [fold_digits(part) for part in text.split(" ")]
    if len(parts) != 3 or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        return None
    day, month, year = (int(part) for part in parts)
    try:
        born = birthday(year, month, day, today=today)
    except ValueError:
        return None
    return [born.year, born.month, born.day] if born else None
