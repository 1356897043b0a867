"""Which rate is used today. Read once in a while by each process, not by each page."""

import time
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from maalem.platform.ground.rates import decide
from maalem.platform.rows import rows

# For so long a process may not yet know of a file that another one took in.
KEPT_S = 30.0
# Tests run in a transaction that is rolled back; one that tests the keeping sets this.
KEEP_IN_TRANSACTIONS = False


class Rate(NamedTuple):
    """Dirhams for one unit of `currency`, in millionths, and who said so of which day."""

    currency: str
    mad_millionths: int
    valid_from: date
    source: str
    examples: bool


_NEWEST = """
SELECT DISTINCT ON (r.currency) r.currency, r.mad_millionths, r.valid_from, i.source, i.examples
  FROM rates_rate r
  JOIN rates_import i ON i.id = r.taken_from_id
 WHERE r.valid_from <= %s
 ORDER BY r.currency, r.valid_from DESC
"""
_ALL = """
SELECT r.valid_from, r.currency, r.mad_millionths, i.source, i.examples, i.file, i.by, i.digest
  FROM rates_rate r
  JOIN rates_import i ON i.id = r.taken_from_id
 ORDER BY r.valid_from DESC, r.currency
 LIMIT %s
"""
# The day, until when it is believed, the rates of that day.
_kept: tuple[date, float, dict[str, Rate]] | None = None


def rate_of(currency: str) -> Rate | None:
    """The rate that is used today, or None where there is none or the newest is too old."""
    today = timezone.localdate()
    rate = _newest(today).get(currency)
    if rate is None or not decide.usable(rate.valid_from, today=today, days=settings.RATE_DAYS):
        return None
    return rate


def _newest(today: date) -> dict[str, Rate]:
    global _kept
    kept = _kept
    if kept is not None and kept[0] == today and kept[1] > time.monotonic() and _may_keep():
        return kept[2]
    found = {rate.currency: rate for rate in map(Rate._make, rows(_NEWEST, [today]))}
    if _may_keep():
        _kept = today, time.monotonic() + KEPT_S, found
    return found


def _may_keep() -> bool:
    return KEEP_IN_TRANSACTIONS or not connection.in_atomic_block


def forget() -> None:
    """Read anew the next time: this process has just written."""
    global _kept
    _kept = None


class Listed(NamedTuple):
    """One rate with where it came from, for the terminal."""

    valid_from: date
    currency: str
    mad_millionths: int
    source: str
    examples: bool
    file: str
    by: str
    digest: str


def newest(most: int = 60) -> list[Listed]:
    """The newest rates, newest first."""
    return [Listed._make(found) for found in rows(_ALL, [most])]
