"""A statement's record, and its lines as they are printed. Amounts are minor units."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from maalem.payments.records import Record


class Statement(Record, kw_only=True, frozen=True):
    """What was told of a period: both days count. `holder` is how the account was called then."""

    TABLE: ClassVar[str] = "statements"

    account_id: str
    currency: str
    period_start: date
    period_end: date
    opening: int
    closing: int
    line_count: int
    digest: str
    holder: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `gross` and `net` are negative where money left; `balance` is after the line.

    `bank` is the account that a payout went to: `Attijariwafa Bank •••• 0123`.
    """

    id: str
    at: datetime
    available_on: datetime
    type: str
    source: str
    description: str
    gross: int
    fee: int
    net: int
    balance: int
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A period's lines between what stood before and what stands after."""

    opening: int
    closing: int
    entries: tuple[Entry, ...]
