"""Every state of a return and of a claim, and which may follow which. docs/states.md has both.

Triggers hold the same tables (migrations 0002 and 0004 of this room).
"""

from collections.abc import Mapping
from enum import StrEnum


class ReturnStatus(StrEnum):
    """Announced by the buyer, sent, and then accepted by the workshop or judged by an officer."""

    ANNOUNCED = "announced"
    SENT = "sent"
    # The workshop has it, and says that it is not as it was sent: an officer decides.
    CONTESTED = "contested"
    # The workshop has it as it was, and sends the other one that the buyer wants instead.
    EXCHANGING = "exchanging"
    EXCHANGED = "exchanged"
    ACCEPTED = "accepted"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Reason(StrEnum):
    """Why the buyer sends it back. She need not have a better one than the first."""

    CHANGED_MIND = "changed_mind"
    OTHER_SIZE = "other_size"
    OTHER_COLOUR = "other_colour"
    TOO_LATE = "too_late"
    BY_MISTAKE = "by_mistake"


class ClaimStatus(StrEnum):
    """Made by the buyer; answered by the workshop; an officer decides where they don't agree."""

    MADE = "made"
    # The workshop offers a part, wants it back first, or says no: the buyer may ask an officer.
    OFFERED = "offered"
    WANTED_BACK = "wanted_back"
    DENIED = "denied"
    ESCALATED = "escalated"
    GRANTED = "granted"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Kind(StrEnum):
    """What is wrong."""

    BROKEN = "broken"
    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_THING = "wrong_thing"
    NEVER_ARRIVED = "never_arrived"


class Answer(StrEnum):
    """What a workshop may say to a claim."""

    ALL = "all"
    PART = "part"
    BACK_FIRST = "back_first"
    NO = "no"


R, C = ReturnStatus, ClaimStatus

RETURN_NEXT: Mapping[str, frozenset[str]] = {
    # Decided without a word of the workshop: the day on which the money was due has passed.
    R.ANNOUNCED: frozenset({R.SENT, R.WITHDRAWN, R.ACCEPTED, R.EXCHANGING, R.CONTESTED, R.DECIDED}),
    R.SENT: frozenset({R.WITHDRAWN, R.ACCEPTED, R.EXCHANGING, R.CONTESTED, R.DECIDED}),
    R.CONTESTED: frozenset({R.DECIDED}),
    # Accepted: the other one can't be sent, or did not leave in time, so it is money after all.
    R.EXCHANGING: frozenset({R.EXCHANGED, R.ACCEPTED}),
    R.EXCHANGED: frozenset(),
    R.ACCEPTED: frozenset(),
    R.DECIDED: frozenset(),
    R.WITHDRAWN: frozenset(),
}

CLAIM_NEXT: Mapping[str, frozenset[str]] = {
    C.MADE: frozenset({C.GRANTED, C.OFFERED, C.WANTED_BACK, C.DENIED, C.ESCALATED, C.WITHDRAWN}),
    C.OFFERED: frozenset({C.GRANTED, C.ESCALATED, C.WITHDRAWN}),
    C.WANTED_BACK: frozenset({C.GRANTED, C.ESCALATED, C.WITHDRAWN}),
    C.DENIED: frozenset({C.ESCALATED, C.WITHDRAWN}),
    C.ESCALATED: frozenset({C.DECIDED, C.WITHDRAWN}),
    C.GRANTED: frozenset(),
    C.DECIDED: frozenset(),
    C.WITHDRAWN: frozenset(),
}

CLAIM_OVER = (C.GRANTED, C.DECIDED, C.WITHDRAWN)

ON_THE_WAY = (R.ANNOUNCED, R.SENT)
OPEN = (*ON_THE_WAY, R.CONTESTED)
SETTLED = (R.ACCEPTED, R.DECIDED)

TABLES: Mapping[str, tuple[type[StrEnum], Mapping[str, frozenset[str]]]] = {
    "Return": (ReturnStatus, RETURN_NEXT),
    "Claim": (ClaimStatus, CLAIM_NEXT),
}


class Refused(Exception):
    """It can't be done; `code` names why, and `words.REFUSALS` says it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
