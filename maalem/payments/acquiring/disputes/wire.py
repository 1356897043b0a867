"""A dispute and an issuer's warning as the wire shows them."""

from typing import Any

from maalem.payments.acquiring.disputes.evidence import KEYS
from maalem.payments.acquiring.disputes.records import Dispute, FraudWarning
from maalem.payments.acquiring.disputes.states import DisputeStatus
from maalem.payments.acquiring.records import Charge
from maalem.payments.ledger import wire as ledger_wire
from maalem.payments.ledger.records import BalanceTransaction
from maalem.payments.mode import livemode
from maalem.payments.records import epoch

_REFUNDABLE = frozenset(
    {
        DisputeStatus.WARNING_NEEDS_RESPONSE,
        DisputeStatus.WARNING_UNDER_REVIEW,
        DisputeStatus.WARNING_CLOSED,
        DisputeStatus.WON,
    }
)


def dispute(record: Dispute, *, charge: Charge, lines: list[BalanceTransaction]) -> dict[str, Any]:
    """The `dispute` object; `lines` are those of its balance transactions, in order."""
    left = charge.amount_captured - charge.amount_refunded - charge.amount_disputed
    return {
        "id": record.id,
        "object": "dispute",
        "amount": record.amount,
        "balance_transactions": [ledger_wire.balance_transaction(item) for item in lines],
        "charge": record.charge_id,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "enhanced_eligibility_types": [],
        "evidence": {
            **dict.fromkeys(KEYS),
            **record.evidence,
            "enhanced_evidence": {},
        },
        "evidence_details": {
            "due_by": epoch(record.due_by),
            "enhanced_eligibility": {},
            "has_evidence": bool(record.evidence),
            "past_due": record.past_due,
            "submission_count": record.submission_count,
            "submission_method": "manual" if record.submission_count else "not_submitted",
        },
        "is_charge_refundable": record.status in _REFUNDABLE and left > 0,
        "livemode": livemode(),
        "metadata": record.metadata,
        "network_reason_code": record.network_reason_code,
        "payment_intent": record.intent_id,
        "payment_method_details": {
            "card": {
                "brand": record.brand or "unknown",
                "case_type": record.stage,
                "network": record.brand or "unknown",
                "network_reason_code": record.network_reason_code,
            },
            "type": "card",
        },
        "reason": record.reason,
        "status": record.status,
    }


def warning(record: FraudWarning, *, charge: Charge) -> dict[str, Any]:
    """The `radar.early_fraud_warning` object; with nothing left to refund nothing can be done."""
    left = charge.amount_captured - charge.amount_refunded
    return {
        "id": record.id,
        "object": "radar.early_fraud_warning",
        "actionable": charge.dispute_id is None and left > 0,
        "charge": record.charge_id,
        "created": epoch(record.created_at),
        "fraud_type": record.fraud_type,
        "livemode": livemode(),
        "payment_intent": record.intent_id,
    }
