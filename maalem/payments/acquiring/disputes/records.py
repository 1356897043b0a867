"""A dispute's records: the dispute, what the merchant answered, what the network told."""

from datetime import datetime
from typing import Any, ClassVar

from maalem.payments.records import Record


class Dispute(Record, kw_only=True, frozen=True):
    """A case at the network about `amount` of a charge; `case_reference` is the network's name.

    `amount_withdrawn` is what the network has taken back, nothing or all of it, and
    `amount_reinstated` what it returned. `fee` is ours, by `fee_rate`, and stays.
    """

    TABLE: ClassVar[str] = "disputes"

    account_id: str
    charge_id: str
    intent_id: str
    case_reference: str
    stage: str
    status: str
    reason: str
    network_reason_code: str | None = None
    brand: str | None = None
    amount: int
    amount_withdrawn: int = 0
    amount_reinstated: int = 0
    fee: int = 0
    currency: str
    evidence: dict[str, Any]
    due_by: datetime | None = None
    past_due: bool = False
    submission_count: int = 0
    balance_transaction_ids: list[str]
    metadata: dict[str, str]
    created_at: datetime
    closed_at: datetime | None = None
    fee_rate: str | None = None


class DisputeAnswer(Record, kw_only=True, frozen=True):
    """Evidence, or that she gives in, on its way to the network; its id is the reference."""

    TABLE: ClassVar[str] = "dispute_answers"

    dispute_id: str
    kind: str
    stage: str
    status: str = "sent"
    evidence: dict[str, Any]
    request_id: str | None = None
    idempotency_key: str | None = None
    created_at: datetime
    asked_at: datetime


class FraudWarning(Record, kw_only=True, frozen=True):
    """An issuer called the payment fraud; the merchant may refund before it is disputed."""

    TABLE: ClassVar[str] = "early_fraud_warnings"

    account_id: str
    charge_id: str
    intent_id: str
    case_reference: str
    fraud_type: str
    created_at: datetime


class Notice(Record, kw_only=True, frozen=True):
    """What the network told about a case, under its own reference; `waiting` until it is done.

    `original` is the reference of the payment, and `told_at` the network's time.
    """

    TABLE: ClassVar[str] = "dispute_notices"

    case_reference: str
    original: str
    kind: str
    amount: int
    currency: str
    reason: str
    network_reason_code: str | None = None
    due_by: datetime | None = None
    told_at: datetime
    status: str = "waiting"
    created_at: datetime
