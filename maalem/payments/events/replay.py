"""Which events an endpoint is to hear of again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from maalem.kit.ids import new_id
from maalem.payments.db import Pool
from maalem.payments.events.records import Endpoint

# Events may be asked for, and sent again, for as long; they are deleted a day later.
RETRIEVABLE = timedelta(days=30)
AT_ONCE = 1_000
# An id is made within the request that says when the event happened: a bound with room to spare.
_SPARE = timedelta(days=1)

# `heard` is whether the log has an answer of success; what is still to be sent is in no replay.
_WANTED = """
SELECT e.id, e.created_at FROM events e JOIN accounts a ON a.id = e.account_id
WHERE {of_whom} AND e.id > $2 AND e.id < $3 AND e.created_at >= $4 AND e.created_at < $5
  AND ($6::text[] IS NULL OR e.type = ANY ($6))
  AND NOT EXISTS (
    SELECT FROM event_deliveries d
    WHERE d.event_id = e.id AND d.endpoint_id = $7 AND d.status = 'pending')
  AND ($8::boolean IS NULL OR $8 = EXISTS (
    SELECT FROM delivery_log l
    WHERE l.event_id = e.id AND l.endpoint_id = $7 AND l.answered BETWEEN 200 AND 299))
ORDER BY e.id LIMIT $9
"""


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to before another; `heard` picks what was delivered, or what was not."""

    begin: datetime
    end: datetime
    heard: bool | None = None


async def wanted(pool: Pool, endpoint: Endpoint, span: Span) -> Sequence[tuple[str, datetime]]:
    """(id, when) of the events within `span` that the endpoint listens to, oldest first.

    One more than `AT_ONCE` says that there are more.
    """
    rows = await pool.fetch(
        # Our own words: an endpoint with `connect` hears of those who are connected.
        _WANTED.format(of_whom="a.parent_id = $1" if endpoint.connect else "a.id = $1"),
        endpoint.account_id,
        _edge(span.begin - _SPARE),
        _edge(span.end + _SPARE),
        span.begin,
        span.end,
        None if "*" in endpoint.enabled_events else endpoint.enabled_events,
        endpoint.id,
        span.heard,
        AT_ONCE + 1,
    )
    return [(row["id"], row["created_at"]) for row in rows]


def _edge(at: datetime) -> str:
    return new_id("evt", at_ms=int(at.timestamp() * 1000))
