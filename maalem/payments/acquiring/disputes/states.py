"""Where a dispute may go from where it is.

The database holds the same table (sql/0300_disputes.sql); a test compares them.
"""

from enum import StrEnum


class DisputeStatus(StrEnum):
    """A payer's complaint at her bank. An inquiry (`warning_…`) asks; a chargeback has taken the
    money back already, and `won` returns it. An inquiry that was closed may still become a
    chargeback. `prevented` was settled before it began. The names are Stripe's."""

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"


_D = DisputeStatus

DISPUTE_NEXT: dict[DisputeStatus, frozenset[DisputeStatus]] = {
    _D.WARNING_NEEDS_RESPONSE: frozenset(
        {_D.WARNING_UNDER_REVIEW, _D.WARNING_CLOSED, _D.NEEDS_RESPONSE}
    ),
    _D.WARNING_UNDER_REVIEW: frozenset({_D.WARNING_CLOSED, _D.NEEDS_RESPONSE}),
    _D.WARNING_CLOSED: frozenset({_D.NEEDS_RESPONSE}),
    _D.NEEDS_RESPONSE: frozenset({_D.UNDER_REVIEW, _D.WON, _D.LOST}),
    _D.UNDER_REVIEW: frozenset({_D.WON, _D.LOST}),
    _D.WON: frozenset(),
    _D.LOST: frozenset(),
    _D.PREVENTED: frozenset(),
}

# The merchant may still say something.
ANSWERABLE = frozenset({_D.NEEDS_RESPONSE, _D.WARNING_NEEDS_RESPONSE})
# The network has the money and nobody knows yet who keeps it.
CONTESTED = frozenset({_D.NEEDS_RESPONSE, _D.UNDER_REVIEW})
INQUIRY, CHARGEBACK = "inquiry", "chargeback"
