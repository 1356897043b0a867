"""The ledger's own words: accounts, linked transfers, and what an owner sees of her balance."""

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from maalem.kit.ids import ALPHABET
from maalem.payments.records import Record

PENDING, AVAILABLE, OWED = "pending", "available", "owed"
RESERVED = "reserved"
RAIL, FEES = "rail", "fees"
PAYOUTS, BANK = "payouts", "bank"
INTERCHANGE, INTERCHANGE_DUE = "interchange", "interchange_due"
SCHEME, SCHEME_DUE = "scheme", "scheme_due"
SUSPENSE, BANK_COSTS = "suspense", "bank_costs"
HOUSE = "house"


class LedgerAccount(msgspec.Struct, kw_only=True, frozen=True):
    """An account to be opened. The id follows from owner, kind and currency."""

    id: UUID
    owner: str
    kind: str
    currency: str
    debits_must_not_exceed_credits: bool = False
    credits_must_not_exceed_debits: bool = False


class LedgerTransfer(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One movement. `kind` is posted, pending (a hold), post, void or expire (of `pending_id`).

    `id` is made from `source` and `code` and is the idempotency key: posting the same again
    changes nothing, posting another under it is refused.
    """

    id: UUID
    debit_account: UUID
    credit_account: UUID
    amount: int
    currency: str
    code: str
    source: str
    kind: str = "posted"
    pending_id: UUID | None = None
    timeout_s: int = 0

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise _no_money(self.amount)

    def row(self) -> tuple[object, ...]:
        """Its row of `ledger.transfers`; the ledger decides when it was, and numbers it."""
        return (
            self.id,
            self.debit_account,
            self.credit_account,
            self.amount,
            self.currency,
            self.kind,
            self.pending_id,
            self.timeout_s,
            self.code,
            self.source,
            None,
            None,
        )


class BalanceTransaction(Record, kw_only=True, frozen=True):
    """A line of an account's balance; `status` is pending until `available_on` has come."""

    TABLE: ClassVar[str] = "balance_transactions"

    account_id: str
    type: str
    source_id: str
    amount: int
    fee: int = 0
    net: int
    currency: str
    status: str = PENDING
    available_on: datetime
    description: str | None = None
    created_at: datetime
    fee_details: list[dict[str, Any]] | None = None

    def __post_init__(self) -> None:
        for amount in (self.amount, self.fee, self.net):
            if type(amount) is not int:
                raise _no_money(amount)


def _no_money(amount: object) -> TypeError:
    return TypeError(f"money is whole minor units, not {type(amount).__name__}")


def account_id(owner: str, *, kind: str, currency: str) -> UUID:
    """The ledger account's id: the same name gives the same id everywhere, without a look-up."""
    return _uuid(f"account/{owner}/{kind}/{currency}")


def transfer_id(source: str, code: str, /) -> UUID:
    """The id of the leg `code` of the object `source`.

    It starts with the time that is in the source's own id, so that new rows lie together.
    """
    name = hashlib.blake2b(f"{source}/{code}".encode(), digest_size=16).digest()
    return UUID(bytes=_time_in(source.rpartition("_")[2][:10]) + name[6:])


@lru_cache(maxsize=64)
def _time_in(letters: str) -> bytes:
    """48 bits of milliseconds, from the first letters of an id's body."""
    at_ms = 0
    for letter in letters:
        at_ms = at_ms * 32 + max(ALPHABET.find(letter), 0)
    return (at_ms & (1 << 48) - 1).to_bytes(6, "big")


@lru_cache(maxsize=4096)
def _uuid(name: str) -> UUID:
    return UUID(bytes=hashlib.blake2b(name.encode(), digest_size=16).digest())
