"""What it costs to carry a parcel, and when it leaves. Rates are data: data/carriage.json.

Each tariff holds from a date on; the latest one that has begun counts. A parcel above the last
step pays that step and so much for each kilogram begun above it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "carriage.json"
ZONES = ("morocco", "europe", "north_america", "rest")
# A thing without a weight is reckoned as this much: a packed bowl.
UNWEIGHED_G = 1_000
READY_IN_DAYS = 2
SUNDAY = 6


class BrokenTariff(ValueError):
    """The file of rates can't be right; nothing is sold by it."""


@dataclass(frozen=True, slots=True)
class Rates:
    """A zone's rates: (up to grams, centimes) in rising order, then centimes per further kg."""

    steps: tuple[tuple[int, int], ...]
    further_kg: int

    def price(self, weight_g: int) -> int:
        """Centimes for a parcel of `weight_g`."""
        for limit_g, price in self.steps:
            if weight_g <= limit_g:
                return price
        limit_g, price = self.steps[-1]
        return price + self.further_kg * -(-(weight_g - limit_g) // 1_000)


@dataclass(frozen=True, slots=True)
class Tariff:
    """The rates of every zone from a date on."""

    starts_on: date
    zones: dict[str, Rates]


def parse(rows: Sequence[dict[str, Any]]) -> tuple[Tariff, ...]:
    """Tariffs in the order of their dates, or `BrokenTariff`."""
    found = []
    for row in rows:
        zones = {}
        for zone in ZONES:
            try:
                raw = row["zones"][zone]
                rates = Rates(tuple((g, price) for g, price in raw["steps"]), raw["further_kg"])
            except (KeyError, TypeError, ValueError) as trouble:
                raise BrokenTariff(f"{row.get('from')}: zone {zone}") from trouble
            _check(rates, where=f"{row.get('from')}: zone {zone}")
            zones[zone] = rates
        found.append(Tariff(date.fromisoformat(row["from"]), zones))
    if not found or len({tariff.starts_on for tariff in found}) != len(found):
        raise BrokenTariff("no tariff, or two that begin on one day")
    return tuple(sorted(found, key=lambda tariff: tariff.starts_on))


def _check(rates: Rates, *, where: str) -> None:
    numbers = [n for step in rates.steps for n in step] + [rates.further_kg]
    if not rates.steps or any(type(n) is not int or n < 0 for n in numbers):
        raise BrokenTariff(f"{where}: steps and prices are whole and not negative")
    limits, prices = zip(*rates.steps, strict=True)
    if list(limits) != sorted(set(limits)) or list(prices) != sorted(prices):
        raise BrokenTariff(f"{where}: steps rise, and so do their prices")


@lru_cache(maxsize=1)
def tariffs() -> tuple[Tariff, ...]:
    """The committed tariffs."""
    return parse(json.loads(FILE.read_text(encoding="utf-8")))


def shipping(zone: str, *, weight_g: int, on: date) -> int:
    """Centimes to carry one parcel of `weight_g` to `zone` by the tariff in force on that day."""
    begun = [tariff for tariff in tariffs() if tariff.starts_on <= on]
    if not begun:
        raise BrokenTariff(f"no tariff has begun on {on}")
    return begun[-1].zones[zone].price(weight_g)


def weigh(pieces: Iterable[tuple[int | None, int]]) -> int:
    """The weight in g of (weight of one or None, how many) pairs."""
    return sum((each or UNWEIGHED_G) * quantity for each, quantity in pieces)


def leaves_by(making_days: Iterable[int | None], *, ordered_on: date) -> date:
    """The day a parcel is promised to leave: its slowest thing, in days that are no Sunday."""
    left = max([READY_IN_DAYS, *(days or 0 for days in making_days)])
    day = ordered_on
    while left:
        day += timedelta(days=1)
        left -= day.weekday() != SUNDAY
    return day
