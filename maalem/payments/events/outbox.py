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
    previous: dict[str, Any] | None = None,
    request_id: str | None = None,
    idempotency_key: str | None = None,
) -> Event:
    """Make an event about `obj` (as the wire shows it); add it to a unit's `events`."""
    data: dict[str, Any] = {"object": obj}
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
