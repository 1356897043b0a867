"""Where a batch of payouts, each payment of it and a line of the account may go.

The database holds the same tables (sql/0502_bank.sql); a test compares them.
"""

from enum import StrEnum


class BatchStatus(StrEnum):
    """A file of payouts. Drafted, it may have reached the bank or not: the bank is asked before
    it is ever sent again. Accepted, in part or not at all, is what the bank said of it."""

    DRAFTED = "drafted"
    SENT = "sent"
    ACCEPTED = "accepted"
    PART = "part"
    REJECTED = "rejected"


class BatchLineStatus(StrEnum):
    """One payment of a batch. What counts is that the bank has booked it; a booked payment may
    still come back."""

    GIVEN = "given"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    BOOKED = "booked"
    RETURNED = "returned"


class BankLineStatus(StrEnum):
    """A movement of the account: found to be something of ours, or listed for a person."""

    UNMATCHED = "unmatched"
    MATCHED = "matched"


class DeedStatus(StrEnum):
    """What an officer does by hand. Where it moves money a second one has to say yes to it first;
    what is done or withdrawn stays so."""

    PROPOSED = "proposed"
    DONE = "done"
    WITHDRAWN = "withdrawn"


_B, _P, _L = BatchStatus, BatchLineStatus, BankLineStatus

BATCH_NEXT: dict[BatchStatus, frozenset[BatchStatus]] = {
    _B.DRAFTED: frozenset({_B.SENT}),
    _B.SENT: frozenset({_B.ACCEPTED, _B.PART, _B.REJECTED}),
    # A bank may refuse single payments after it has accepted the file.
    _B.ACCEPTED: frozenset({_B.PART, _B.REJECTED}),
    _B.PART: frozenset({_B.REJECTED}),
    _B.REJECTED: frozenset(),
}

BATCH_LINE_NEXT: dict[BatchLineStatus, frozenset[BatchLineStatus]] = {
    _P.GIVEN: frozenset({_P.ACCEPTED, _P.REJECTED, _P.BOOKED}),
    _P.ACCEPTED: frozenset({_P.REJECTED, _P.BOOKED}),
    _P.REJECTED: frozenset(),
    _P.BOOKED: frozenset({_P.RETURNED}),
    _P.RETURNED: frozenset(),
}

DEED_NEXT: dict[DeedStatus, frozenset[DeedStatus]] = {
    DeedStatus.PROPOSED: frozenset({DeedStatus.DONE, DeedStatus.WITHDRAWN}),
    DeedStatus.DONE: frozenset(),
    DeedStatus.WITHDRAWN: frozenset(),
}

BANK_LINE_NEXT: dict[BankLineStatus, frozenset[BankLineStatus]] = {
    _L.UNMATCHED: frozenset({_L.MATCHED}),
    _L.MATCHED: frozenset(),
}
