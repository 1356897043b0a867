"""What an officer reads of the institution's own bank account and of its daily proof.

Amounts are whole minor units; a line's is positive where money came in. Codes stay the wire's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

PAYMENT_ACCOUNTS = ("owners_pending", "owners_available", "owners_reserved")


@dataclass(frozen=True)
class Term:
    """One of the amounts that a side of a proof is made of."""

    name: str
    amount_minor: int


@dataclass(frozen=True)
class Otherwise:
    """A term that the ledger has otherwise than the rows: there a difference comes from."""

    name: str
    rows_minor: int
    ledger_minor: int


@dataclass(frozen=True)
class Proof:
    """Whether clients' money was there on a day. `links` are its files by `csv`, `pdf-fr`…, there
    only where one proof was asked for."""

    id: str
    day: date
    counted_at: datetime
    there_minor: int
    owed_minor: int
    difference_minor: int
    currency: str = "MAD"
    there: tuple[Term, ...] = ()
    owed: tuple[Term, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_even(self) -> bool:
        return self.difference_minor == 0

    @property
    def clients_minor(self) -> int:
        """What stands on payment accounts."""
        return sum(one.amount_minor for one in self.owed if one.name in PAYMENT_ACCOUNTS)


@dataclass(frozen=True)
class Thing:
    """One thing that waits for a person. `officer` looks after it or proposed it; `says` is what a
    machine or a person wrote about it; with `freezes` nothing is paid out to `account`; `file` of
    the bank tells of it."""

    id: str
    kind: str = ""
    about: str = ""
    says: str = ""
    amount_minor: int | None = None
    currency: str = "MAD"
    since: datetime | None = None
    account: str = ""
    officer: str = ""
    freezes: bool = False
    file: str = ""


@dataclass(frozen=True)
class Waiting:
    """How many things of a kind wait, and the oldest of them."""

    kind: str
    count: int
    oldest: tuple[Thing, ...]


@dataclass(frozen=True)
class Morning:
    """The newest proof, if there is one, and what waits."""

    proof: Proof | None = None
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True)
class BankDay:
    """A day of the account as the bank states it."""

    day: date
    opening_minor: int
    closing_minor: int
    count: int
    currency: str = "MAD"


@dataclass(frozen=True)
class BankFile:
    """What the bank laid ready: read, or refused whole with a code. `days` only where one file was
    asked for."""

    id: str
    name: str
    received_at: datetime
    message: str = ""
    refusal: str = ""
    detail: str = ""
    count: int = 0
    unmatched: int = 0
    days: tuple[BankDay, ...] = ()


@dataclass(frozen=True)
class BankFiles:
    """A page of files, newest first, and where the next begins."""

    files: tuple[BankFile, ...]
    next_after: str = ""


@dataclass(frozen=True)
class BankLine:
    """A movement of the account: `matched_as` what it is, or the `reason` why nobody knows."""

    id: str
    amount_minor: int
    booked_on: date
    reference: str
    file: str = ""
    currency: str = "MAD"
    counterparty: str = ""
    text: str = ""
    reason: str = ""
    matched_as: str = ""
    matched_to: str = ""

    @property
    def is_matched(self) -> bool:
        return bool(self.matched_as)


@dataclass(frozen=True)
class BankLines:
    """A page of lines, newest first, and where the next begins."""

    lines: tuple[BankLine, ...]
    next_after: str = ""
