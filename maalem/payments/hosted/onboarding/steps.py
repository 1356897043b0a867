"""Which pages an account's owner still has to fill in. Pure."""

from collections.abc import Set
from typing import NamedTuple

from maalem.payments.accounts.levels import VOUCHED_LEVEL
from maalem.payments.accounts.links import UPDATE, AccountLink
from maalem.payments.accounts.records import Account

WHO, BUSINESS, DOCUMENT, BANK, TERMS = "who", "business", "document", "bank", "terms"
# What each page asks for, in its order.
FIELDS = {
    WHO: ("first_name", "last_name", "born", "phone", "line1", "city", "id_number"),
    BUSINESS: ("company_name", "registration", "ice"),
    DOCUMENT: ("file",),
    BANK: ("rib", "holder"),
    TERMS: ("accept",),
}
_OF_NEED = {
    "person.first_name": "first_name",
    "person.last_name": "last_name",
    "person.dob.day": "born",
    "person.dob.month": "born",
    "person.dob.year": "born",
    "person.phone": "phone",
    "person.address.line1": "line1",
    "person.address.city": "city",
    "person.id_number": "id_number",
    "person.verification.document": "file",
    "company.name": "company_name",
    "company.registration_number": "registration",
    "company.tax_id": "ice",
    "tos_acceptance.date": "accept",
    "tos_acceptance.ip": "accept",
}
# These go together: where they don't match, nobody knows which of them is wrong.
_IDENTITY = {"first_name", "last_name", "born", "id_number"}


class Step(NamedTuple):
    """A page and what it asks for."""

    name: str
    fields: tuple[str, ...]


def steps(account: Account, link: AccountLink, *, has_bank: bool) -> list[Step]:
    """The pages that are left, in order; with a link to update, all that there are."""
    wanted = {_field(need) for need in account.requirements.get(link.collect, ())} - {None}
    failed = {_field(each["requirement"]) for each in account.requirements.get("errors", ())}
    if "id_number" in failed:
        wanted |= _IDENTITY
    if not has_bank:
        wanted |= set(FIELDS[BANK])
    if link.type == UPDATE:
        wanted |= _all_of(account)
    found = []
    for name, names in FIELDS.items():
        asked = tuple(each for each in names if each in wanted)
        if asked:
            found.append(Step(name, asked))
    return found


def _all_of(account: Account) -> Set[str]:
    """What may be corrected: all that the account's kind has, save what was agreed once."""
    left = set(FIELDS[WHO]) | set(FIELDS[BANK])
    if account.business_type not in (None, "individual"):
        left.add("company_name")
    if account.level >= VOUCHED_LEVEL:
        left |= {"file", "registration", "ice"}
    return left


def _field(need: str) -> str | None:
    """The field that answers a requirement."""
    head, _, rest = need.partition(".")
    named = f"person.{rest}" if head in ("individual", "representative") else need
    return _OF_NEED.get(named)
