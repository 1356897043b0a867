"""What `ledger/wire.py` renders."""

from typing import Literal, TypedDict

from maalem.payments.shapes import Currency, Never, SourceId, Timestamp


class FeeDetail(TypedDict):
    """A part of a fee; the parts add up to it."""

    amount: int
    application: str | None
    currency: Currency
    description: str
    type: Literal["application_fee", "payment_method_passthrough_fee", "stripe_fee", "tax"]


class BalanceTransaction(TypedDict):
    """A line of an account's balance."""

    id: str
    object: Literal["balance_transaction"]
    amount: int
    available_on: Timestamp
    balance_type: Literal["payments"]
    created: Timestamp
    currency: Currency
    description: str | None
    exchange_rate: Never
    fee: int
    fee_details: list[FeeDetail]
    net: int
    reporting_category: str
    source: SourceId | None
    status: Literal["available", "pending"]
    type: str


class SourceTypes(TypedDict):
    card: int


class BalanceAmount(TypedDict):
    amount: int
    currency: Currency
    source_types: SourceTypes


class Balance(TypedDict):
    """What an account has. `available` is less what it owes, and may be below zero."""

    object: Literal["balance"]
    available: list[BalanceAmount]
    connect_reserved: list[BalanceAmount]
    instant_available: list[BalanceAmount]
    livemode: bool
    pending: list[BalanceAmount]
