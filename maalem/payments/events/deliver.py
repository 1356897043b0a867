"""Send events to the endpoints that want them: at least once, oldest first, for three days.

A delivery is claimed before it is sent and released by its outcome; a worker that dies leaves a
claim that runs out, and another sends the event again. An endpoint has a few deliveries under
way at a time, so that one that answers slowly or never delays no other. Every try is signed
anew, because a receiver refuses signatures older than five minutes.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from datetime import timedelta
from time import monotonic
from typing import Any

import msgspec

from maalem.kit.signatures import sign
from maalem.payments.context import Payments
from maalem.payments.events.backoff import next_try
from maalem.payments.events.post import BadAnswer, Poster
from maalem.payments.events.reach import Target, Unreachable, guarded_target, plain_target
from maalem.payments.events.wire import EventRow
from maalem.payments.events.wire import event as shown
from maalem.payments.together import Together

AT_ONCE, PER_ENDPOINT = 64, 8
TIMEOUT_S, CLAIM = 10.0, timedelta(seconds=60)
MOMENT_S, GRACE_S = 0.25, 3.0
_log = logging.getLogger("maalem.payments.deliveries")

_CLAIM = """
WITH held AS (
    SELECT endpoint_id, count(*) AS many FROM event_deliveries
    WHERE status = 'pending' AND held_until > $1 GROUP BY endpoint_id
), due AS (
    SELECT d.event_id, d.endpoint_id
    FROM webhook_endpoints w LEFT JOIN held ON held.endpoint_id = w.id
    CROSS JOIN LATERAL (
        SELECT event_id, endpoint_id FROM event_deliveries
        WHERE endpoint_id = w.id AND status = 'pending' AND next_at <= $1
          AND (held_until IS NULL OR held_until <= $1)
        ORDER BY event_id LIMIT greatest(0, $4 - coalesce(held.many, 0)) FOR UPDATE SKIP LOCKED
    ) d
    LIMIT $2
), claimed AS (
    UPDATE event_deliveries d SET held_until = $3, attempts = d.attempts + 1
    FROM due WHERE (d.event_id, d.endpoint_id) = (due.event_id, due.endpoint_id)
    RETURNING d.event_id, d.endpoint_id, d.attempts
)
SELECT e.id, e.account_id, nullif(e.account_id, w.account_id) AS connected, e.type,
       e.object_id, e.api_version, e.request_id, e.idempotency_key, e.created_at, e.data,
       c.attempts, c.endpoint_id,
       w.url, w.secret,
       w.status = 'enabled' AND NOT w.deleted AS wanted,
       (SELECT count(*) FROM event_deliveries d
        WHERE d.event_id = e.id AND d.status = 'pending') AS pending_webhooks
FROM claimed c JOIN events e ON e.id = c.event_id JOIN webhook_endpoints w ON w.id = c.endpoint_id
ORDER BY e.id
"""
_OUTCOMES = """
WITH met AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[], $5::integer[],
        $6::integer[], $7::text[], $8::text[], $9::timestamptz[])
        AS t (event_id, endpoint_id, attempt, at, took_ms, answered, error, status, again)
), noted AS (
    INSERT INTO delivery_log (event_id, endpoint_id, attempt, at, took_ms, answered, error)
    SELECT event_id, endpoint_id, attempt, at, took_ms, answered, error FROM met
)
UPDATE event_deliveries d
SET status = met.status, next_at = coalesce(met.again, d.next_at), answered = met.answered,
    error = met.error, held_until = NULL,
    delivered_at = CASE WHEN met.status = 'delivered' THEN met.at END
FROM met
WHERE d.event_id = met.event_id AND d.endpoint_id = met.endpoint_id AND d.attempts = met.attempt
  AND d.status = 'pending'
"""
_TROUBLES = (OSError, EOFError, ValueError, BadAnswer, asyncio.LimitOverrunError)
Outcome = tuple[Any, ...]


class Deliverer:
    """Keeps connections open between deliveries; close it at the end."""

    def __init__(self, *, live: bool = False, timeout_s: float = TIMEOUT_S) -> None:
        self._live = live
        self._flying: set[asyncio.Task[None]] = set()
        # Whether an endpoint may have more due than it was given at the last look.
        self.behind = False
        self._poster = Poster(timeout_s=timeout_s)
        self._payments: Payments | None = None
        self._notes: Together[Outcome, None] = Together(self._note, most=AT_ONCE)

    async def close(self) -> None:
        """Give what is under way a little time, and close the connections.

        A delivery that is broken off is sent again when its claim has run out.
        """
        if self._flying:
            _, slow = await asyncio.wait(self._flying, timeout=GRACE_S)
            for task in slow:
                task.cancel()
        self._poster.close()

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._flying:
            await asyncio.wait(self._flying)

    async def run(self, payments: Payments) -> int:
        """Start what is due and there is room for; return how many deliveries were started.

        It waits a moment for the first of them that is over, and not for one that is slow.
        """
        self._payments = payments
        now, room = payments.clock.now(), AT_ONCE - len(self._flying)
        rows = (
            await payments.pool.fetch(_CLAIM, now, room, now + CLAIM, PER_ENDPOINT) if room else []
        )
        for row in rows:
            task = asyncio.create_task(self._deliver(payments, row))
            self._flying.add(task)
            task.add_done_callback(self._over)
        self.behind = bool(rows) and (self.behind or len(self._flying) >= PER_ENDPOINT)
        if rows:
            await asyncio.wait(self._flying, timeout=MOMENT_S, return_when=asyncio.FIRST_COMPLETED)
        return len(rows)

    def _over(self, task: "asyncio.Task[None]") -> None:
        self._flying.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # Its claim runs out by itself; the event is sent again then.
            _log.error("a delivery could not be noted: %r", task.exception())

    async def _deliver(self, payments: Payments, row: Any) -> None:
        started, answered, error = monotonic(), None, None
        if not row["wanted"]:
            error = "the endpoint is disabled"
        else:
            try:
                answered = await self._post(payments, row)
            except Unreachable as trouble:
                error = str(trouble)
            except _TROUBLES as trouble:
                error = type(trouble).__name__
        took_ms = int((monotonic() - started) * 1000)
        now = payments.clock.now()
        good = answered is not None and 200 <= answered < 300
        again = None
        if not good and row["wanted"]:
            again = next_try(
                attempts=row["attempts"],
                event_at=row["created_at"],
                now=now,
                spread=random.random(),
            )
        status = "delivered" if good else "pending" if again else "failed"
        key = (row["id"], row["endpoint_id"], row["attempts"])
        await self._notes.submit((*key, now, took_ms, answered, error, status, again))
        if status == "failed":
            _log.warning("%s was not delivered to %s: given up", row["id"], row["endpoint_id"])

    async def _post(self, payments: Payments, row: Any) -> int:
        target: Target = (
            await guarded_target(row["url"]) if self._live else plain_target(row["url"])
        )
        event = EventRow(
            **{name: row[name] for name in EventRow.__struct_fields__ if name in row},
        )
        body = msgspec.json.encode(shown(event, account=row["connected"]))
        at = int(payments.clock.now().timestamp())
        headers = {
            "User-Agent": "Maalem/1.0 (payments)",
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(body, secrets=[row["secret"]], at=at),
        }
        return await self._poster.post(target, headers=headers, body=body)

    async def _note(self, outcomes: Sequence[Outcome]) -> list[None]:
        assert self._payments is not None
        columns = [list(column) for column in zip(*outcomes, strict=True)]
        await self._payments.pool.execute(_OUTCOMES, *columns)
        return [None] * len(outcomes)
