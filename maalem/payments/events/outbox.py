"""What happened, written where it happened: an event is part of the change that it tells of."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from maalem.kit.ids import new_id
from maalem.payments.packed import pack

API_VERSION = "2026-06-24.dahlia"


class Event(NamedTuple):
    """A row of the outbox; `account_id` owns the object that it tells of. `data` is the wire's
    `{"object": …, "previous_attributes"?: …}`, JSON once and for all, packed."""

    id: str
    account_id: str
    type: str
    object_id: str
    data: bytes
    api_version: str
    request_id: str | None
    idempotency_key: str | None
    created_at: datetime


def event(
    type: str,
    obj: dict[str, Any],
    *,
    account_id: str,
    at: datetime,
    before: dict[str, Any] | None = None,
    previous: dict[str, Any] | None = None,
    request_id: str | None = None,
    idempotency_key: str | None = None,
) -> Event:
    """Make an event about `obj` (as the wire shows it); add it to a unit's `events`.

    `before` is the object as the wire showed it until now, or `previous` what of it is told.
    """
    data: dict[str, Any] = {"object": obj}
    if before is not None:
        previous = previous_attributes(before, obj)
    if previous:
        data["previous_attributes"] = previous
    return Event(
        id=new_id("evt"),
        account_id=account_id,
        type=type,
        # A balance has no id of its own: it is its owner's.
        object_id=obj.get("id", account_id),
        data=pack(msgspec.json.encode(data)),
        api_version=API_VERSION,
        request_id=request_id,
        idempotency_key=idempotency_key,
        created_at=at,
    )


def previous_attributes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What `before` said where `after` says another thing: within an object what differs there, a
    list as a whole, and null for what was not there."""
    told: dict[str, Any] = {}
    for name in (*before, *(name for name in after if name not in before)):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            told[name] = previous_attributes(old, new)
        else:
            told[name] = old
    return told
