"""Where a setup and its attempts may go from where they are.

The database holds the same tables (sql/0221_setup.sql); a test compares them.
"""

from enum import StrEnum


class SetupIntentStatus(StrEnum):
    """The will to keep a card for later payments."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


class SetupAttemptStatus(StrEnum):
    """One try at the issuer."""

    SENT = "sent"
    UNKNOWN = "unknown"
    CHALLENGED = "challenged"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABANDONED = "abandoned"


_I, _A = SetupIntentStatus, SetupAttemptStatus

SETUP_INTENT_NEXT: dict[SetupIntentStatus, frozenset[SetupIntentStatus]] = {
    _I.REQUIRES_PAYMENT_METHOD: frozenset({_I.REQUIRES_CONFIRMATION, _I.PROCESSING, _I.CANCELED}),
    _I.REQUIRES_CONFIRMATION: frozenset({_I.REQUIRES_PAYMENT_METHOD, _I.PROCESSING, _I.CANCELED}),
    _I.REQUIRES_ACTION: frozenset({_I.PROCESSING, _I.REQUIRES_PAYMENT_METHOD, _I.CANCELED}),
    _I.PROCESSING: frozenset({_I.REQUIRES_ACTION, _I.REQUIRES_PAYMENT_METHOD, _I.SUCCEEDED}),
    _I.SUCCEEDED: frozenset(),
    _I.CANCELED: frozenset(),
}

SETUP_ATTEMPT_NEXT: dict[SetupAttemptStatus, frozenset[SetupAttemptStatus]] = {
    _A.SENT: frozenset({_A.UNKNOWN, _A.CHALLENGED, _A.SUCCEEDED, _A.FAILED}),
    _A.UNKNOWN: frozenset({_A.SENT, _A.CHALLENGED, _A.SUCCEEDED, _A.FAILED}),
    _A.CHALLENGED: frozenset({_A.SENT, _A.FAILED, _A.ABANDONED}),
    _A.SUCCEEDED: frozenset(),
    _A.FAILED: frozenset(),
    _A.ABANDONED: frozenset(),
}
