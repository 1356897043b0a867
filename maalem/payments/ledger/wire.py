"""Balance and balance transactions as the wire shows them."""

from typing import Any

from maalem.payments.ledger.balances import Balance
from maalem.payments.ledger.records import BalanceTransaction
from maalem.payments.mode import livemode
from maalem.payments.records import epoch

_CATEGORY = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
}

_FEES = {
    "application_fee": "Application fee",
    "payment_method_passthrough_fee": "Network's fee",
    "stripe_fee": "Processing fee",
    "tax": "Tax on fees",
}


def balance_transaction(record: BalanceTransaction) -> dict[str, Any]:
    """The `balance_transaction` object."""
    return {
        "id": record.id,
        "object": "balance_transaction",
        "amount": record.amount,
        "available_on": epoch(record.available_on),
        "balance_type": "payments",
        "created": epoch(record.created_at),
        "currency": record.currency,
        "description": record.description,
        "exchange_rate": None,
        "fee": record.fee,
        "fee_details": _fee_details(record),
        "net": record.net,
        "reporting_category": _CATEGORY.get(record.type, record.type),
        "source": record.source_id,
        "status": record.status,
        "type": record.type,
    }


def _fee_details(record: BalanceTransaction) -> list[dict[str, Any]]:
    """The parts of the fee, which add up to it; the type names are Stripe's."""
    parts = record.fee_details
    if parts is None:
        parts = [{"amount": record.fee}] if record.fee else []
    return [
        {
            "amount": part["amount"],
            "application": part.get("application"),
            "currency": record.currency,
            "description": part.get("description") or _FEES[part.get("type", "stripe_fee")],
            "type": part.get("type", "stripe_fee"),
        }
        for part in parts
    ]


def balance(has: Balance) -> dict[str, Any]:
    """The `balance` object. `available` is less what the owner owes us, so it may be below zero;
    what a rule keeps back stands under `connect_reserved`. Nothing is paid out in an instant."""
    currencies = sorted(has.pending.keys() | has.available.keys() | has.owed.keys()) or ["mad"]
    return {
        "object": "balance",
        "available": [_amount(has.free(c), c) for c in currencies],
        "connect_reserved": [_amount(has.reserved.get(c, 0), c) for c in currencies],
        "instant_available": [_amount(0, c) for c in currencies],
        "livemode": livemode(),
        "pending": [_amount(has.pending.get(c, 0), c) for c in currencies],
    }


def _amount(amount: int, currency: str) -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
