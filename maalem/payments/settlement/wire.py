"""Bank accounts, payouts and reserves as the wire shows them."""

from datetime import UTC, datetime, time
from typing import Any

import msgspec

from maalem.payments.mode import livemode
from maalem.payments.records import epoch
from maalem.payments.settlement.records import (
    Approval,
    BankToken,
    Condition,
    ExternalAccount,
    Payout,
    Reserve,
    Rule,
    Schedule,
)

_NOTHING_DUE: dict[str, Any] = {
    "currently_due": [],
    "errors": [],
    "past_due": [],
    "pending_verification": [],
}


def external_account(record: ExternalAccount) -> dict[str, Any]:
    """The `bank_account` object. `payouts_from` (ours) is when the first payout may go there."""
    if record.deleted:
        return {
            "id": record.id,
            "object": "bank_account",
            "currency": record.currency,
            "deleted": True,
        }
    return {
        "id": record.id,
        "object": "bank_account",
        "account": record.account_id,
        **_bank(record),
        "available_payout_methods": ["standard"],
        "default_for_currency": record.default_for_currency,
        "future_requirements": _NOTHING_DUE,
        "metadata": record.metadata,
        "payouts_from": epoch(record.usable_from),
        "requirements": _requirements(record),
        "status": record.status,
    }


def bank_token(record: BankToken) -> dict[str, Any]:
    """The `token` object, with its bank account."""
    return {
        "id": record.id,
        "object": "token",
        "type": "bank_account",
        "bank_account": {
            "id": "ba_" + record.id.removeprefix("btok_"),
            "object": "bank_account",
            **_bank(record),
            "status": "new",
        },
        "client_ip": None,
        "created": epoch(record.created_at),
        "livemode": livemode(),
        "used": record.used,
    }


def payout(record: Payout) -> dict[str, Any]:
    """The `payout` object. `approvals` and `failure_reason` (the bank's own code) are ours."""
    day = datetime.combine(record.arrival_date, time(), UTC)
    return {
        "id": record.id,
        "object": "payout",
        "amount": record.amount,
        "application_fee": None,
        "application_fee_amount": None,
        "approvals": {"needed": record.approvals_needed, "given": record.approvals},
        "arrival_date": epoch(day),
        "automatic": record.automatic,
        "balance_transaction": record.balance_transaction_id,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "description": record.description,
        "destination": record.destination_id,
        "failure_balance_transaction": record.failure_balance_transaction_id,
        "failure_code": record.failure_code,
        "failure_message": record.failure_message,
        "failure_reason": record.failure_reason,
        "livemode": livemode(),
        "metadata": record.metadata,
        "method": record.method,
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress" if record.automatic else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": record.statement_descriptor,
        "status": record.status,
        "trace_id": _trace(record),
        "type": "bank_account",
    }


def approval(record: Approval) -> dict[str, Any]:
    """An officer's yes (ours)."""
    return {
        "id": record.id,
        "object": "payout_approval",
        "approver": record.approver,
        "created": epoch(record.created_at),
        "key": record.key_id,
        "livemode": livemode(),
        "officer": record.officer_id,
        "payout": record.payout_id,
        "set_aside": record.set_aside,
    }


def reserve(record: Reserve) -> dict[str, Any]:
    """Money kept back by a published rule (ours)."""
    return {
        "id": record.id,
        "object": "reserve",
        "account": record.account_id,
        "amount": record.amount,
        "balance_transaction": record.hold_transaction_id,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "livemode": livemode(),
        "reason": record.reason,
        "release_balance_transaction": record.release_transaction_id,
        "rule": record.rule_id,
        "status": record.status,
        "until": epoch(record.until),
    }


def rule(record: Rule, condition: Condition) -> dict[str, Any]:
    """A published rule of reserves (ours), with when it applies."""
    return {
        "id": record.id,
        "object": "reserve_rule",
        "condition": msgspec.structs.asdict(condition),
        "days": record.days,
        "livemode": livemode(),
        "published_on": record.published_on.isoformat(),
        "reason": record.reason,
        "share_bps": record.share_bps,
        "withdrawn_on": record.withdrawn_on.isoformat() if record.withdrawn_on else None,
    }


def payout_settings(record: Schedule) -> dict[str, Any]:
    """`settings[payouts]` of an account."""
    schedule: dict[str, Any] = {"delay_days": record.delay_days, "interval": record.interval}
    if record.weekly_anchor is not None:
        schedule["weekly_anchor"] = record.weekly_anchor
        schedule["weekly_payout_days"] = [record.weekly_anchor]
    if record.monthly_anchor is not None:
        schedule["monthly_anchor"] = record.monthly_anchor
        schedule["monthly_payout_days"] = [record.monthly_anchor]
    return {
        "debit_negative_balances": False,
        "schedule": schedule,
        "statement_descriptor": record.statement_descriptor,
    }


def _bank(record: ExternalAccount | BankToken) -> dict[str, Any]:
    return {
        "account_holder_name": record.holder_name,
        "account_holder_type": record.holder_type,
        "account_type": None,
        "bank_name": record.bank_name,
        "country": record.country,
        "currency": record.currency,
        "fingerprint": record.fingerprint,
        "last4": record.last4,
        "routing_number": record.bank_code + record.place_code,
    }


def _requirements(record: ExternalAccount) -> dict[str, Any]:
    if record.status != "errored":
        return _NOTHING_DUE
    error = {
        "code": "external_account_failed_payout",
        "reason": record.failure_reason,
        "requirement": f"external_accounts.{record.id}",
    }
    return {**_NOTHING_DUE, "currently_due": ["external_account"], "errors": [error]}


def _trace(record: Payout) -> dict[str, Any]:
    if record.bank_reference:
        return {"status": "supported", "value": record.bank_reference}
    over = record.status in ("failed", "canceled")
    return {"status": "unsupported" if over else "pending", "value": None}
