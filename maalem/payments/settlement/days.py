"""Moroccan banking days: when a payout arrives, and on which days scheduled ones are made."""

import tomllib
from calendar import monthrange
from collections.abc import Set
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from maalem.kit.clock import MOROCCO
from maalem.payments.settlement.records import Schedule

# What the bank gets later than this goes the next day.
CUT_OFF_HOUR = 15
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_DATA = Path(__file__).with_name("holidays.toml")
_ONE = timedelta(days=1)


def local(at: datetime) -> datetime:
    """The wall clock in Morocco, without a zone."""
    return at.astimezone(MOROCCO).replace(tzinfo=None)


def is_banking_day(day: date, *, moved: Set[date] = frozenset()) -> bool:
    """Whether banks work on `day`. `moved` are feasts as they were seen: for a year that has any
    there, they stand in place of the expected ones."""
    if day.weekday() >= len(WEEKDAYS) or day in _fixed(day.year):
        return False
    if any(seen.year == day.year for seen in moved):
        return day not in moved
    return day not in _expected()


def next_banking_day(day: date, *, moved: Set[date] = frozenset()) -> date:
    """The first banking day after `day`."""
    day += _ONE
    while not is_banking_day(day, moved=moved):
        day += _ONE
    return day


def arrival(made: datetime, *, moved: Set[date] = frozenset()) -> date:
    """When a payout that is made at `made` is on the owner's account: one banking day after the
    bank has the file."""
    now = local(made)
    goes = now.date()
    if now.hour >= CUT_OFF_HOUR or not is_banking_day(goes, moved=moved):
        goes = next_banking_day(goes, moved=moved)
    return next_banking_day(goes, moved=moved)


def is_due(schedule: Schedule, day: date, *, moved: Set[date] = frozenset()) -> bool:
    """Whether `schedule` makes a payout on `day`: on its day, or the next banking day after it."""
    if schedule.interval == "manual" or not is_banking_day(day, moved=moved):
        return False
    while not _is_anchor(schedule, day):
        day -= _ONE
        if is_banking_day(day, moved=moved):
            return False
    return True


def _is_anchor(schedule: Schedule, day: date) -> bool:
    if schedule.interval == "weekly":
        return day.weekday() == WEEKDAYS.index(schedule.weekly_anchor or "monday")
    if schedule.interval == "monthly":
        last = monthrange(day.year, day.month)[1]
        return day.day == min(schedule.monthly_anchor or 1, last)
    return True


@lru_cache(maxsize=1)
def _data() -> dict[str, list[dict[str, object]]]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def _fixed(year: int) -> frozenset[date]:
    return frozenset(
        date.fromisoformat(f"{year}-{row['day']}")
        for row in _data()["fixed"]
        if year >= int(str(row.get("from", 0)))
    )


@lru_cache(maxsize=1)
def _expected() -> frozenset[date]:
    found = set()
    for row in _data()["moving"]:
        first = row["first"]
        assert isinstance(first, list)
        for day in first:
            for more in range(int(str(row["closed"]))):
                found.add(date.fromisoformat(day) + more * _ONE)
    return frozenset(found)
