"""Where a payout, a bank account and a reserve may go from where they are.

The database holds the same tables (sql/0401_payouts.sql); a test compares them.
"""

from enum import StrEnum


class PayoutStatus(StrEnum):
    """Money for an owner's bank: taken from her balance, sent in a bank file, told paid by the
    bank. One that the bank gives back, even after it was paid, has failed."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


class ExternalAccountStatus(StrEnum):
    """An owner's account at a bank: validated by the first payout that arrived, errored by one
    that came back. It is replaced, never repaired."""

    NEW = "new"
    VALIDATED = "validated"
    VERIFICATION_FAILED = "verification_failed"
    ERRORED = "errored"


class ReserveStatus(StrEnum):
    """Money kept back by a published rule, until its day."""

    HELD = "held"
    RELEASED = "released"


_P, _E, _R = PayoutStatus, ExternalAccountStatus, ReserveStatus

PAYOUT_NEXT: dict[PayoutStatus, frozenset[PayoutStatus]] = {
    _P.PENDING: frozenset({_P.IN_TRANSIT, _P.FAILED, _P.CANCELED}),
    _P.IN_TRANSIT: frozenset({_P.PAID, _P.FAILED}),
    _P.PAID: frozenset({_P.FAILED}),
    _P.FAILED: frozenset(),
    _P.CANCELED: frozenset(),
}

EXTERNAL_ACCOUNT_NEXT: dict[ExternalAccountStatus, frozenset[ExternalAccountStatus]] = {
    _E.NEW: frozenset({_E.VALIDATED, _E.VERIFICATION_FAILED, _E.ERRORED}),
    _E.VALIDATED: frozenset({_E.ERRORED}),
    _E.VERIFICATION_FAILED: frozenset(),
    _E.ERRORED: frozenset(),
}

RESERVE_NEXT: dict[ReserveStatus, frozenset[ReserveStatus]] = {
    _R.HELD: frozenset({_R.RELEASED}),
    _R.RELEASED: frozenset(),
}
