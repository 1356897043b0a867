"""Every state of a consent, and which may follow which. docs/states.md is made from here.

A trigger holds the same table (migration 0002 of this room).
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

CODE_FOR, TRIES = timedelta(minutes=10), 5
# Whatever rule is in force: a working day, and never longer.
MOST_MINUTES = 480


class ConsentStatus(StrEnum):
    """An agent asks; the artisan gives it by her code; it ends by either of them, or by itself."""

    ASKED = "asked"
    GIVEN = "given"
    ENDED = "ended"
    # Never given: the code came too late, was wrong too often, or another one was asked for.
    LAPSED = "lapsed"


S = ConsentStatus

CONSENT_NEXT: Mapping[str, frozenset[str]] = {
    S.ASKED: frozenset({S.GIVEN, S.LAPSED}),
    S.GIVEN: frozenset({S.ENDED}),
    S.ENDED: frozenset(),
    S.LAPSED: frozenset(),
}
OPEN = (S.ASKED, S.GIVEN)

TABLES: Mapping[str, tuple[type[StrEnum], Mapping[str, frozenset[str]]]] = {
    "Consent to be assisted": (ConsentStatus, CONSENT_NEXT),
}


class Scope(StrEnum):
    """What an artisan may let an agent do. Money is none of it."""

    PIECES = "pieces"
    ORDERS = "orders"
    REVIEWS = "reviews"


class EndedBy(StrEnum):
    """Who ended a consent."""

    AGENT = "agent"
    ARTISAN = "artisan"
    TIME = "time"


class Act(StrEnum):
    """What an agent did, as it is written down."""

    LISTED = "listed"
    SHELVED = "shelved"
    PRICED = "priced"
    WORDED = "worded"
    MEASURED = "measured"
    PHOTOGRAPHED = "photographed"
    EXPLAINED = "explained"
    ASKED_DEPOSIT = "asked_deposit"
    SAID_READY = "said_ready"
    HANDED_OVER = "handed_over"
    BROUGHT_TO_HUB = "brought_to_hub"
    DECLARED = "declared"
    WROTE = "wrote"
    ANSWERED_REVIEW = "answered_review"
    APPEALED_REVIEW = "appealed_review"


# What happens to a parcel once: pressed again, it has happened already.
ONCE = (Act.SAID_READY, Act.HANDED_OVER)


class Refused(ValueError):
    """Nothing was written. `code` is one of words.REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
