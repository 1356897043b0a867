"""Every state of a review and of an appeal, and which may follow which. docs/states.md has both.

Triggers hold the same tables (migration 0002 of this room).
"""

from collections.abc import Mapping
from enum import StrEnum


class ReviewStatus(StrEnum):
    """Held: a rule wants a person to read it first. Hidden: an officer said why."""

    HELD = "held"
    PUBLISHED = "published"
    HIDDEN = "hidden"


class AppealStatus(StrEnum):
    """Open until an officer other than the first has read it."""

    OPEN = "open"
    UPHELD = "upheld"
    GRANTED = "granted"


class Reason(StrEnum):
    """Why a review is hidden, or reported: this list is closed, its sentences are in `words`."""

    OFF_TOPIC = "off_topic"
    PERSONAL = "personal"
    INSULT = "insult"
    CONTACT = "contact"
    UNLAWFUL = "unlawful"
    NOT_HERS = "not_hers"


class Side(StrEnum):
    """Whom a review concerns."""

    BUYER = "buyer"
    ARTISAN = "artisan"


R, A = ReviewStatus, AppealStatus

REVIEW_NEXT: Mapping[str, frozenset[str]] = {
    R.HELD: frozenset({R.PUBLISHED, R.HIDDEN}),
    # Changed by its writer, so that a rule now wants it read.
    R.PUBLISHED: frozenset({R.HIDDEN, R.HELD}),
    # Only an appeal that was granted leads back.
    R.HIDDEN: frozenset({R.PUBLISHED}),
}

APPEAL_NEXT: Mapping[str, frozenset[str]] = {
    A.OPEN: frozenset({A.UPHELD, A.GRANTED}),
    A.UPHELD: frozenset(),
    A.GRANTED: frozenset(),
}

TABLES: Mapping[str, tuple[type[StrEnum], Mapping[str, frozenset[str]]]] = {
    "Review": (ReviewStatus, REVIEW_NEXT),
    "Appeal against hiding a review": (AppealStatus, APPEAL_NEXT),
}


class Refused(Exception):
    """It can't be done; `code` names why, and `words.REFUSALS` says it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
