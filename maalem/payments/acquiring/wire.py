"""Intents, charges, refunds and transfers as the wire shows them."""

from typing import Any

from maalem.payments.acquiring.records import Charge, Intent, Refund, Reversal, Transfer
from maalem.payments.mode import livemode
from maalem.payments.records import epoch
from maalem.payments.risk.records import SCORES


def intent(record: Intent) -> dict[str, Any]:
    """The `payment_intent` object; what may be expanded stands as an id."""
    return {
        "id": record.id,
        "object": "payment_intent",
        "amount": record.amount,
        "amount_capturable": record.amount_capturable,
        "amount_details": {"tip": {}},
        "amount_received": record.amount_received,
        "application": None,
        "application_fee_amount": record.application_fee_amount,
        "automatic_payment_methods": record.automatic_payment_methods,
        "canceled_at": epoch(record.canceled_at),
        "cancellation_reason": record.cancellation_reason,
        "capture_method": record.capture_method,
        "client_secret": record.client_secret,
        "confirmation_method": record.confirmation_method,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "customer": record.customer_id,
        "description": record.description,
        "last_payment_error": record.last_payment_error,
        "latest_charge": record.latest_charge_id,
        "livemode": livemode(),
        "metadata": record.metadata,
        "next_action": record.next_action,
        "on_behalf_of": record.on_behalf_of,
        "payment_method": record.payment_method_id,
        "payment_method_configuration_details": None,
        "payment_method_options": record.payment_method_options or {},
        "payment_method_types": record.payment_method_types,
        "processing": None,
        "receipt_email": record.receipt_email,
        "review": record.review_id,
        "setup_future_usage": record.setup_future_usage,
        "shipping": record.shipping,
        "source": None,
        "statement_descriptor": record.statement_descriptor,
        "statement_descriptor_suffix": None,
        "status": record.status,
        "transfer_data": _transfer_data(record),
        "transfer_group": record.transfer_group,
    }


def _transfer_data(record: Intent | Charge) -> dict[str, Any] | None:
    if record.transfer_destination is None:
        return None
    return {"amount": record.transfer_amount, "destination": record.transfer_destination}


def charge(record: Charge) -> dict[str, Any]:
    """The `charge` object."""
    failed, details = record.status == "failed", record.details
    return {
        "id": record.id,
        "object": "charge",
        "amount": record.amount,
        "amount_captured": record.amount_captured,
        "amount_refunded": record.amount_refunded,
        "application": None,
        "application_fee": record.application_fee_id,
        "application_fee_amount": record.application_fee_amount,
        "balance_transaction": record.balance_transaction_id,
        "billing_details": _billing(details),
        "calculated_statement_descriptor": record.statement_descriptor,
        "captured": record.captured,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "customer": record.customer_id,
        "description": record.description,
        "destination": record.transfer_destination,
        "dispute": record.dispute_id,
        "disputed": record.dispute_id is not None,
        "failure_balance_transaction": None,
        "failure_code": record.failure_code,
        "failure_message": record.failure_message,
        "fraud_details": {},
        "livemode": livemode(),
        "metadata": record.metadata,
        "on_behalf_of": record.on_behalf_of,
        "outcome": _outcome(record),
        "paid": not failed,
        "payment_intent": record.intent_id,
        "payment_method": record.payment_method_id,
        "payment_method_details": {
            name: value for name, value in details.items() if name not in ("billing", "shipping")
        }
        or None,
        "receipt_email": record.receipt_email,
        "receipt_number": record.receipt_number,
        "receipt_url": None,
        "refunded": 0 < record.amount_captured == record.amount_refunded,
        "review": (record.risk or {}).get("review"),
        "shipping": details.get("shipping"),
        "source": None,
        "source_transfer": None,
        "statement_descriptor": record.statement_descriptor,
        "statement_descriptor_suffix": None,
        "status": record.status,
        "transfer": record.transfer_id,
        "transfer_data": _transfer_data(record),
        "transfer_group": record.transfer_group,
    }


def _outcome(record: Charge) -> dict[str, Any]:
    """What became of it and why: the network's word, or the rule's that came before."""
    risk: dict[str, Any] = record.risk or {}
    declined = record.status == "failed" and risk.get("type") != "blocked"
    return {
        "network_status": record.network_status,
        "network_decline_code": None,
        "reason": record.decline_code if declined else risk.get("reason"),
        "risk_level": record.risk_level,
        "risk_score": SCORES[record.risk_level],
        "rule": risk.get("rule"),
        "seller_message": (None if declined else risk.get("message"))
        or record.failure_message
        or "Payment complete.",
        "type": "issuer_declined" if declined else risk.get("type", "authorized"),
    }


def _billing(details: dict[str, Any]) -> dict[str, Any]:
    kept = details.get("billing") or {}
    return {
        "name": kept.get("name"),
        "email": kept.get("email"),
        "phone": kept.get("phone"),
        "address": kept.get("address")
        or dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")),
    }


def refund(record: Refund) -> dict[str, Any]:
    """The `refund` object."""
    return {
        "id": record.id,
        "object": "refund",
        "amount": record.amount,
        "balance_transaction": record.balance_transaction_id,
        "charge": record.charge_id,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "destination_details": {
            "type": record.rail,
            record.rail: {"type": "refund"} if record.rail == "card" else {},
        },
        "failure_balance_transaction": record.failure_balance_transaction_id,
        "failure_reason": record.failure_reason,
        "metadata": record.metadata,
        "payment_intent": record.intent_id,
        "pending_reason": "processing" if record.status == "pending" else None,
        "reason": record.reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": record.status,
        "transfer_reversal": record.transfer_reversal_id,
    }


def transfer(record: Transfer, reversals: list[Reversal] | None = None) -> dict[str, Any]:
    """The `transfer` object with its newest reversals."""
    return {
        "id": record.id,
        "object": "transfer",
        "amount": record.amount,
        "amount_reversed": record.amount_reversed,
        "balance_transaction": record.balance_transaction_id,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "description": record.description,
        "destination": record.destination_id,
        "destination_payment": record.destination_payment_id,
        "livemode": livemode(),
        "metadata": record.metadata,
        "reversals": {
            "object": "list",
            "data": [reversal(item) for item in (reversals or ())[:10]],
            "has_more": len(reversals or ()) > 10,
            "total_count": len(reversals or ()),
            "url": f"/v1/transfers/{record.id}/reversals",
        },
        "reversed": record.amount_reversed == record.amount,
        "source_transaction": record.source_charge_id,
        "source_type": "card",
        "transfer_group": record.transfer_group,
    }


def reversal(record: Reversal) -> dict[str, Any]:
    """The `transfer_reversal` object."""
    return {
        "id": record.id,
        "object": "transfer_reversal",
        "amount": record.amount,
        "balance_transaction": record.balance_transaction_id,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "destination_payment_refund": record.payment_refund_id,
        "metadata": record.metadata,
        "source_refund": record.source_refund_id,
        "transfer": record.transfer_id,
    }
