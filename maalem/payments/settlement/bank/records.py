"""What is kept of the bank: batches, files, statements, lines; networks' reports; findings.

Amounts are minor units; a line's is positive where money came in.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from maalem.payments.records import Record


class Batch(Record, kw_only=True, frozen=True):
    """A file of payouts: drafted before the bank is asked, sealed as it was sent."""

    TABLE: ClassVar[str] = "payout_batches"

    currency: str
    status: str
    message_id: str
    name: str
    amount: int
    count: int
    pay_on: date
    sealed: str
    sha256: str
    reason: str | None = None
    asked_at: datetime
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    created_at: datetime


class BatchLine(Record, kw_only=True, frozen=True):
    """One payout in a batch; the id is its EndToEndId."""

    TABLE: ClassVar[str] = "payout_batch_lines"

    batch_id: str
    payout_id: str
    amount: int
    status: str
    reason: str | None = None
    created_at: datetime


class BankFile(Record, kw_only=True, frozen=True):
    """A file that the bank gave us: read, or refused whole with a reason."""

    TABLE: ClassVar[str] = "bank_files"

    position: int | None = None
    name: str
    message: str | None = None
    message_id: str | None = None
    status: str
    refusal: str | None = None
    detail: str | None = None
    sealed: str
    sha256: str
    received_at: datetime
    created_at: datetime


class Statement(Record, kw_only=True, frozen=True):
    """A day of the account, with both balances."""

    TABLE: ClassVar[str] = "bank_statements"

    file_id: str
    iban: str
    currency: str
    statement_id: str
    number: int | None = None
    day: date
    opening: int
    closing: int
    count: int
    created_at: datetime


class BankLine(Record, kw_only=True, frozen=True):
    """One movement of the account: matched to what it is, or unmatched with the reason."""

    TABLE: ClassVar[str] = "bank_lines"

    iban: str
    bank_reference: str
    file_id: str
    statement_id: str | None = None
    amount: int
    currency: str
    booked_on: date
    value_on: date
    code: str
    end_to_end_id: str | None = None
    return_reason: str | None = None
    counterparty: str | None = None
    text: str | None = None
    status: str = "unmatched"
    reason: str | None = None
    matched_as: str | None = None
    matched_to: str | None = None
    matched_at: datetime | None = None
    created_at: datetime


class Settlement(Record, kw_only=True, frozen=True):
    """What a network said that it pays for a day; `received` when the bank's line came in.

    `scheme` is the fee that it keeps, `reckoned` what its payments' charges froze for it.
    """

    TABLE: ClassVar[str] = "network_settlements"

    position: int
    reference: str
    network: str
    day: date
    currency: str
    gross: int
    interchange: int
    count: int
    status: str = "reported"
    received_at: datetime | None = None
    created_at: datetime
    scheme: int = 0
    reckoned: int = 0
    scheme_accepted: int = 0
    interchange_accepted: int = 0

    @property
    def net(self) -> int:
        """What reaches the bank."""
        return self.gross - self.interchange - self.scheme


class Finding(Record, kw_only=True, frozen=True):
    """What a person has to look at; while it is open and `freezes`, its account is not paid out."""

    TABLE: ClassVar[str] = "findings"
    SINCE: ClassVar[str] = "found_at"

    kind: str
    about: str
    account_id: str | None = None
    amount: int | None = None
    currency: str | None = None
    detail: str
    freezes: bool = False
    status: str = "open"
    closed_by: str | None = None
    answer: str | None = None
    found_at: datetime
    closed_at: datetime | None = None


class Proof(Record, kw_only=True, frozen=True):
    """A day's safeguarding proof: what is there, what is owed, and each term of both."""

    TABLE: ClassVar[str] = "safeguarding_proofs"

    day: date
    currency: str
    terms: dict[str, int]
    there: int
    owed: int
    difference: int
    explained: list[dict[str, Any]]
    created_at: datetime


class Deed(Record, kw_only=True, frozen=True):
    """What an officer did by hand, or proposes to a `second`; see desk.py for the kinds.

    Both are known by their keys (`officer_key`, `second_key`), since there are such keys.
    """

    TABLE: ClassVar[str] = "desk_deeds"

    kind: str
    about: str
    target: str | None = None
    amount: int | None = None
    currency: str | None = None
    note: str
    status: str
    officer: str
    by_two: bool
    second: str | None = None
    created_at: datetime
    ended_at: datetime | None = None
    officer_id: str | None = None
    officer_key: str | None = None
    second_id: str | None = None
    second_key: str | None = None
