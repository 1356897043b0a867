"""Destination payments, application fees and their refunds as the wire shows them."""

from collections.abc import Sequence
from typing import Any

from maalem.payments.acquiring.connect.records import (
    ApplicationFee,
    DestinationPayment,
    FeeRefund,
    PaymentRefund,
)
from maalem.payments.mode import livemode
from maalem.payments.records import epoch

SHOWN_MAX = 10


def payment(record: DestinationPayment) -> dict[str, Any]:
    """The destination's payment: a `charge` object without a payer of its own."""
    empty = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {
        "id": record.id,
        "object": "charge",
        "amount": record.amount,
        "amount_captured": record.amount,
        "amount_refunded": record.amount_refunded,
        "application": None,
        "application_fee": record.application_fee_id,
        "application_fee_amount": record.application_fee_amount,
        "balance_transaction": record.balance_transaction_id,
        "billing_details": {"name": None, "email": None, "phone": None, "address": empty},
        "calculated_statement_descriptor": None,
        "captured": True,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "customer": None,
        "description": record.description,
        "destination": None,
        "dispute": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": livemode(),
        "metadata": record.metadata,
        "on_behalf_of": None,
        "outcome": None,
        "paid": True,
        "payment_intent": None,
        "payment_method": None,
        "payment_method_details": {"type": "stripe_account", "stripe_account": {}},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": record.amount == record.amount_refunded,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": record.transfer_id,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer": None,
        "transfer_data": None,
        "transfer_group": record.transfer_group,
    }


def payment_refund(record: PaymentRefund) -> dict[str, Any]:
    """The destination's side of a reversal: a `refund` object."""
    return {
        "id": record.id,
        "object": "refund",
        "amount": record.amount,
        "balance_transaction": record.balance_transaction_id,
        "charge": record.payment_id,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "failure_balance_transaction": None,
        "failure_reason": None,
        "metadata": record.metadata,
        "payment_intent": None,
        "pending_reason": None,
        "reason": record.reason,
        "receipt_number": None,
        "source_transfer_reversal": record.reversal_id,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def application_fee(record: ApplicationFee, refunds: Sequence[FeeRefund]) -> dict[str, Any]:
    """The `application_fee` object with its newest refunds."""
    return {
        "id": record.id,
        "object": "application_fee",
        "account": record.payer_account_id,
        "amount": record.amount,
        "amount_refunded": record.amount_refunded,
        "application": application(record.account_id),
        "balance_transaction": record.balance_transaction_id,
        "charge": record.charge_id,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "fee_source": {"type": "charge", "charge": record.charge_id},
        "livemode": livemode(),
        "originating_transaction": record.originating_charge_id,
        "refunded": record.amount == record.amount_refunded,
        "refunds": {
            "object": "list",
            "data": [fee_refund(item) for item in refunds[:SHOWN_MAX]],
            "has_more": len(refunds) > SHOWN_MAX,
            "total_count": len(refunds),
            "url": f"/v1/application_fees/{record.id}/refunds",
        },
    }


def application(platform_id: str) -> str:
    """The id under which a platform's application stands on the wire; it is no object here."""
    return "ca_" + platform_id.removeprefix("acct_")


def fee_refund(record: FeeRefund) -> dict[str, Any]:
    """The `fee_refund` object."""
    return {
        "id": record.id,
        "object": "fee_refund",
        "amount": record.amount,
        "balance_transaction": record.balance_transaction_id,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "fee": record.fee_id,
        "metadata": record.metadata,
    }
