"""What becomes of an event: handled, not for us, or put aside for a person after many tries."""

from collections.abc import Mapping
from enum import StrEnum


class EventStatus(StrEnum):
    """Stored at once; then handled, left alone as none of ours, or parked for a person."""

    STORED = "stored"
    HANDLED = "handled"
    IGNORED = "ignored"
    PARKED = "parked"


E = EventStatus

EVENT_NEXT: Mapping[str, frozenset[str]] = {
    E.STORED: frozenset({E.HANDLED, E.IGNORED, E.PARKED}),
    E.PARKED: frozenset({E.HANDLED, E.IGNORED}),
    E.HANDLED: frozenset(),
    E.IGNORED: frozenset(),
}

MAX_TRIES = 8

# The kinds of events that we ask the institution for: each has its handler. What happens on a
# seller's own account is another thing than the same on ours: it has its own list.
HEARD = (
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "charge.refunded",
    "refund.failed",
    "charge.dispute.created",
)
HEARD_OF_SELLERS = ("account.external_account.created", "payout.failed")
