"""What deliveries met with, written down many at a time: the line of the log, what becomes of the
delivery, and how the endpoint stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from maalem.payments.db import Pool


class Outcome(msgspec.Struct, kw_only=True, frozen=True):
    """One try. `again` is when the next one is due, if one is; `asked` that it was sent at all."""

    event_id: str
    endpoint_id: str
    attempt: int
    at: datetime
    took_ms: int
    answered: int | None
    error: str | None
    again: datetime | None
    asked: bool

    @property
    def good(self) -> bool:
        """Whether the event was heard."""
        return self.answered is not None and 200 <= self.answered < 300


class Standing(msgspec.Struct, kw_only=True):
    """What tries in a row add to an endpoint's standing."""

    endpoint_id: str
    good_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    last: Outcome | None = None
    delivered: int = 0
    failed: int = 0

    def add(self, met: Outcome) -> None:
        """One more try, after those before."""
        self.last = met
        if met.good:
            self.good_at, self.failures, self.failing_since = met.at, 0, None
            self.delivered += 1
        else:
            self.failures += 1
            self.failing_since = self.failing_since or met.at
            self.failed += 1


# A delivery that was heard needs its row no more: the log has it. One whose claim has run out
# meanwhile has a higher number and stays with whoever holds it.
_NOTE = """
WITH met AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[], $5::integer[],
        $6::integer[], $7::text[], $8::boolean[], $9::timestamptz[])
        AS t (event_id, endpoint_id, attempt, at, took_ms, answered, error, good, again)
), noted AS (
    INSERT INTO delivery_log (event_id, endpoint_id, attempt, at, took_ms, answered, error)
    SELECT event_id, endpoint_id, attempt, at, took_ms, answered, error FROM met
), heard AS (
    DELETE FROM event_deliveries d USING met
    WHERE met.good AND d.event_id = met.event_id AND d.endpoint_id = met.endpoint_id
      AND d.attempts = met.attempt AND d.status = 'pending'
)
UPDATE event_deliveries d
SET status = CASE WHEN met.again IS NULL THEN 'failed' ELSE 'pending' END,
    next_at = coalesce(met.again, d.next_at), answered = met.answered, error = met.error,
    held_until = NULL
FROM met
WHERE NOT met.good AND d.event_id = met.event_id AND d.endpoint_id = met.endpoint_id
  AND d.attempts = met.attempt AND d.status = 'pending'
"""
_STAND = """
WITH sums AS (
    SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::integer[], $4::timestamptz[],
        $5::timestamptz[], $6::integer[], $7::integer[], $8::text[], $9::integer[], $10::integer[])
        AS t (endpoint_id, good_at, failures, failing_since, last_at, last_took_ms, last_answered,
              last_error, delivered, failed)
    ORDER BY endpoint_id
), hours AS (
    INSERT INTO endpoint_hours (endpoint_id, hour, delivered, failed)
    SELECT endpoint_id, date_trunc('hour', last_at), delivered, failed FROM sums
    ON CONFLICT (endpoint_id, hour) DO UPDATE
    SET delivered = endpoint_hours.delivered + excluded.delivered,
        failed = endpoint_hours.failed + excluded.failed
)
INSERT INTO endpoint_standing AS s (endpoint_id, good_at, failures, failing_since, last_at,
    last_took_ms, last_answered, last_error)
SELECT endpoint_id, good_at, failures, failing_since, last_at, last_took_ms, last_answered,
    last_error FROM sums
ON CONFLICT (endpoint_id) DO UPDATE SET
    good_at = coalesce(excluded.good_at, s.good_at),
    failures = excluded.failures + CASE WHEN excluded.good_at IS NULL THEN s.failures ELSE 0 END,
    failing_since = CASE WHEN excluded.good_at IS NULL
        THEN coalesce(s.failing_since, excluded.failing_since) ELSE excluded.failing_since END,
    last_at = excluded.last_at, last_took_ms = excluded.last_took_ms,
    last_answered = excluded.last_answered, last_error = excluded.last_error
"""
_BACK = """
UPDATE event_deliveries d SET held_until = NULL, attempts = d.attempts - 1
FROM unnest($1::text[], $2::text[], $3::integer[]) AS t (event_id, endpoint_id, attempt)
WHERE (d.event_id, d.endpoint_id) = (t.event_id, t.endpoint_id) AND d.attempts = t.attempt
  AND d.status = 'pending'
"""


async def note(pool: Pool, met: Sequence[Outcome]) -> None:
    """Write what was met, in the order in which it was."""
    standings: dict[str, Standing] = {}
    for one in met:
        if one.asked:
            standings.setdefault(one.endpoint_id, Standing(endpoint_id=one.endpoint_id)).add(one)
    rows = [
        (*(m.event_id, m.endpoint_id, m.attempt, m.at, m.took_ms, m.answered, m.error), m.good)
        for m in met
    ]
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_NOTE, *_columns(rows), [m.again for m in met])
        if standings:
            await connection.execute(_STAND, *_columns([_sums(s) for s in standings.values()]))


async def give_back(pool: Pool, rows: Sequence[Any]) -> None:
    """Release claims that nothing was sent for; they count as no try."""
    keys = [(row["id"], row["endpoint_id"], row["attempts"]) for row in rows]
    await pool.execute(_BACK, *_columns(keys))


def _sums(s: Standing) -> tuple[Any, ...]:
    assert s.last is not None
    last = (s.last.at, s.last.took_ms, s.last.answered, s.last.error)
    return (s.endpoint_id, s.good_at, s.failures, s.failing_since, *last, s.delivered, s.failed)


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
