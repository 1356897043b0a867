"""Until when something may be sent back or claimed, and what is due when: dated rules."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One dated rule. `days` and `refund_days` are calendar days."""

    starts_on: date
    days: int
    refund_days: int
    carriage: str
    source: str
    is_verified: bool

    def last_day(self, *, delivered_on: date) -> date:
        """The last day on which the buyer may say that she sends something back."""
        return delivered_on + timedelta(days=self.days)

    def refund_by(self, *, asked_on: date) -> date:
        """The day on which her money is due."""
        return asked_on + timedelta(days=self.refund_days)


@dataclass(frozen=True, slots=True)
class Claiming:
    """One dated rule of claims, in calendar days: the platform's own."""

    starts_on: date
    days: int
    answer_days: int

    def last_day(self, *, delivered_on: date) -> date:
        """The last day on which the buyer may say that something is wrong."""
        return delivered_on + timedelta(days=self.days)

    def answer_by(self, *, made_on: date) -> date:
        """The last day that is the workshop's own; then the buyer may ask an officer."""
        return made_on + timedelta(days=self.answer_days)


Rule = TypeVar("Rule", Withdrawal, Claiming)


class NoRule(LookupError):
    """No rule was in force on that day."""


def in_force(on: date) -> Withdrawal:
    """The newest rule of returns that had begun by then."""
    return _first(rules(), on=on)


def of_claims(on: date) -> Claiming:
    """The newest rule of claims that had begun by then."""
    return _first(claim_rules(), on=on)


def _first(found: tuple[Rule, ...], *, on: date) -> Rule:
    for rule in found:
        if rule.starts_on <= on:
            return rule
    raise NoRule(f"no rule on {on}")


@cache
def rules() -> tuple[Withdrawal, ...]:
    """All rules of returns, the newest first."""
    return _newest_first(Withdrawal(**one) for one in _read("withdrawal.toml"))


@cache
def claim_rules() -> tuple[Claiming, ...]:
    """All rules of claims, the newest first."""
    return _newest_first(Claiming(**one) for one in _read("claims.toml"))


def _newest_first(found: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(found, key=lambda rule: rule.starts_on, reverse=True))


def _read(name: str) -> list[dict[str, Any]]:
    text = Path(__file__).with_name("data").joinpath(name).read_text(encoding="utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["rule"]
    return found
