"""Who stands behind an account. What the law calls personal data is sealed field by field.

The name is kept as it is, since it is shown; the number of the identity card, the date of birth,
the telephone, the e-mail and the address are sealed under a key of their own and bound to the
person and the field. Nothing of them is in a log, an event or a stored answer: the wire says
`…_provided`. See docs/accounts.md.
"""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from maalem.kit.ids import new_id
from maalem.payments.config import Config
from maalem.payments.records import Record, changed, epoch
from maalem.payments.vault.keys import open_sealed, seal

SEALED = ("id_number", "dob", "phone", "email", "address")
RELATIONSHIP = {
    "authorizer": False,
    "director": False,
    "executive": False,
    "legal_guardian": False,
    "owner": False,
    "percent_ownership": None,
    "representative": False,
    "title": None,
}


class Person(Record, kw_only=True, frozen=True):
    """A person. `sealed` holds the secret fields by name, `identity` and `document` what the
    verification says of them (`unverified`, `pending`, `verified`, `failed`)."""

    TABLE: ClassVar[str] = "persons"

    account_id: str
    first_name: str | None = None
    last_name: str | None = None
    sealed: dict[str, str]
    address_lines: list[str]
    id_number_hash: str | None = None
    relationship: dict[str, Any]
    document_front: str | None = None
    identity: str = "unverified"
    identity_code: str | None = None
    document: str = "unverified"
    document_code: str | None = None
    submitted_at: datetime | None = None
    deleted: bool = False
    metadata: dict[str, str]
    created_at: datetime


class Safe:
    """Seals and opens the secret fields of persons."""

    def __init__(self, config: Config) -> None:
        self._key = hmac.digest(config.vault_key, b"personal data", "sha256")
        self._index = hmac.digest(config.fingerprint_key, b"personal data", "sha256")

    def close(self, owner: str, field: str, *, value: Any) -> str:
        """`value` (anything JSON can say) as a text that opens only here and for this field."""
        text = msgspec.json.encode(value)
        sealed = seal(text, key=self._key, place=f"{owner}/{field}".encode())
        return base64.b64encode(sealed).decode()

    def open(self, owner: str, field: str, *, sealed: str) -> Any:
        """What was sealed. Raises `WrongKey`."""
        text = base64.b64decode(sealed)
        return msgspec.json.decode(
            open_sealed(text, key=self._key, place=f"{owner}/{field}".encode())
        )

    def index(self, value: str) -> str:
        """The same word for the same number, for nobody without the key."""
        return hmac.digest(self._index, value.encode(), "sha256").hex()[:32]


def new_person(account_id: str, *, at: datetime, **fields: Any) -> Person:
    """Somebody of whom nothing is known yet."""
    return Person(
        id=new_id("person"),
        account_id=account_id,
        sealed={},
        address_lines=[],
        relationship=dict(RELATIONSHIP),
        metadata={},
        created_at=at,
        **fields,
    )


def told(
    old: Person, given: Mapping[str, Any], *, safe: Safe, at: datetime, first: bool = False
) -> Person:
    """`old` with what is given laid over it; an empty text takes a field away.

    What changes the identity, or brings a document, has to be checked again. With `first` the
    record was not stored yet and keeps its version.
    """
    fields: dict[str, Any] = {}
    for name in ("first_name", "last_name"):
        if name in given:
            fields[name] = given[name] or None
    sealed = dict(old.sealed)
    for name in SEALED:
        if given.get(name):
            sealed[name] = safe.close(old.id, name, value=given[name])
        elif name in given:
            sealed.pop(name, None)
    fields["sealed"] = sealed
    if "address" in given:
        fields["address_lines"] = sorted(key for key, value in given["address"].items() if value)
    if "id_number" in given:
        number = given["id_number"]
        fields["id_number_hash"] = safe.index(number) if number else None
    if "relationship" in given:
        fields["relationship"] = {**old.relationship, **given["relationship"]}
    if "metadata" in given:
        fields["metadata"] = given["metadata"]
    if {"first_name", "last_name", "dob", "id_number"} & set(given):
        whole = "id_number" in sealed
        fields |= {
            "identity": "pending" if whole else "unverified",
            "identity_code": None,
            "submitted_at": at,
        }
    if "document_front" in given:
        fields |= {
            "document_front": given["document_front"],
            "document": "pending",
            "document_code": None,
            "submitted_at": at,
        }
    return msgspec.structs.replace(old, **fields) if first else changed(old, **fields)


def forgotten(old: Person) -> Person:
    """Without a person's secrets and name: what is left of somebody who has gone."""
    return changed(
        old,
        first_name=None,
        last_name=None,
        sealed={},
        address_lines=[],
        id_number_hash=None,
        document_front=None,
        metadata={},
        deleted=True,
    )


def provided(person: Person, prefix: str) -> set[str]:
    """The names, as requirements have them, of what is known of the person."""
    known = {name for name in ("first_name", "last_name") if getattr(person, name)}
    known |= {name for name in ("phone", "email", "id_number") if name in person.sealed}
    if "dob" in person.sealed:
        known |= {"dob.day", "dob.month", "dob.year"}
    known |= {f"address.{line}" for line in person.address_lines}
    if person.document_front:
        known.add("verification.document")
    return {f"{prefix}.{name}" for name in known}


def person(record: Person) -> dict[str, Any]:
    """The `person` object, or what is left of a deleted one."""
    if record.deleted:
        return {"id": record.id, "object": "person", "deleted": True}
    status = {"failed": "unverified"}.get(record.identity, record.identity)
    return {
        "id": record.id,
        "object": "person",
        "account": record.account_id,
        "address_provided": "address" in record.sealed,
        "created": epoch(record.created_at),
        "dob_provided": "dob" in record.sealed,
        "email_provided": "email" in record.sealed,
        "first_name": record.first_name,
        "id_number_provided": "id_number" in record.sealed,
        "last_name": record.last_name,
        "metadata": record.metadata,
        "phone_provided": "phone" in record.sealed,
        "relationship": record.relationship,
        "verification": {
            "additional_document": None,
            "details": None,
            "details_code": record.identity_code,
            "document": {
                "back": None,
                "details": None,
                "details_code": record.document_code,
                "front": record.document_front,
            },
            "status": status,
        },
    }
