"""What a worker holds for one endpoint: claimed deliveries in their order, and how many at once.

An endpoint that answers well is given more at a time; one that answers badly gives back what it
was given, and begins again with a few. So a slow one holds little, and a fast one is not waited
for.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

FIRST, MOST = 8, 512
LANES_MIN, LANES_MAX = 8, 32
BRISK_S = 1.0


@dataclass(slots=True)
class Held:
    """Deliveries of one endpoint. Times are those of the process' own steady clock."""

    window: int = FIRST
    lanes: int = 0
    more: bool = False
    claimed_at: float = 0.0
    waiting: deque[Any] = field(default_factory=deque)

    @property
    def room(self) -> int:
        """How many more may be claimed: none while much is waiting."""
        held = len(self.waiting) + self.lanes
        return self.window - held if held <= self.window // 2 else 0

    @property
    def lanes_wanted(self) -> int:
        """How many deliveries may be under way at a time."""
        return min(LANES_MAX, max(LANES_MIN, self.window // 8))

    def take(self, rows: Sequence[Any], *, room: int, now_s: float) -> None:
        """Queue what was claimed where there was `room`; as much as that, and there may be more."""
        self.more = len(rows) >= room
        if self.more and now_s - self.claimed_at < BRISK_S:
            self.window = min(MOST, self.window * 2)
        self.waiting.extend(rows)
        self.claimed_at = now_s

    def give_back(self) -> list[Any]:
        """What waits, because the endpoint answers badly; it begins again with a few."""
        self.window = FIRST
        back = list(self.waiting)
        self.waiting.clear()
        self.more = self.more or bool(back)
        return back
