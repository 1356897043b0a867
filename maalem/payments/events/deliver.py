"""Send events to the endpoints that want them: at least once, oldest first, for three days.

A delivery is claimed before it is sent and released by its outcome; a worker that dies leaves a
claim that runs out, and another sends the event again. An endpoint has a few deliveries under
way at a time, so that one that answers slowly or never delays no other. Every try is signed
anew, because a receiver refuses signatures older than five minutes.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import msgspec

from maalem.kit.signatures import sign
from maalem.payments.context import Payments
from maalem.payments.events import outcomes, signing
from maalem.payments.events.backoff import next_try
from maalem.payments.events.lanes import FIRST, Held
from maalem.payments.events.outcomes import Outcome
from maalem.payments.events.post import BadAnswer, Poster
from maalem.payments.events.reach import Unreachable, target_of
from maalem.payments.events.wire import EventRow
from maalem.payments.events.wire import event as shown
from maalem.payments.vault.keys import WrongKey

AT_ONCE, HELD_MAX, NOTED_AT_ONCE = 256, 2_048, 256
TIMEOUT_S, CLAIM = 10.0, timedelta(seconds=60)
MOMENT_S, GRACE_S = 0.25, 3.0
_log = logging.getLogger("maalem.payments.deliveries")

_CLAIM = """
WITH due AS (
    SELECT d.event_id, d.endpoint_id
    FROM webhook_endpoints w
    LEFT JOIN unnest($4::text[], $5::integer[]) AS held (endpoint_id, room)
        ON held.endpoint_id = w.id
    CROSS JOIN LATERAL (
        SELECT event_id, endpoint_id FROM event_deliveries
        WHERE endpoint_id = w.id AND status = 'pending' AND next_at <= $1
          AND (held_until IS NULL OR held_until <= $1)
        ORDER BY event_id LIMIT coalesce(held.room, $6) FOR UPDATE SKIP LOCKED
    ) d
    LIMIT $2
), claimed AS (
    UPDATE event_deliveries d SET held_until = $3, attempts = d.attempts + 1
    FROM due WHERE (d.event_id, d.endpoint_id) = (due.event_id, due.endpoint_id)
    RETURNING d.event_id, d.endpoint_id, d.attempts, d.attempts_before, d.since
)
SELECT e.id, e.account_id, nullif(e.account_id, w.account_id) AS connected, e.type,
       e.object_id, e.api_version, e.request_id, e.idempotency_key, e.created_at, e.data,
       c.attempts, c.attempts - c.attempts_before AS tries,
       coalesce(c.since, e.created_at) AS since, c.endpoint_id,
       w.url, w.account_id AS owner_id, w.secret, w.previous_secret, w.previous_until,
       w.status = 'enabled' AND NOT w.deleted AS wanted,
       (SELECT count(*) FROM event_deliveries d
        WHERE d.event_id = e.id AND d.status = 'pending') AS pending_webhooks
FROM claimed c JOIN events e ON e.id = c.event_id JOIN webhook_endpoints w ON w.id = c.endpoint_id
ORDER BY e.id
"""
_TROUBLES = (OSError, EOFError, ValueError, BadAnswer, asyncio.LimitOverrunError)


class Deliverer:
    """Keeps connections open between deliveries; close it at the end."""

    def __init__(self, *, live: bool = False, timeout_s: float = TIMEOUT_S) -> None:
        self._live = live
        self._timeout_s = timeout_s
        self._held: dict[str, Held] = {}
        self._lanes: set[asyncio.Task[None]] = set()
        self._low = asyncio.Event()
        self._closing = False
        self._poster = Poster(timeout_s=timeout_s)
        self._payments: Payments | None = None
        self._met: list[Outcome] = []
        self._returned: list[Any] = []
        self._noting: asyncio.Task[None] | None = None
        self._secrets: dict[str, str] = {}

    @property
    def behind(self) -> bool:
        """Whether an endpoint may have more due than it was given at the last look."""
        return any(held.more for held in self._held.values())

    async def close(self) -> None:
        """Give what is under way a little time, and close the connections.

        A delivery that is broken off is sent again when its claim has run out; what was not
        begun is given back at once.
        """
        self._closing = True
        for held in self._held.values():
            self._returned += held.give_back()
        if self._lanes:
            _, slow = await asyncio.wait(self._lanes, timeout=GRACE_S)
            for task in slow:
                task.cancel()
        self._note()
        if self._noting is not None:
            await asyncio.wait([self._noting], timeout=GRACE_S)
        self._poster.close()

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._lanes or self._noting is not None:
            await asyncio.wait([*self._lanes, *([self._noting] if self._noting else [])])

    async def run(self, payments: Payments) -> int:
        """Start what is due and there is room for; return how many deliveries were started.

        It waits a moment until an endpoint has room for more, and not for one that is slow.
        """
        self._payments = payments
        self._low.clear()
        started = await self._claim(payments)
        if started or self.behind:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._low.wait(), timeout=MOMENT_S)
        return started

    async def _claim(self, payments: Payments) -> int:
        now, moment = payments.clock.now(), monotonic()
        left = HELD_MAX - sum(len(held.waiting) for held in self._held.values())
        if left <= 0 or self._closing:
            return 0
        rooms = {endpoint_id: held.room for endpoint_id, held in self._held.items()}
        rows = await payments.pool.fetch(
            _CLAIM, now, left, now + CLAIM, list(rooms), list(rooms.values()), FIRST
        )
        given: dict[str, list[Any]] = {}
        for row in rows:
            given.setdefault(row["endpoint_id"], []).append(row)
        for endpoint_id in [*given, *(e for e, room in rooms.items() if room and e not in given)]:
            held = self._held.setdefault(endpoint_id, Held())
            held.take(given.get(endpoint_id, ()), room=rooms.get(endpoint_id, FIRST), now_s=moment)
            self._open_lanes(payments, endpoint_id, held)
        return len(rows)

    def _open_lanes(self, payments: Payments, endpoint_id: str, held: Held) -> None:
        wanted = min(held.lanes_wanted, held.lanes + len(held.waiting))
        while held.lanes < wanted and len(self._lanes) < AT_ONCE:
            held.lanes += 1
            task = asyncio.create_task(self._lane(payments, endpoint_id, held))
            self._lanes.add(task)
            task.add_done_callback(self._over)

    async def _lane(self, payments: Payments, endpoint_id: str, held: Held) -> None:
        """Send one after the other of what waits for an endpoint."""
        good = True
        try:
            while held.waiting:
                row = held.waiting.popleft()
                if monotonic() - held.claimed_at > CLAIM.total_seconds() - 2 * self._timeout_s:
                    self._returned.append(row)
                    good = False
                else:
                    good = await self._deliver(payments, row)
                if not good:
                    self._returned += held.give_back()
                if not good or (held.more and held.room):
                    self._low.set()
                self._note()
        finally:
            held.lanes -= 1
            self._low.set()
            if not held.lanes and not held.waiting and not held.more and held.window == FIRST:
                self._held.pop(endpoint_id, None)

    def _over(self, task: "asyncio.Task[None]") -> None:
        self._lanes.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # Its claim runs out by itself; the event is sent again then.
            _log.error("a delivery broke off: %r", task.exception())

    async def _deliver(self, payments: Payments, row: Any) -> bool:
        """Send one event; return whether more may follow at once."""
        started, answered, error = monotonic(), None, None
        if not row["wanted"]:
            error = "the endpoint is disabled"
        else:
            try:
                answered = await self._post(payments, row)
            except Unreachable as trouble:
                error = str(trouble)
            except WrongKey:
                error = "the endpoint's secret can't be opened"
            except _TROUBLES as trouble:
                error = type(trouble).__name__
        took_ms = int((monotonic() - started) * 1000)
        now = payments.clock.now()
        good = answered is not None and 200 <= answered < 300
        again = None
        if not good and row["wanted"]:
            again = next_try(
                attempts=row["tries"], event_at=row["since"], now=now, spread=random.random()
            )
        self._met.append(
            Outcome(
                event_id=row["id"],
                endpoint_id=row["endpoint_id"],
                attempt=row["attempts"],
                at=now,
                took_ms=took_ms,
                answered=answered,
                error=error,
                again=again,
                asked=row["wanted"],
            )
        )
        if not good and again is None:
            _log.warning("%s was not delivered to %s: given up", row["id"], row["endpoint_id"])
        return good or not row["wanted"]

    async def _post(self, payments: Payments, row: Any) -> int:
        config = payments.config
        target = await target_of(
            row["url"], live=self._live, own=config.payments_url, shop=config.platform_url
        )
        event = EventRow(
            **{name: row[name] for name in EventRow.__struct_fields__ if name in row},
        )
        body = msgspec.json.encode(shown(event, account=row["connected"]))
        now = payments.clock.now()
        secrets = await self._secrets_of(payments, row, at=now)
        headers = {
            "User-Agent": "Maalem/1.0 (payments)",
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(body, secrets=secrets, at=int(now.timestamp())),
        }
        return await self._poster.post(target, headers=headers, body=body)

    async def _secrets_of(
        self, payments: Payments, row: Mapping[str, Any], *, at: datetime
    ) -> list[str]:
        """The secret that signs, and the one before it for as long as it was given."""
        kept = [row["secret"]]
        if row["previous_until"] is not None and row["previous_until"] > at:
            kept.append(row["previous_secret"])
        for word in kept:
            if word not in self._secrets:
                if len(self._secrets) > 10_000:
                    self._secrets.clear()
                self._secrets[word] = await signing.opened(
                    payments.vault.papers, word, account_id=row["owner_id"]
                )
        return [self._secrets[word] for word in kept]

    def _note(self) -> None:
        """Write down what was met; what is met meanwhile goes with the next ones."""
        if (self._met or self._returned) and self._noting is None:
            self._noting = asyncio.create_task(self._write())

    async def _write(self) -> None:
        assert self._payments is not None
        pool = self._payments.pool
        try:
            while self._met or self._returned:
                met, self._met = self._met[:NOTED_AT_ONCE], self._met[NOTED_AT_ONCE:]
                back, self._returned = self._returned, []
                try:
                    if met:
                        await outcomes.note(pool, met)
                    if back:
                        await outcomes.give_back(pool, back)
                except Exception as trouble:
                    # The claims run out by themselves; the events are sent again then.
                    _log.error("deliveries could not be noted: %r", trouble)
        finally:
            self._noting = None
