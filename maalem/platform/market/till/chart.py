"""The last thirty days of an account as bars: what came in, what it cost, what went back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from maalem.platform.ground.gateway.records import Movement

DAYS = 30
# The picture's own units; it is stretched to the page, so it holds bars and no letters.
WIDTH, HEIGHT, GAP = 600, 160, 4
_IN = frozenset({"charge", "payment"})
_BACK = frozenset({"refund", "payment_refund"})
_LEAST = 2


@dataclass(frozen=True)
class Day:
    """A day's sums, all as positive amounts; fees that came back make `fees_minor` less."""

    on: date
    taken_minor: int = 0
    fees_minor: int = 0
    back_minor: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.taken_minor or self.fees_minor or self.back_minor)


@dataclass(frozen=True)
class Bar:
    """A rectangle of the picture; `kind` is taken, fees or back."""

    kind: str
    x: int
    y: float
    width: int
    height: float


@dataclass(frozen=True)
class Chart:
    """The days, their bars and their sums. `is_whole` is False where lines were left out."""

    days: tuple[Day, ...]
    bars: tuple[Bar, ...]
    zero: float
    is_whole: bool = True

    @property
    def taken_minor(self) -> int:
        return sum(day.taken_minor for day in self.days)

    @property
    def fees_minor(self) -> int:
        return sum(day.fees_minor for day in self.days)

    @property
    def back_minor(self) -> int:
        return sum(day.back_minor for day in self.days)

    @property
    def top_minor(self) -> int:
        return max(day.taken_minor for day in self.days)

    @property
    def last(self) -> Day:
        return self.days[-1]

    @property
    def busy(self) -> list[Day]:
        """The days on which something happened, the newest first."""
        return [day for day in reversed(self.days) if not day.is_empty]


def first_day() -> date:
    """The first of the thirty days that end today."""
    return timezone.localdate() - timedelta(days=DAYS - 1)


def chart(movements: Iterable[Movement], *, is_whole: bool = True) -> Chart:
    """The picture of `movements`, whatever their order."""
    start = first_day()
    sums = {start + timedelta(days=n): [0, 0, 0] for n in range(DAYS)}
    for line in movements:
        day = sums.get(timezone.localtime(line.created_at).date())
        if day is None:
            continue
        if line.kind in _IN:
            day[0] += line.amount_minor
            day[1] += line.fee_minor
        elif line.kind in _BACK:
            day[1] += line.fee_minor
            day[2] -= line.amount_minor
        elif line.kind == "stripe_fee":
            day[1] -= line.amount_minor
    days = tuple(Day(on, *amounts) for on, amounts in sums.items())
    zero, bars = _bars(days)
    return Chart(days, bars, zero=zero, is_whole=is_whole)


def _bars(days: tuple[Day, ...]) -> tuple[float, tuple[Bar, ...]]:
    """Takings upwards; fees and what went back downwards, one below the other."""
    up = max(day.taken_minor for day in days)
    down = max(max(0, day.fees_minor) + max(0, day.back_minor) for day in days)
    if not up and not down:
        return HEIGHT, ()
    scale = HEIGHT / (up + down)
    zero, step, bars = round(up * scale, 1), WIDTH // len(days), []
    for place, day in enumerate(days):
        x, below = place * step + GAP // 2, zero
        if day.taken_minor > 0:
            tall = max(_LEAST, day.taken_minor * scale)
            bars.append(Bar("taken", x, round(zero - tall, 1), step - GAP, round(tall, 1)))
        for kind, amount in (("fees", day.fees_minor), ("back", day.back_minor)):
            if amount > 0:
                tall = max(_LEAST, amount * scale)
                bars.append(Bar(kind, x, round(below, 1), step - GAP, round(tall, 1)))
                below += tall
    return zero, tuple(bars)
