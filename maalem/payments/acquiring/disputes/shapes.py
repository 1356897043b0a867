"""What `acquiring/disputes/wire.py` renders."""

from typing import Any, Literal, TypedDict

from maalem.payments.acquiring.disputes.evidence import FILES, KEYS
from maalem.payments.acquiring.disputes.states import DisputeStatus
from maalem.payments.ledger.shapes import BalanceTransaction
from maalem.payments.shapes import ChargeId, Currency, Empty, FileId, IntentId, Metadata, Timestamp

# The keys are those that a merchant may send.
DisputeEvidence = TypedDict(
    "DisputeEvidence",
    {
        **{key: (FileId if key in FILES else str) | None for key in KEYS},  # type: ignore[misc]
        "enhanced_evidence": Empty,
    },
)


class EvidenceDetails(TypedDict):
    due_by: Timestamp | None
    enhanced_eligibility: Empty
    has_evidence: bool
    past_due: bool
    submission_count: int
    submission_method: Literal["manual", "not_submitted"]


class DisputeCard(TypedDict):
    brand: str
    case_type: Literal["chargeback", "inquiry"]
    network: str
    network_reason_code: str | None


class DisputeMethod(TypedDict):
    card: DisputeCard
    type: Literal["card"]


class Dispute(TypedDict):
    """A payer's complaint at her bank."""

    id: str
    object: Literal["dispute"]
    amount: int
    balance_transactions: list[BalanceTransaction]
    charge: ChargeId
    created: Timestamp
    currency: Currency
    enhanced_eligibility_types: list[Any]
    evidence: DisputeEvidence
    evidence_details: EvidenceDetails
    is_charge_refundable: bool
    livemode: bool
    metadata: Metadata
    network_reason_code: str | None
    payment_intent: IntentId | None
    payment_method_details: DisputeMethod
    reason: str
    status: DisputeStatus


class EarlyFraudWarning(TypedDict):
    """An issuer called the payment fraud."""

    id: str
    object: Literal["radar.early_fraud_warning"]
    actionable: bool
    charge: ChargeId
    created: Timestamp
    fraud_type: str
    livemode: bool
    payment_intent: IntentId | None
