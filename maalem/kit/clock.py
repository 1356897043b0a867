"""Time that a test can hold still.

Everything that decides by time takes a `Clock`; nobody calls `datetime.now` in a rule.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

# Where the institution's days begin and end.
MOROCCO = ZoneInfo("Africa/Casablanca")


class Clock(Protocol):
    """Tells the time, always aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that moves when it is told to."""

    at: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    def move(self, **delta: float) -> datetime:
        """Go on by `timedelta(**delta)` and return the new time."""
        self.at += timedelta(**delta)
        return self.at
