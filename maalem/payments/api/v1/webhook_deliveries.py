"""What an endpoint was sent, how it answers, and sending it again. Stripe shows the first two in
its dashboard only, so their shape is ours: docs/webhooks.md."""

from datetime import timedelta
from typing import Any

from msgspec import Struct

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.api import lists
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.routes import route
from maalem.payments.api.v1.webhook_endpoints import own
from maalem.payments.errors import BadRequest, NotFound, Refused
from maalem.payments.events import replay
from maalem.payments.events.health import health_of
from maalem.payments.events.records import Endpoint, Replay
from maalem.payments.mode import livemode
from maalem.payments.records import epoch
from maalem.payments.units import Unit

_ROWS = """
SELECT l.id, l.event_id, l.attempt, l.at, l.took_ms, l.answered, l.error, e.type, e.object_id,
       d.next_at
FROM delivery_log l JOIN events e ON e.id = l.event_id
LEFT JOIN event_deliveries d ON d.event_id = l.event_id AND d.endpoint_id = l.endpoint_id
      AND d.attempts = l.attempt AND d.status = 'pending'
WHERE l.endpoint_id = $1 AND ($2::bigint IS NULL OR l.id {sign} $2)
  AND ($3::text IS NULL OR l.event_id = $3)
ORDER BY l.id {order} LIMIT $4
"""


class Deliveries(Struct, kw_only=True, forbid_unknown_fields=True):
    limit: int = lists.LIMIT_DEFAULT
    starting_after: str | None = None
    ending_before: str | None = None
    event: str | None = None


class Again(Struct, kw_only=True, forbid_unknown_fields=True):
    """`delivery_success` picks what was heard, or what was not; without it both."""

    created: lists.Range
    delivery_success: bool | None = None


@route("GET", "/v1/webhook_endpoints/{endpoint}/health")
async def health(call: Call, params: NoParams, endpoint_id: str) -> Object:
    """How the endpoint is doing."""
    endpoint = await own(call, endpoint_id)
    found = await health_of(call.payments.pool, endpoint.id, now=call.now)
    oldest = found.oldest_pending
    until = endpoint.previous_until
    return {
        "object": "webhook_endpoint.health",
        "webhook_endpoint": endpoint.id,
        "livemode": livemode(),
        "status": endpoint.status,
        "disabled_by": endpoint.disabled_by,
        "delivered": found.delivered,
        "failed": found.failed,
        "pending": found.pending,
        "oldest_pending_age": int((call.now - oldest).total_seconds()) if oldest else None,
        "failures_in_a_row": found.failures_in_a_row,
        "failing_since": epoch(found.failing_since),
        "last_delivered": epoch(found.good_at),
        "last_answer": found.last,
        "answer_ms": {"p50": found.p50_ms, "p99": found.p99_ms},
        "previous_secret_until": epoch(until) if until and until > call.now else None,
    }


@route("GET", "/v1/webhook_endpoints/{endpoint}/deliveries", Deliveries)
async def deliveries(call: Call, params: Deliveries, endpoint_id: str) -> Object:
    """The tries to reach the endpoint, newest first."""
    lists.checked(
        lists.ListParams(
            limit=params.limit,
            starting_after=params.starting_after,
            ending_before=params.ending_before,
        )
    )
    endpoint = await own(call, endpoint_id)
    backwards = params.ending_before is not None
    edge = await _place(call, endpoint, params)
    sql = _ROWS.format(sign=">" if backwards else "<", order="ASC" if backwards else "DESC")
    found = await call.payments.pool.fetch(sql, endpoint.id, edge, params.event, params.limit + 1)
    data = [_try(endpoint, row) for row in found[: params.limit]]
    if backwards:
        data.reverse()
    more = len(found) > params.limit
    return {"object": "list", "url": call.path, "has_more": more, "data": data}


@route("POST", "/v1/webhook_endpoints/{endpoint}/replay", Again)
async def send_again(call: Call, params: Again, endpoint_id: str) -> Decided:
    """Send what happened between two moments, oldest first, up to 1,000 events at once.

    What is still to be sent is left as it is, so that asking twice sends nothing twice.
    """
    endpoint = able(await own(call, endpoint_id))
    earliest = call.now - replay.RETRIEVABLE
    begin, end = earliest, call.now + timedelta(seconds=1)
    for sign, at in lists.between(params.created):
        if sign == ">=":
            begin = max(begin, at)
        else:
            end = min(end, at)
    span = replay.Span(begin, end, params.delivery_success)
    found = await replay.wanted(call.payments.pool, endpoint, span)
    chosen = found[: replay.AT_ONCE]
    again = Replay(
        id=new_id("rpl"),
        endpoint_id=endpoint.id,
        event_ids=[event_id for event_id, _ in chosen],
        at=call.now,
    )
    shown = {
        "id": again.id,
        "object": "webhook_endpoint.replay",
        "created": epoch(call.now),
        "livemode": livemode(),
        "webhook_endpoint": endpoint.id,
        "events": len(chosen),
        "has_more": len(found) > replay.AT_ONCE,
        "last_event_created": epoch(chosen[-1][1]) if chosen else None,
    }
    return Decided(shown, Unit().put(again) if chosen else Unit())


def able(endpoint: Endpoint) -> Endpoint:
    """The endpoint if it may be sent to, or `Refused`."""
    if endpoint.status != "enabled":
        raise Refused(
            "This webhook endpoint is disabled: enable it first.", code="webhook_endpoint_disabled"
        )
    return endpoint


async def _place(call: Call, endpoint: Endpoint, params: Deliveries) -> int | None:
    """Where a cursor stands in the endpoint's log."""
    edge = params.ending_before or params.starting_after
    if edge is None:
        return None
    body, _, attempt = edge.removeprefix("whd_").rpartition("_")
    place: int | None = None
    if edge.startswith("whd_") and attempt.isdecimal() and len(attempt) < 10:
        place = await call.payments.pool.fetchval(
            "SELECT id FROM delivery_log WHERE event_id = $1 AND endpoint_id = $2 AND attempt = $3",
            f"evt_{body}",
            endpoint.id,
            int(attempt),
        )
    if place is None:
        name = "ending_before" if params.ending_before else "starting_after"
        raise NotFound.of("webhook_delivery", edge, param=name)
    return place


def _try(endpoint: Endpoint, row: Any) -> Object:
    return {
        # The event's id and the number of the try: among an endpoint's tries there is one such.
        "id": f"whd_{row['event_id'].removeprefix('evt_')}_{row['attempt']}",
        "object": "webhook_delivery",
        "created": epoch(row["at"]),
        "livemode": livemode(),
        "webhook_endpoint": endpoint.id,
        "event": row["event_id"],
        "event_type": row["type"],
        "event_object": row["object_id"],
        "attempt": row["attempt"],
        "delivered": row["answered"] is not None and 200 <= row["answered"] < 300,
        "status": row["answered"],
        "error": row["error"],
        "next_attempt": epoch(row["next_at"]),
        "took_ms": row["took_ms"],
    }


async def retry(call: Call, event_id: str, endpoint_id: str) -> Unit:
    """The unit that sends one event to one endpoint (again), now.

    A platform that acts for a connected account may name its own connect endpoint.
    """
    row = await call.payments.pool.fetchrow(
        "SELECT account_id, created_at FROM events WHERE id = $1", event_id
    )
    if row["created_at"] < call.now - replay.RETRIEVABLE:
        raise BadRequest(f"Events can be sent again for {replay.RETRIEVABLE.days} days.")
    endpoint = await _hearer(call, endpoint_id)
    if endpoint.connect != (endpoint.account_id != row["account_id"]):
        raise BadRequest(
            "This webhook endpoint does not hear of this account's events.",
            param="webhook_endpoint",
        )
    able(endpoint)
    again = Replay(id=new_id("rpl"), endpoint_id=endpoint.id, event_ids=[event_id], at=call.now)
    return Unit().put(again)


async def _hearer(call: Call, endpoint_id: str) -> Endpoint:
    if not call.caller.on_behalf:
        return await own(call, endpoint_id)
    owners = [call.account.id, call.account.parent_id]
    for owner in owners:
        found = await store.get(call.payments.pool, Endpoint, endpoint_id, account_id=owner)
        if found is not None and not found.deleted:
            return found
    raise NotFound.of("webhook_endpoint", endpoint_id, param="webhook_endpoint")
