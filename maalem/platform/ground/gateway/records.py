"""What an account's owner or an officer reads of payments: frozen, typed, in our words.

Amounts are whole minor units, times are aware. Stripe's words for states stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Fee:
    """A part of what a movement cost. `kind` in Stripe's words, `words` for a human being."""

    kind: str
    amount_minor: int
    words: str = ""


@dataclass(frozen=True)
class Movement:
    """What a thing did to the balance: `net_minor` = `amount_minor` - `fee_minor`."""

    id: str
    kind: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    created_at: datetime
    available_at: datetime
    fees: tuple[Fee, ...] = ()
    source: str = ""
    currency: str = "MAD"
    is_available: bool = False


@dataclass(frozen=True)
class Charge:
    """A try to pay, or (`method` is `passed_on`) what the platform handed to an artisan.

    `status` is succeeded|pending|failed; `group` is the order group's number.
    """

    id: str
    status: str
    amount_minor: int
    captured_minor: int
    refunded_minor: int
    currency: str
    captured: bool
    created_at: datetime
    intent: str = ""
    group: str = ""
    receipt: str = ""
    method: str = ""
    brand: str = ""
    last4: str = ""
    payer: str = ""
    email: str = ""
    decline: str = ""
    dispute: str = ""
    transfer: str = ""
    movement: Movement | None = None

    @property
    def left_minor(self) -> int:
        """What could still be given back."""
        return max(0, self.captured_minor - self.refunded_minor)


@dataclass(frozen=True)
class Charges:
    """Part of a list, newest first; pass `next_after` to get what comes after it."""

    charges: tuple[Charge, ...]
    next_after: str = ""


@dataclass(frozen=True)
class Returned:
    """Money on its way back to the payer. `status` pending|succeeded|failed|canceled.

    `movement` is what it did to the balance, and `came_back` what it did when it never arrived.
    """

    id: str
    status: str
    amount_minor: int
    currency: str
    created_at: datetime
    reason: str = ""
    movement: Movement | None = None
    came_back: Movement | None = None


@dataclass(frozen=True)
class Share:
    """What was passed on of a payment to an artisan's account."""

    id: str
    amount_minor: int
    taken_back_minor: int
    currency: str
    destination: str
    created_at: datetime
    group: str = ""


@dataclass(frozen=True)
class Dispute:
    """A payer's bank wants money back; answer by `due_at`.

    An `is_inquiry` only asks: no money has gone. `evidence` is what was laid by so far, in
    Stripe's words; `movements` are what it did to the balance, the oldest first.
    """

    id: str
    status: str
    reason: str
    amount_minor: int
    currency: str
    created_at: datetime
    due_at: datetime | None = None
    charge: str = ""
    is_inquiry: bool = False
    is_late: bool = False
    answers: int = 0
    evidence: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    movements: tuple[Movement, ...] = ()

    @property
    def may_be_answered(self) -> bool:
        return self.status in ("needs_response", "warning_needs_response")

    @property
    def is_over(self) -> bool:
        return self.status in ("won", "lost", "warning_closed", "prevented")

    @property
    def fee_minor(self) -> int:
        """What the case cost, whoever wins it."""
        return sum(line.fee_minor for line in self.movements)


@dataclass(frozen=True)
class Disputes:
    """Part of a list, newest first; pass `next_after` to get what comes after it."""

    disputes: tuple[Dispute, ...]
    next_after: str = ""


@dataclass(frozen=True)
class Document:
    """A document that was uploaded as evidence; `size` in bytes."""

    id: str
    name: str
    size: int


@dataclass(frozen=True)
class Told:
    """An event that was told about `object`; `waiting` receivers have not heard it yet."""

    id: str
    type: str
    object: str
    created_at: datetime
    request: str = ""
    waiting: int = 0


@dataclass(frozen=True)
class Payout:
    """Money to a bank account. `status` pending|in_transit|paid|failed|canceled.

    `failure` is Stripe's code for why a bank did not take it; `missing` approvals are to come.
    """

    id: str
    status: str
    amount_minor: int
    currency: str
    arrives_on: date
    created_at: datetime
    failure: str = ""
    reference: str = ""
    missing: int = 0
    is_automatic: bool = False
    bank: str = ""


@dataclass(frozen=True)
class Yes:
    """An officer's yes to a large payout; one that does not count was set aside."""

    officer: str
    said_at: datetime
    counts: bool = True


@dataclass(frozen=True)
class Payouts:
    """Part of a list, newest first; pass `next_after` to get what comes after it."""

    payouts: tuple[Payout, ...]
    next_after: str = ""


@dataclass(frozen=True)
class Bank:
    """A bank account that payouts go to. Nothing goes there before `payouts_from`.

    `status` is new|validated|verification_failed|errored, in Stripe's words.
    """

    id: str
    name: str
    last4: str
    holder: str
    status: str
    is_default: bool
    payouts_from: datetime | None = None


@dataclass(frozen=True)
class Statement:
    """A paper of account for a period that is over. `links` are addresses by `pdf-fr`, `csv`…"""

    id: str
    first: date
    last: date
    links: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True)
class Review:
    """A payment that went through and that a person should look at, and by which rule."""

    id: str
    charge: str
    intent: str
    is_open: bool
    reason: str
    created_at: datetime
    closed: str = ""


@dataclass(frozen=True)
class Reserve:
    """Money kept back by the published `rule` until `until`. `status` held|released."""

    id: str
    status: str
    amount_minor: int
    currency: str
    rule: str
    until: datetime | None


@dataclass(frozen=True)
class Holdings:
    """An account's money now, and the way it goes out.

    `available_minor` is below zero where its owner owes us. `interval` is Stripe's word for how
    often it is paid out (manual|daily|weekly|monthly), empty where it is not known.
    """

    available_minor: int
    pending_minor: int
    kept_minor: int
    currency: str = "MAD"
    interval: str = ""
    anchor: str = ""
    bank: str = ""
    bank_last4: str = ""

    @property
    def owed_minor(self) -> int:
        return max(0, -self.available_minor)


@dataclass(frozen=True)
class Story:
    """Everything around one payment, for its page."""

    charge: Charge
    begun_at: datetime | None = None
    cancelled_at: datetime | None = None
    tries: tuple[Charge, ...] = ()
    refunds: tuple[Returned, ...] = ()
    shares: tuple[Share, ...] = ()
    dispute: Dispute | None = None
    told: tuple[Told, ...] = field(default=())


@dataclass(frozen=True)
class Key:
    """An API key as it may be shown. `kind` secret|publishable|restricted, `status`
    active|expired|revoked; `permissions` are levels by kind of object. `secret` is there once."""

    id: str
    kind: str
    name: str
    hint: str
    status: str
    created_at: datetime
    used_at: datetime | None = None
    ends_at: datetime | None = None
    permissions: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    secret: str = ""


@dataclass(frozen=True)
class Endpoint:
    """Where a program hears of what happens. `secret` is there once."""

    id: str
    url: str
    events: tuple[str, ...]
    is_on: bool
    created_at: datetime
    words: str = ""
    secret: str = ""

    @property
    def hears_all(self) -> bool:
        return "*" in self.events


@dataclass(frozen=True)
class Health:
    """How an endpoint does: tries of a day, what waits, and since when it has been silent."""

    delivered: int
    failed: int
    waiting: int
    failing_since: datetime | None = None
    good_at: datetime | None = None
    stopped_by: str = ""
    old_secret_until: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """One try to tell an endpoint of an event. `answer` is the HTTP status, 0 for none.

    `next_at` is when the next try is due, where one is.
    """

    id: str
    event: str
    type: str
    about: str
    attempt: int
    is_heard: bool
    answer: int
    trouble: str
    created_at: datetime
    next_at: datetime | None = None


@dataclass(frozen=True)
class Deliveries:
    """Part of a list, newest first; pass `next_after` to get what comes after it."""

    deliveries: tuple[Delivery, ...]
    next_after: str = ""
