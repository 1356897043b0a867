"""The rules in memory, and the one question that some of them ask of the database.

A payment without a rule that counts or looks into a list asks nothing. The process compares its
book with the database's every few seconds; whoever changes a rule here sees it at once.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

import asyncpg

from maalem.payments import store
from maalem.payments.db import Pool
from maalem.payments.rails.magic import ALL
from maalem.payments.risk.decide import VELOCITY, Wanted, in_force
from maalem.payments.risk.records import NORMAL, Count, Rule, Seen

COMPARE_AFTER_S, TOO_OLD_S, EAGER_S = 2.0, 15.0, 5.0
_log = logging.getLogger("maalem.payments.risk")
_LOOK = """
    SELECT 'count' AS is, w.key, w.window_h::text AS of,
        (SELECT ARRAY[coalesce(sum(attempts), 0), coalesce(sum(declines), 0),
            coalesce(sum(amount), 0)]::bigint[] FROM risk_counts c
         WHERE c.key = w.key
            AND c.hour > $3::timestamptz - make_interval(hours => w.window_h)) AS has
    FROM unnest($1::text[], $2::integer[]) AS w (key, window_h)
    UNION ALL
    SELECT 'member', i.list_id, i.value, NULL
    FROM value_list_items i JOIN unnest($4::text[], $5::text[]) AS w (list_id, value)
        USING (list_id, value)
    WHERE NOT i.deleted
"""


class RiskBook:
    """The rules of this process. `levels`: what is known of cards by their fingerprints."""

    def __init__(self, pool: Pool, *, levels: Mapping[str, str] | None = None) -> None:
        self._pool = pool
        self.levels: Mapping[str, str] = levels or {}
        self._rules: dict[str | None, list[Rule]] | None = None
        self._version = 0
        self._compared_at = self._eager_until = 0.0
        self._task: asyncio.Task[None] | None = None

    async def rules(self, account_id: str, *, now: datetime) -> list[Rule]:
        """The rules in force for an account: the house's, then its own, as they were written."""
        age_s = time.monotonic() - self._compared_at
        if self._rules is None or age_s > TOO_OLD_S or time.monotonic() < self._eager_until:
            await self._compare()
        elif age_s > COMPARE_AFTER_S and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._compare_quietly())
        assert self._rules is not None
        found = (*self._rules.get(None, ()), *self._rules.get(account_id, ()))
        return [rule for rule in found if in_force(rule, now=now)]

    def changing(self) -> None:
        """A rule or a list is about to be changed here: don't trust the book for a moment."""
        self._eager_until = time.monotonic() + EAGER_S

    async def look(self, wanted: Wanted, *, now: datetime) -> Seen:
        """What the rules want to know, in one statement; in none where they want nothing."""
        if not wanted.counts and not wanted.members:
            return Seen()
        rows = await self._pool.fetch(
            _LOOK,
            [key for key, _ in wanted.counts],
            [window_h for _, window_h in wanted.counts],
            hour_of(now),
            [name for name, _ in wanted.members],
            [value for _, value in wanted.members],
        )
        return Seen(
            counts={(r["key"], int(r["of"])): Count(*r["has"]) for r in rows if r["is"] == "count"},
            members=frozenset((r["key"], r["of"]) for r in rows if r["is"] == "member"),
        )

    async def _compare(self) -> None:
        asked_at = time.monotonic()
        version = await self._pool.fetchval("SELECT version FROM risk_book")
        if self._rules is None or version != self._version:
            # Ended rules are history. A rule about an empty list would ask for nothing.
            rules = await store.select(
                self._pool, Rule, "valid_until IS NULL OR valid_until > now() ORDER BY id"
            )
            filled = await self._pool.fetch(
                "SELECT DISTINCT list_id FROM value_list_items WHERE NOT deleted"
            )
            self._rules = _by_account(rules, filled={row["list_id"] for row in filled})
            self._version = version
        self._compared_at = asked_at

    async def _compare_quietly(self) -> None:
        try:
            await self._compare()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            _log.warning("the risk rules could not be compared; those at hand are used on")


def hour_of(at: datetime) -> datetime:
    """The hour that counters are kept by."""
    return at.replace(minute=0, second=0, microsecond=0)


def documented_levels(fingerprint_of: Callable[[str], str]) -> dict[str, str]:
    """The levels of the documented test cards, by fingerprint."""
    known = [card for card in ALL if card.risk_level != NORMAL]
    return {fingerprint_of(card.number): card.risk_level for card in known}


async def forget_counts(pool: Pool, *, now: datetime) -> int:
    """Drop counters that no window reaches any more."""
    gone = await pool.execute(
        "DELETE FROM risk_counts WHERE hour < $1", hour_of(now) - timedelta(days=31)
    )
    return int(gone.rpartition(" ")[2])


def _by_account(rules: Iterable[Rule], *, filled: set[str]) -> dict[str | None, list[Rule]]:
    found: dict[str | None, list[Rule]] = defaultdict(list)
    for rule in rules:
        empty = any(
            term.fact != VELOCITY and term.is_ == "in_list" and term.value not in filled
            for term in rule.terms
        )
        if not empty:
            found[rule.account_id].append(rule)
    return dict(found)
