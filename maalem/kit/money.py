"""Whole minor units and a currency, and the three things done to them: add, take a rate, split.

No float comes near. A rate is an integer in basis points (1 % = 100). Rounding is half up, away
from zero, as Moroccan invoices do; a split uses largest remainders, so its parts always add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

EXPONENTS = {"MAD": 2, "EUR": 2, "USD": 2}
BASIS = 10_000


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` whole minor units (centimes) of `currency` (ISO 4217, upper case)."""

    minor: int
    currency: str = "MAD"

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"money is whole minor units, not {type(self.minor).__name__}")
        if self.currency not in EXPONENTS:
            raise ValueError(f"unknown currency {self.currency!r}")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        if type(times) is not int:
            raise TypeError("money is multiplied by whole numbers; use `rate` for a share")
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.minor

    def rate(self, bps: int) -> "Money":
        """The share of `bps` basis points, rounded half away from zero."""
        return Money(share(self.minor, bps=bps), self.currency)

    def split(self, weights: Sequence[int]) -> "list[Money]":
        """Parts in proportion to `weights` that add up to the whole."""
        return [Money(part, self.currency) for part in split(self.minor, weights=weights)]


def share(amount: int, *, bps: int) -> int:
    """`bps` basis points of `amount` minor units, rounded half away from zero."""
    if type(amount) is not int or type(bps) is not int:
        raise TypeError("amounts and rates are whole numbers")
    sign = -1 if amount * bps < 0 else 1
    return sign * ((abs(amount * bps) * 2 + BASIS) // (2 * BASIS))


def split(amount: int, *, weights: Sequence[int]) -> list[int]:
    """Divide `amount` minor units in proportion to `weights` by largest remainder.

    The parts add up to `amount`; equal remainders go to the earlier part. Weights are whole, not
    negative, and not all zero.
    """
    if type(amount) is not int or any(type(weight) is not int for weight in weights):
        raise TypeError("amounts and weights are whole numbers")
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must be whole, not negative and not all zero")
    sign = -1 if amount < 0 else 1
    floors = [divmod(abs(amount) * weight, total) for weight in weights]
    parts = [floor for floor, _ in floors]
    left = abs(amount) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda i: (-floors[i][1], i))
    for index in by_remainder[:left]:
        parts[index] += 1
    return [sign * part for part in parts]
