"""Time in a history: it goes on with the loop's, leaps when it is told to, and may step back."""

from datetime import UTC, datetime, timedelta

from maalem.payments.tests.simulation.stepped import SteppedLoop

# Moments near which something goes wrong elsewhere: Morocco's hour goes back for Ramadan and comes
# again, a month and a leap day end, a tariff of the country begins, and a plain Tuesday.
BEGINNINGS = (
    datetime(2026, 2, 14, 22, 40, tzinfo=UTC),
    datetime(2026, 3, 21, 23, 50, tzinfo=UTC),
    datetime(2026, 5, 31, 22, 55, tzinfo=UTC),
    datetime(2028, 2, 28, 22, 30, tzinfo=UTC),
    datetime(2027, 12, 31, 22, 45, tzinfo=UTC),
    datetime(2026, 6, 2, 9, 0, tzinfo=UTC),
)
TICK = timedelta(microseconds=1)


class LoopClock:
    """A `Clock` for every process of a history."""

    def __init__(self, loop: SteppedLoop) -> None:
        self._loop = loop
        self.begin(BEGINNINGS[0])

    def begin(self, at: datetime) -> None:
        """A new history."""
        self._at, self._since = at, self._loop.time()

    def now(self) -> datetime:
        """The time, aware and in UTC; no two moments are the same but for steps back."""
        self._at += TICK
        return self._at + timedelta(seconds=self._loop.time() - self._since)

    def leap(self, by: timedelta) -> None:
        """Go on (or back) at once."""
        self._at += by
