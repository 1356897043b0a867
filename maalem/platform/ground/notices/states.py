"""The life of a message."""

from enum import StrEnum


class Status(StrEnum):
    """Queued until a carrier took it; parked when it never will, for a person to look at."""

    QUEUED = "queued"
    SENT = "sent"
    PARKED = "parked"


NEXT: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.SENT, Status.PARKED}),
    Status.PARKED: frozenset({Status.QUEUED}),
    Status.SENT: frozenset(),
}
