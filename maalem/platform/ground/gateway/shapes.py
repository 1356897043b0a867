"""What the gateway answers: frozen, typed, and in our words. Amounts are whole minor units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Line:
    """One line the payer reads on the payment page: `unit_minor` each, `quantity` of them."""

    name: str
    unit_minor: int
    quantity: int = 1
    currency: str = "MAD"


@dataclass(frozen=True)
class Account:
    """An artisan's account at the institution."""

    id: str


@dataclass(frozen=True)
class Session:
    """A visit to the payment page. `status` open|complete|expired, `payment_status` unpaid|paid.

    `url` is empty once the session is no longer open; `reference` is our order group's number.
    """

    id: str
    status: str
    payment_status: str
    amount_minor: int
    currency: str
    url: str = ""
    intent: str = ""
    reference: str = ""

    @property
    def is_paid(self) -> bool:
        return self.status == "complete" and self.payment_status == "paid"


@dataclass(frozen=True)
class Intent:
    """A payment. `status` in Stripe's words; `charge` is the last charge, empty before one."""

    id: str
    status: str
    amount_minor: int
    received_minor: int
    currency: str
    charge: str = ""
    group: str = ""
    metadata: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    decline_code: str = ""


@dataclass(frozen=True)
class Transfer:
    """Money moved from the platform's balance to an artisan's account."""

    id: str
    amount_minor: int
    currency: str
    destination: str
    group: str = ""


@dataclass(frozen=True)
class Reversal:
    """Part or all of a transfer taken back."""

    id: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class Refund:
    """Money on its way back to the payer. `status` pending|succeeded|failed|canceled."""

    id: str
    status: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class Balance:
    """What an account holds in `currency`: to be had now, and not yet."""

    available_minor: int
    pending_minor: int
    currency: str = "MAD"


@dataclass(frozen=True)
class Transaction:
    """A line of an account's statement; `net_minor` = `amount_minor` - `fee_minor`.

    `group` is the order group's number and `order` the order's, where the institution knows them.
    """

    id: str
    kind: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    status: str
    created_at: datetime
    available_at: datetime
    source: str = ""
    group: str = ""
    order: str = ""


@dataclass(frozen=True)
class Page:
    """Part of a statement, newest first; pass `next_after` to get what comes after it."""

    transactions: tuple[Transaction, ...]
    next_after: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened at the institution, vouched for by its signature.

    `object` is the thing it happened to, as plain data on the wire's names.
    """

    id: str
    type: str
    created_at: datetime
    object: Mapping[str, Any]
    account: str = ""
