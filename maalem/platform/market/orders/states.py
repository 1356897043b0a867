"""Every state that a sale can be in, and which may follow which. docs/states.md is made from here.

Database triggers hold the same tables (migration 0002 of this room), so a mistake in the code
cannot write a history that never happened.
"""

from collections.abc import Mapping
from enum import StrEnum


class GroupStatus(StrEnum):
    """What the buyer sees: everything bought in one go, paid in one payment."""

    PENDING_PAYMENT = "pending_payment"
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class OrderStatus(StrEnum):
    """What one seller sees: a parcel to make ready."""

    AWAITING_PAYMENT = "awaiting_payment"
    LAPSED = "lapsed"
    TO_PREPARE = "to_prepare"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class AttemptStatus(StrEnum):
    """One payment page asked of the payment institution, under one idempotency key."""

    REQUESTED = "requested"
    UNKNOWN = "unknown"
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"
    REFUSED = "refused"


class AskStatus(StrEnum):
    """Money asked to be moved: a refund to the buyer or a release to the artisan."""

    REQUESTED = "requested"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    DONE = "done"


class Verdict(StrEnum):
    """What was decided about a payment that came in. Everything but `accepted` is refunded."""

    ACCEPTED = "accepted"
    SECOND = "second"
    STOCK_GONE = "stock_gone"
    WRONG_AMOUNT = "wrong_amount"
    CANCELLED = "cancelled"


G, P, A, K = GroupStatus, OrderStatus, AttemptStatus, AskStatus

GROUP_NEXT: Mapping[str, frozenset[str]] = {
    G.PENDING_PAYMENT: frozenset({G.PAID, G.EXPIRED, G.CANCELLED}),
    # A payment may arrive after the reservation ran out; it counts while the pieces are there.
    G.EXPIRED: frozenset({G.PAID}),
    G.PAID: frozenset({G.REFUNDED}),
    G.CANCELLED: frozenset(),
    G.REFUNDED: frozenset(),
}

ORDER_NEXT: Mapping[str, frozenset[str]] = {
    P.AWAITING_PAYMENT: frozenset({P.TO_PREPARE, P.LAPSED, P.CANCELLED}),
    P.LAPSED: frozenset({P.TO_PREPARE}),
    P.TO_PREPARE: frozenset({P.DISPATCHED, P.CANCELLED}),
    P.DISPATCHED: frozenset({P.DELIVERED, P.CANCELLED}),
    # Delivered is where the seller's money is released: no way back to the buyer from here
    # but a return, which is another object.
    P.DELIVERED: frozenset(),
    P.CANCELLED: frozenset({P.REFUNDED}),
    P.REFUNDED: frozenset(),
}

ATTEMPT_NEXT: Mapping[str, frozenset[str]] = {
    A.REQUESTED: frozenset({A.OPEN, A.UNKNOWN, A.REFUSED, A.COMPLETE, A.EXPIRED}),
    A.UNKNOWN: frozenset({A.OPEN, A.REFUSED, A.COMPLETE, A.EXPIRED}),
    A.OPEN: frozenset({A.COMPLETE, A.EXPIRED}),
    # The other side's word wins over our clock: a page we thought dead may have been paid.
    A.EXPIRED: frozenset({A.COMPLETE}),
    A.COMPLETE: frozenset(),
    A.REFUSED: frozenset({A.COMPLETE}),
}

ASK_NEXT: Mapping[str, frozenset[str]] = {
    K.REQUESTED: frozenset({K.DONE, K.UNKNOWN, K.REFUSED}),
    K.UNKNOWN: frozenset({K.DONE, K.REFUSED}),
    # A refusal (no money there yet, an account not open) is asked again under the same key.
    K.REFUSED: frozenset({K.DONE, K.UNKNOWN}),
    K.DONE: frozenset(),
}

LIVE_ATTEMPTS = (A.REQUESTED, A.UNKNOWN, A.OPEN)
PAID_ORDERS = (P.TO_PREPARE, P.DISPATCHED, P.DELIVERED)

TABLES: Mapping[str, tuple[type[StrEnum], Mapping[str, frozenset[str]]]] = {
    "Order group": (GroupStatus, GROUP_NEXT),
    "Order": (OrderStatus, ORDER_NEXT),
    "Payment attempt": (AttemptStatus, ATTEMPT_NEXT),
    "Refund, release": (AskStatus, ASK_NEXT),
}


class NotAllowed(Exception):
    """This state does not lead to that one: the caller asked for something that cannot happen."""

    def __init__(self, *, what: str, now: str, then: str) -> None:
        super().__init__(f"{what}: {now} does not lead to {then}")
        self.what, self.now, self.then = what, now, then


class Moved(Exception):
    """Somebody else moved it first. Nothing was written."""
