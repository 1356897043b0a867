"""What `settlement/wire.py` renders, and accounts with where they are paid."""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from maalem.payments.accounts.shapes import AccountParts
from maalem.payments.accounts.shapes import Card as Card
from maalem.payments.settlement.states import ExternalAccountStatus, PayoutStatus, ReserveStatus
from maalem.payments.shapes import (
    AccountId,
    BankAccountId,
    Country,
    Currency,
    LineId,
    Metadata,
    Never,
    Timestamp,
)

Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class BankParts(TypedDict):
    account_holder_name: str | None
    account_holder_type: Literal["individual", "company"] | None
    account_type: Never
    bank_name: str | None
    country: Country
    currency: Currency
    fingerprint: str
    last4: str
    routing_number: str


class BankRequirementError(TypedDict):
    code: str
    reason: str | None
    requirement: str


class BankRequirements(TypedDict):
    currently_due: list[str]
    errors: list[BankRequirementError]
    past_due: list[str]
    pending_verification: list[str]


class BankAccount(BankParts):
    """Where an account is paid. `payouts_from` (ours) is when the first payout may go there."""

    id: str
    object: Literal["bank_account"]
    account: AccountId
    available_payout_methods: list[Literal["standard"]]
    default_for_currency: bool
    future_requirements: BankRequirements
    metadata: Metadata
    payouts_from: Timestamp
    requirements: BankRequirements
    status: ExternalAccountStatus


class DeletedBankAccount(TypedDict):
    id: str
    object: Literal["bank_account"]
    currency: Currency
    deleted: Literal[True]


class TokenBankAccount(BankParts):
    """A bank account that is nobody's yet."""

    id: str
    object: Annotated[str, Meta(pattern="^bank_account$")]
    status: Literal["new"]


class Token(TypedDict):
    """A card or a bank account, to be used once."""

    id: str
    object: Literal["token"]
    type: Literal["card", "bank_account"]
    card: NotRequired[Card]
    bank_account: NotRequired[TokenBankAccount]
    client_ip: Never
    created: Timestamp
    livemode: bool
    used: bool


class ExternalAccounts(TypedDict):
    object: Literal["list"]
    data: list[BankAccount]
    has_more: bool
    url: str


class PayoutPlan(TypedDict):
    delay_days: int
    interval: Literal["manual", "daily", "weekly", "monthly"]
    weekly_anchor: NotRequired[str]
    weekly_payout_days: NotRequired[list[str]]
    monthly_anchor: NotRequired[int]
    monthly_payout_days: NotRequired[list[int]]


class PayoutSettings(TypedDict):
    debit_negative_balances: bool
    schedule: PayoutPlan
    statement_descriptor: str | None


class AccountSettings(TypedDict):
    payouts: PayoutSettings


class Account(AccountParts):
    """The platform itself, or somebody it pays. `level` is ours."""

    object: Literal["account"]
    external_accounts: ExternalAccounts
    settings: AccountSettings


class PayoutApprovals(TypedDict):
    """How many officers have to say yes (ours), and how many have."""

    needed: int
    given: int


class PayoutTrace(TypedDict):
    status: Literal["pending", "supported", "unsupported"]
    value: str | None


class Payout(TypedDict):
    """Money on its way to a bank account."""

    id: str
    object: Literal["payout"]
    amount: int
    application_fee: Never
    application_fee_amount: Never
    approvals: PayoutApprovals
    arrival_date: Timestamp
    automatic: bool
    balance_transaction: LineId | None
    created: Timestamp
    currency: Currency
    description: str | None
    destination: BankAccountId | None
    failure_balance_transaction: LineId | None
    failure_code: str | None
    failure_message: str | None
    failure_reason: str | None
    livemode: bool
    metadata: Metadata
    method: Literal["standard"]
    original_payout: Never
    payout_method: Never
    reconciliation_status: Literal["in_progress", "not_applicable"]
    reversed_by: Never
    source_type: Literal["card"]
    statement_descriptor: str | None
    status: PayoutStatus
    trace_id: PayoutTrace
    type: Literal["bank_account"]


class PayoutApproval(TypedDict):
    """An officer's yes (ours)."""

    id: str
    object: Literal["payout_approval"]
    approver: str
    created: Timestamp
    key: str | None
    livemode: bool
    officer: str | None
    payout: str
    set_aside: bool


class Reserve(TypedDict):
    """Money kept back by a published rule (ours)."""

    id: str
    object: Literal["reserve"]
    account: AccountId
    amount: int
    balance_transaction: LineId | None
    created: Timestamp
    currency: Currency
    livemode: bool
    reason: str
    release_balance_transaction: LineId | None
    rule: str
    status: ReserveStatus
    until: Timestamp


class ReserveCondition(TypedDict):
    """When a rule applies: `measure` above `more_than`, a share of the last `window_days`."""

    measure: Literal["disputed_share_bps", "refunded_share_bps", "delivery_days", "account_closing"]
    more_than: int | None
    window_days: int | None


class ReserveRule(TypedDict):
    """A published rule of reserves (ours)."""

    id: str
    object: Literal["reserve_rule"]
    condition: ReserveCondition
    days: int
    livemode: bool
    published_on: Day
    reason: str
    share_bps: int
    withdrawn_on: Day | None


class FileLink(TypedDict):
    """Where one form of a statement is fetched, for a while."""

    object: Literal["file_link"]
    bom: bool
    expires_at: Timestamp
    format: Literal["csv", "pdf"]
    locale: Literal["ar", "en", "fr"] | None
    url: str


class Statement(TypedDict):
    """A period of an account's balance (ours). In a list it stands without its files."""

    id: str
    object: Literal["statement"]
    account: AccountId
    closing_balance: int
    created: Timestamp
    currency: Currency
    digest: str
    files: NotRequired[list[FileLink]]
    line_count: int
    livemode: bool
    opening_balance: int
    period_end: Day
    period_start: Day
