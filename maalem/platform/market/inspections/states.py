"""Every state of an inspection, and which may follow which. docs/states.md is made from here.

A trigger holds the same table (migration 0002 of this room).
"""

from collections.abc import Mapping
from enum import StrEnum


class InspectionStatus(StrEnum):
    """A workshop brings what it made; the hub takes it in, looks at it, and says what it found."""

    ANNOUNCED = "announced"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    # Back to the workshop, with words and photos; it comes again as another inspection.
    TO_REPAIR = "to_repair"
    # The sale is called off and the buyer gets the money back.
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = InspectionStatus

INSPECTION_NEXT: Mapping[str, frozenset[str]] = {
    S.ANNOUNCED: frozenset({S.RECEIVED, S.WITHDRAWN}),
    S.RECEIVED: frozenset({S.ACCEPTED, S.TO_REPAIR, S.REFUSED}),
    S.ACCEPTED: frozenset(),
    S.TO_REPAIR: frozenset(),
    S.REFUSED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
OPEN = (S.ANNOUNCED, S.RECEIVED)
VERDICTS = (S.ACCEPTED, S.TO_REPAIR, S.REFUSED)

TABLES: Mapping[str, tuple[type[StrEnum], Mapping[str, frozenset[str]]]] = {
    "Inspection": (InspectionStatus, INSPECTION_NEXT),
}


class Refused(ValueError):
    """Nothing was written. `code` is one of words.REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
