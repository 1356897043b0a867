"""Keep a signed event and act on it at once; a job goes on with what could not be settled."""

import logging
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from maalem.platform.ground.gateway.shapes import Event as Signed
from maalem.platform.inbox import handlers, jobs
from maalem.platform.inbox.models import Event
from maalem.platform.inbox.states import EVENT_NEXT, MAX_TRIES, EventStatus

log = logging.getLogger(__name__)


@transaction.atomic
def receive(signed: Signed) -> str:
    """Store a verified event once and act on it, in one commit; return its status.

    Where acting on it fails, the event stays with a job that tries again: only that is undone.
    """
    event = Event(
        event_id=signed.id,
        type=signed.type[:120],
        payload={"object": dict(signed.object)},
    )
    Event.objects.bulk_create([event], ignore_conflicts=True)
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
            event = Event.objects.select_for_update(no_key=True).get(event_id=event_id)
            if event.status not in (EventStatus.STORED, EventStatus.PARKED):
                return event.status
            known = handlers.BY_TYPE.get(event.type)
            if known is None:
                return _settle(event, then=EventStatus.IGNORED)
            known(event.payload["object"])
            return _settle(event, then=EventStatus.HANDLED)
    except Exception as trouble:
        log.exception("event %s could not be handled", event_id)
        return _tried(event_id, trouble=trouble)


def _settle(event: Event, *, then: EventStatus) -> str:
    assert then in EVENT_NEXT[event.status], f"{event}: {event.status} to {then}"
    Event.objects.filter(pk=event.pk, status=event.status).update(
        status=then, settled_at=Now(), tries=F("tries") + 1
    )
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
