"""Where an intent, an attempt and a refund may go from where they are.

The database holds the same tables (sql/0004_acquiring.sql); a test compares them.
"""

from enum import StrEnum


class IntentStatus(StrEnum):
    """The will to be paid an amount, until it is or is given up; the names are Stripe's."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


class AttemptStatus(StrEnum):
    """One try at a card network or the mobile switch; `unknown` is asked again."""

    SENT = "sent"
    UNKNOWN = "unknown"
    CHALLENGED = "challenged"
    AUTHORISED = "authorised"
    DECLINED = "declined"
    EXPIRED = "expired"
    ABANDONED = "abandoned"


class RefundStatus(StrEnum):
    """Money on its way back to the payer: reserved while pending. What arrived may come back."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


_I, _A, _R = IntentStatus, AttemptStatus, RefundStatus

INTENT_NEXT: dict[IntentStatus, frozenset[IntentStatus]] = {
    _I.REQUIRES_PAYMENT_METHOD: frozenset({_I.REQUIRES_CONFIRMATION, _I.PROCESSING, _I.CANCELED}),
    _I.REQUIRES_CONFIRMATION: frozenset({_I.REQUIRES_PAYMENT_METHOD, _I.PROCESSING, _I.CANCELED}),
    _I.REQUIRES_ACTION: frozenset({_I.PROCESSING, _I.REQUIRES_PAYMENT_METHOD, _I.CANCELED}),
    _I.PROCESSING: frozenset(
        {_I.REQUIRES_ACTION, _I.REQUIRES_PAYMENT_METHOD, _I.REQUIRES_CAPTURE, _I.SUCCEEDED}
    ),
    _I.REQUIRES_CAPTURE: frozenset({_I.SUCCEEDED, _I.CANCELED}),
    _I.SUCCEEDED: frozenset(),
    _I.CANCELED: frozenset(),
}

ATTEMPT_NEXT: dict[AttemptStatus, frozenset[AttemptStatus]] = {
    _A.SENT: frozenset({_A.UNKNOWN, _A.CHALLENGED, _A.AUTHORISED, _A.DECLINED, _A.EXPIRED}),
    _A.UNKNOWN: frozenset({_A.SENT, _A.CHALLENGED, _A.AUTHORISED, _A.DECLINED, _A.EXPIRED}),
    _A.CHALLENGED: frozenset({_A.SENT, _A.DECLINED, _A.EXPIRED, _A.ABANDONED}),
    _A.AUTHORISED: frozenset(),
    _A.DECLINED: frozenset(),
    _A.EXPIRED: frozenset(),
    _A.ABANDONED: frozenset(),
}

REFUND_NEXT: dict[RefundStatus, frozenset[RefundStatus]] = {
    _R.PENDING: frozenset({_R.SUCCEEDED, _R.FAILED, _R.CANCELED}),
    _R.SUCCEEDED: frozenset({_R.FAILED}),
    _R.FAILED: frozenset(),
    _R.CANCELED: frozenset(),
}
