"""Keep a signed event and act on it at once; a job goes on with what could not be settled."""

import json
import logging
from typing import Any

from django.db import transaction

from maalem.platform.ground.gateway.shapes import Event as Signed
from maalem.platform.inbox import handlers, jobs
from maalem.platform.inbox.models import Event
from maalem.platform.inbox.states import EVENT_NEXT, MAX_TRIES, EventStatus
from maalem.platform.rows import read, run

log = logging.getLogger(__name__)
_KEEP = """
INSERT INTO inbox_event (event_id, type, payload, status, tries, reason)
VALUES (%s, %s, %s, 'stored', 0, '') ON CONFLICT DO NOTHING
"""
_SETTLE = """
UPDATE inbox_event SET status = %s, settled_at = statement_timestamp(), tries = tries + 1
 WHERE id = %s AND status = %s
"""


@transaction.atomic
def receive(signed: Signed) -> str:
    """Store a verified event once and act on it, in one commit; return its status.

    Where acting on it fails, the event stays with a job that tries again: only that is undone.
    """
    payload = {"object": dict(signed.object), "account": signed.account}
    values = [signed.id, signed.type[:120], json.dumps(payload)]
    run(_KEEP, values)
    status = handle(signed.id)
    if status == EventStatus.STORED:
        jobs.handle.defer(event=signed.id)
    return status


def handle(event_id: str) -> str:
    """Act on a stored event once; return its status. Parked after too many tries, with why.

    A broken event never keeps others waiting, and stays to be looked at.
    """
    try:
        with transaction.atomic():
            (event,) = read(Event, "WHERE event_id = %s FOR NO KEY UPDATE", [event_id])
            if event.status not in (EventStatus.STORED, EventStatus.PARKED):
                return event.status
            # What happens on a seller's account is no word about ours, whatever it says of itself.
            theirs = event.payload.get("account")
            known = (handlers.OF_SELLERS if theirs else handlers.BY_TYPE).get(event.type)
            if known is None:
                return _settle(event, then=EventStatus.IGNORED)
            thing = event.payload["object"]
            known({**thing, "account": theirs} if theirs else thing)
            return _settle(event, then=EventStatus.HANDLED)
    except Exception as trouble:
        log.exception("event %s could not be handled", event_id)
        return _tried(event_id, trouble=trouble)


def _settle(event: Event, *, then: EventStatus) -> str:
    assert then in EVENT_NEXT[event.status], f"{event}: {event.status} to {then}"
    run(_SETTLE, [then, event.pk, event.status])
    return str(then)


@transaction.atomic
def _tried(event_id: str, *, trouble: Exception) -> str:
    event = Event.objects.select_for_update(no_key=True).get(event_id=event_id)
    reason = f"{type(trouble).__name__}: {trouble}"[:500]
    values: dict[str, Any] = {"tries": event.tries + 1, "reason": reason}
    poison = isinstance(trouble, handlers.Poison) or event.tries + 1 >= MAX_TRIES
    if poison and event.status == EventStatus.STORED:
        values["status"] = EventStatus.PARKED
        handlers.parked(event.event_id, kind=event.type, reason=reason)
    Event.objects.filter(pk=event.pk).update(**values)
    return str(values.get("status", event.status))
