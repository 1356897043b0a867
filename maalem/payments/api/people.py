"""What is sent of a person or a company, checked and ready to be kept."""

from datetime import date
from typing import Any

import msgspec

from maalem.payments.accounts.checks import (
    LINE_MAX,
    NAME_MAX,
    PHONE,
    birthday,
    cin_of,
    is_ice,
)
from maalem.payments.api.fields import Address, Email
from maalem.payments.api.metadata import merged
from maalem.payments.errors import BadRequest


class Dob(msgspec.Struct, forbid_unknown_fields=True):
    day: int
    month: int
    year: int


class Document(msgspec.Struct, forbid_unknown_fields=True):
    front: str | None = None


class Verification(msgspec.Struct, forbid_unknown_fields=True):
    document: Document | None = None


class Relationship(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    authorizer: bool | None = None
    director: bool | None = None
    executive: bool | None = None
    legal_guardian: bool | None = None
    owner: bool | None = None
    percent_ownership: float | None = None
    representative: bool | None = None
    title: str | None = None


class Individual(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A person as an account's `individual`."""

    address: Address | None = None
    dob: Dob | None = None
    email: Email | None = None
    first_name: str | None = None
    id_number: str | None = None
    last_name: str | None = None
    metadata: dict[str, str] | str | None = None
    phone: str | None = None
    verification: Verification | None = None


class PersonData(Individual, forbid_unknown_fields=True, kw_only=True):
    """A person as `/v1/accounts/{id}/persons` takes her."""

    relationship: Relationship | None = None


class Company(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`tax_id` is the ICE, `registration_number` that of the trade register or the patente."""

    name: str | None = None
    registration_number: str | None = None
    tax_id: str | None = None


class Terms(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`tos_acceptance`: when and from where the terms were accepted."""

    date: int | None = None
    ip: str | None = None


def person_fields(
    given: Individual, *, today: date, old: dict[str, str], prefix: str = ""
) -> dict[str, Any]:
    """What `people.told` takes. Raises `BadRequest`, its `param` beginning with `prefix`."""
    fields: dict[str, Any] = {}

    def named(name: str) -> str:
        first, *rest = name.split(".")
        head = f"{prefix}[{first}]" if prefix else first
        return head + "".join(f"[{part}]" for part in rest)

    for name in ("first_name", "last_name", "email"):
        value = getattr(given, name)
        if value is not None:
            if len(value) > NAME_MAX:
                raise BadRequest(f"At most {NAME_MAX} characters.", param=named(name))
            fields[name] = value.strip()
    if given.phone is not None:
        if given.phone and not PHONE.match(given.phone):
            raise BadRequest(
                "A telephone number is written as +212 and nine digits, without spaces.",
                param=named("phone"),
            )
        fields["phone"] = given.phone
    if given.id_number is not None:
        number = cin_of(given.id_number)
        if given.id_number.strip() and number is None:
            raise BadRequest(
                "The number of an identity card is one or two letters and up to six digits.",
                code="id_number_invalid",
                param=named("id_number"),
            )
        fields["id_number"] = number or ""
    if given.dob is not None:
        fields["dob"] = _born(given.dob, today=today, named=named)
    if given.address is not None:
        fields["address"] = _address(given.address, named=named)
    front = given.verification and given.verification.document and given.verification.document.front
    if front:
        fields["document_front"] = front
    if isinstance(given, PersonData) and given.relationship is not None:
        sent = msgspec.to_builtins(given.relationship)
        fields["relationship"] = {name: value for name, value in sent.items() if value is not None}
    if given.metadata is not None:
        fields["metadata"] = merged(old, given.metadata, param=named("metadata"))
    return fields


def _born(given: Dob, *, today: date, named: Any) -> list[int]:
    try:
        day = birthday(given.year, given.month, given.day, today=today)
    except ValueError:
        raise BadRequest("There is no such day.", param=named("dob")) from None
    if day is None:
        raise BadRequest("Nobody alive was born on that day.", param=named("dob.year"))
    return [day.year, day.month, day.day]


def _address(given: Address, *, named: Any) -> dict[str, str]:
    lines = {name: value for name, value in msgspec.to_builtins(given).items() if value}
    for name, value in lines.items():
        if len(value) > LINE_MAX:
            raise BadRequest(f"At most {LINE_MAX} characters.", param=named(f"address.{name}"))
    return lines


def company_fields(given: Company) -> dict[str, str | None]:
    """What is laid over an account's `company`. Raises `BadRequest`."""
    fields: dict[str, str | None] = {
        name: value or None
        for name, value in msgspec.to_builtins(given).items()
        if value is not None
    }
    ice = fields.get("tax_id")
    if ice is not None and not is_ice(ice):
        raise BadRequest(
            "An ICE has 15 digits, the last two of which check the others.",
            code="tax_id_invalid",
            param="company[tax_id]",
        )
    for name, value in fields.items():
        if value is not None and len(value) > NAME_MAX:
            raise BadRequest(f"At most {NAME_MAX} characters.", param=f"company[{name}]")
    return fields
