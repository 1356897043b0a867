"""What leaves for a bank: bank accounts, schedules, payouts, approvals, reserves.

Amounts are minor units. The number of a bank account is in the vault, under `vault_token`.
"""

from datetime import date, datetime
from typing import ClassVar

import msgspec

from maalem.payments.records import Record


class ExternalAccount(Record, kw_only=True, frozen=True):
    """An owner's account at a bank. No payout goes there before `usable_from`."""

    TABLE: ClassVar[str] = "external_accounts"

    account_id: str
    vault_token: str
    fingerprint: str
    country: str = "MA"
    currency: str = "mad"
    bank_code: str
    place_code: str
    bank_name: str | None = None
    last4: str
    holder_name: str | None = None
    holder_type: str | None = None
    status: str = "new"
    default_for_currency: bool = False
    usable_from: datetime
    failure_code: str | None = None
    failure_reason: str | None = None
    deleted: bool = False
    metadata: dict[str, str]
    created_at: datetime


class BankToken(Record, kw_only=True, frozen=True):
    """A bank account's number, to be used once."""

    TABLE: ClassVar[str] = "bank_tokens"

    account_id: str
    vault_token: str
    fingerprint: str
    country: str = "MA"
    currency: str = "mad"
    bank_code: str
    place_code: str
    bank_name: str | None = None
    last4: str
    holder_name: str | None = None
    holder_type: str | None = None
    used: bool = False
    created_at: datetime


class Schedule(Record, kw_only=True, frozen=True):
    """When an account (of the same id) is paid out by itself, and from which amount on."""

    TABLE: ClassVar[str] = "payout_schedules"

    interval: str
    delay_days: int
    weekly_anchor: str | None = None
    monthly_anchor: int | None = None
    minimum_amount: int
    statement_descriptor: str | None = None
    created_at: datetime


class Run(Record, kw_only=True, frozen=True):
    """A day (its id, `2026-03-02`) whose scheduled payouts have all been made."""

    TABLE: ClassVar[str] = "payout_runs"

    created_at: datetime


class Payout(Record, kw_only=True, frozen=True):
    """Money on its way from an owner's balance to her bank account.

    `batch_id` is the bank file that it went with, `bank_reference` what the bank said when it
    was paid, `return_reference` what it said when the money came back; `failure_reason` is the
    bank's own code (ISO 20022), `failure_code` the wire's. What a scheduled one carries:
    settlement/carried.py.
    """

    TABLE: ClassVar[str] = "payouts"

    account_id: str
    destination_id: str
    amount: int
    currency: str
    status: str = "pending"
    automatic: bool = False
    method: str = "standard"
    arrival_date: date
    scheduled_for: date | None = None
    description: str | None = None
    statement_descriptor: str | None = None
    approvals_needed: int = 0
    approvals: int = 0
    balance_transaction_id: str
    failure_balance_transaction_id: str | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    failure_reason: str | None = None
    batch_id: str | None = None
    bank_reference: str | None = None
    return_reference: str | None = None
    sent_at: datetime | None = None
    paid_at: datetime | None = None
    ended_at: datetime | None = None
    metadata: dict[str, str]
    request_id: str | None = None
    idempotency_key: str | None = None
    created_at: datetime
    carries_until: datetime | None = None
    young_after: datetime | None = None


class Approval(Record, kw_only=True, frozen=True):
    """An officer's yes to a large payout, and her key, that it came in with.

    `set_aside`: it does not count, because the key was ended before the payout left, or because it
    was said when officers had no keys.
    """

    TABLE: ClassVar[str] = "payout_approvals"

    account_id: str
    payout_id: str
    approver: str
    request_id: str | None = None
    created_at: datetime
    key_id: str | None = None
    officer_id: str | None = None
    set_aside: bool = False


class Rule(Record, kw_only=True, frozen=True):
    """A published rule: which share is kept back, why, and for how many days."""

    TABLE: ClassVar[str] = "reserve_rules"

    reason: str
    share_bps: int
    days: int
    published_on: date
    withdrawn_on: date | None = None


class Condition(msgspec.Struct, frozen=True):
    """When a rule applies: `measure` above `more_than`, over `window_days` where it is a share."""

    measure: str
    more_than: int | None = None
    window_days: int | None = None


class Reserve(Record, kw_only=True, frozen=True):
    """Money that an owner may not spend before `until`, by a published rule."""

    TABLE: ClassVar[str] = "reserves"

    account_id: str
    rule_id: str
    reason: str
    share_bps: int
    amount: int
    currency: str
    status: str = "held"
    until: datetime
    hold_transaction_id: str
    release_transaction_id: str | None = None
    released_at: datetime | None = None
    created_at: datetime
