"""An account's movements as bars, by day or by week: what came in, what it cost, what went back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from maalem.platform.ground.gateway.records import Movement

DAYS, WEEKS = 30, 12
# The picture's own units; it is stretched to the page, so it holds bars and no letters.
WIDTH, HEIGHT, GAP = 600, 160, 4
_IN = frozenset({"charge", "payment"})
_BACK = frozenset({"refund", "refund_failure", "payment_refund", "adjustment"})
_LEAST = 2


@dataclass(frozen=True)
class Period:
    """The sums of a day or of a week that begins `on`, all as positive amounts; fees that came
    back make `fees_minor` less."""

    on: date
    taken_minor: int = 0
    fees_minor: int = 0
    back_minor: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.taken_minor or self.fees_minor or self.back_minor)

    @property
    def left_minor(self) -> int:
        return self.taken_minor - self.fees_minor - self.back_minor


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
    """The periods, their bars and their sums. `is_whole` is False where lines were left out."""

    by: str
    periods: tuple[Period, ...]
    bars: tuple[Bar, ...]
    zero: float
    is_whole: bool = True

    @property
    def taken_minor(self) -> int:
        return sum(one.taken_minor for one in self.periods)

    @property
    def fees_minor(self) -> int:
        return sum(one.fees_minor for one in self.periods)

    @property
    def back_minor(self) -> int:
        return sum(one.back_minor for one in self.periods)

    @property
    def top_minor(self) -> int:
        """The highest bar: what the picture's upper edge stands for."""
        return max(one.taken_minor for one in self.periods)

    @property
    def last(self) -> Period:
        return self.periods[-1]

    @property
    def busy(self) -> list[Period]:
        """Those in which something happened, the newest first."""
        return [one for one in reversed(self.periods) if not one.is_empty]


def first_day(by: str = "day") -> date:
    """Where the picture begins: thirty days that end today, or twelve weeks with this one."""
    today = timezone.localdate()
    if by == "week":
        return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    return today - timedelta(days=DAYS - 1)


def chart(movements: Iterable[Movement], *, by: str = "day", is_whole: bool = True) -> Chart:
    """The picture of `movements`, whatever their order."""
    start = first_day(by)
    count, step = (WEEKS, 7) if by == "week" else (DAYS, 1)
    sums = {start + timedelta(days=n * step): [0, 0, 0] for n in range(count)}
    for line in movements:
        day = timezone.localtime(line.created_at).date()
        period = sums.get(start + timedelta(days=(day - start).days // step * step))
        if period is not None:
            _add(period, line)
    periods = tuple(Period(on, *amounts) for on, amounts in sums.items())
    zero, bars = _bars(periods)
    return Chart(by, periods, bars, zero=zero, is_whole=is_whole)


def _add(period: list[int], line: Movement) -> None:
    if line.kind in _IN:
        period[0] += line.amount_minor
        period[1] += line.fee_minor
    elif line.kind in _BACK:
        period[1] += line.fee_minor
        period[2] -= line.amount_minor
    elif line.kind == "stripe_fee":
        period[1] -= line.amount_minor


def _bars(periods: tuple[Period, ...]) -> tuple[float, tuple[Bar, ...]]:
    """Takings upwards; fees and what went back downwards, one below the other."""
    up = max(one.taken_minor for one in periods)
    down = max(max(0, one.fees_minor) + max(0, one.back_minor) for one in periods)
    if not up and not down:
        return HEIGHT, ()
    scale = HEIGHT / (up + down)
    zero, step, bars = round(up * scale, 1), WIDTH // len(periods), []
    for place, one in enumerate(periods):
        x, below = place * step + GAP // 2, zero
        if one.taken_minor > 0:
            tall = max(_LEAST, one.taken_minor * scale)
            bars.append(Bar("taken", x, round(zero - tall, 1), step - GAP, round(tall, 1)))
        for kind, amount in (("fees", one.fees_minor), ("back", one.back_minor)):
            if amount > 0:
                tall = max(_LEAST, amount * scale)
                bars.append(Bar(kind, x, round(below, 1), step - GAP, round(tall, 1)))
                below += tall
    return zero, tuple(bars)
