"""How an endpoint is doing, and what is done about one that answers nothing good for days."""

import logging
from datetime import datetime, timedelta
from typing import Any

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.context import Payments
from maalem.payments.db import Pool
from maalem.payments.events.outbox import event
from maalem.payments.events.records import Endpoint
from maalem.payments.events.replay import RETRIEVABLE
from maalem.payments.events.wire import endpoint as endpoint_wire
from maalem.payments.records import changed
from maalem.payments.units import ChangedMeanwhile, Unit

SILENT_FOR = timedelta(days=3)
SAMPLE, BATCH = 1_000, 100
HOURS_KEPT = timedelta(days=31)
_log = logging.getLogger("maalem.payments.deliveries")

_BACKLOG = """
SELECT count(*) AS pending, min(e.created_at) AS oldest
FROM event_deliveries d JOIN events e ON e.id = d.event_id
WHERE d.endpoint_id = $1 AND d.status = 'pending'
"""
_DAY = """
SELECT coalesce(sum(delivered), 0)::bigint AS delivered, coalesce(sum(failed), 0)::bigint AS failed
FROM endpoint_hours WHERE endpoint_id = $1 AND hour > $2
"""
_PACE = f"""
SELECT percentile_disc(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY took_ms) AS at
FROM (SELECT took_ms, answered, at FROM delivery_log WHERE endpoint_id = $1
      ORDER BY id DESC LIMIT {SAMPLE:d}) AS latest
WHERE answered IS NOT NULL AND at > $2
"""  # noqa: S608
_SILENT = f"""
id IN (SELECT endpoint_id FROM endpoint_standing WHERE failing_since <= $1)
AND status = 'enabled' AND NOT deleted AND origin <> 'installation'
AND (enabled_at IS NULL OR enabled_at <= $1) ORDER BY id LIMIT {BATCH:d}
"""  # noqa: S608


class Health(msgspec.Struct, kw_only=True, frozen=True):
    """Tries of the last 24 hours (`delivered`, `failed`), what waits now, and the latest answer."""

    delivered: int
    failed: int
    pending: int
    oldest_pending: datetime | None
    failures_in_a_row: int
    failing_since: datetime | None
    good_at: datetime | None
    last: dict[str, Any] | None
    p50_ms: int | None
    p99_ms: int | None


async def health_of(pool: Pool, endpoint_id: str, *, now: datetime) -> Health:
    """What can be said of an endpoint at `now`; answer times are of its latest 1,000 answers."""
    day = now - timedelta(days=1)
    backlog = await pool.fetchrow(_BACKLOG, endpoint_id)
    # The hour that began a day ago is left out: 23 to 24 hours.
    tries = await pool.fetchrow(_DAY, endpoint_id, day)
    pace = await pool.fetchval(_PACE, endpoint_id, day) or [None, None]
    at = await pool.fetchrow("SELECT * FROM endpoint_standing WHERE endpoint_id = $1", endpoint_id)
    last = None
    if at is not None:
        last = {
            "created": int(at["last_at"].timestamp()),
            "status": at["last_answered"],
            "error": at["last_error"],
            "took_ms": at["last_took_ms"],
        }
    return Health(
        delivered=tries["delivered"],
        failed=tries["failed"],
        pending=backlog["pending"],
        oldest_pending=backlog["oldest"],
        failures_in_a_row=at["failures"] if at else 0,
        failing_since=at["failing_since"] if at else None,
        good_at=at["good_at"] if at else None,
        last=last,
        p50_ms=pace[0],
        p99_ms=pace[1],
    )


async def disable_silent(payments: Payments) -> int:
    """Disable endpoints that have answered nothing good for three days; return how many.

    Their owner is told by an event, at her other endpoints and in her list. The installation's own
    endpoint stays: whoever runs it also runs this, and a shop that hears nothing sells nothing.
    """
    now = payments.clock.now()
    silent = await store.select(payments.pool, Endpoint, _SILENT, now - SILENT_FOR)
    done = 0
    for endpoint in silent:
        after = changed(endpoint, status="disabled", disabled_by="silence")
        told = event(
            "webhook_endpoint.disabled",
            endpoint_wire(after),
            account_id=endpoint.account_id,
            at=now,
            previous={"status": "enabled"},
        )
        try:
            await payments.writer.commit(Unit(events=[told]).put(after))
        except ChangedMeanwhile:
            continue  # its owner was quicker
        _log.warning("%s has answered nothing good for three days: disabled", endpoint.id)
        done += 1
    return done if done == BATCH else 0


async def forget_old(payments: Payments) -> int:
    """Delete events that are past their thirty days and a spare one, with their lines.

    None goes that somebody is still to hear of. Returns how many went.
    """
    now = payments.clock.now()
    edge = new_id("evt", at_ms=int((now - RETRIEVABLE).timestamp() * 1000))
    await payments.pool.execute("DELETE FROM endpoint_hours WHERE hour < $1", now - HOURS_KEPT)
    gone: int = await payments.pool.fetchval("SELECT forget_events($1, 1000)", edge)
    return gone


async def end_overlaps(payments: Payments) -> int:
    """Destroy secrets whose time beside a newer one is over; return 0.

    They sign nothing from that moment on, whether this has run or not.
    """
    await payments.pool.execute(
        "UPDATE webhook_endpoints SET previous_secret = NULL, previous_until = NULL,"
        " version = version + 1 WHERE previous_until <= $1",
        payments.clock.now(),
    )
    return 0
