"""The `event` object: the same whether it is delivered, retrieved or listed."""

from datetime import datetime
from typing import Any, ClassVar

from maalem.payments.mode import livemode
from maalem.payments.records import Record, epoch


class EventRow(Record, kw_only=True, frozen=True):
    """An event as it is read."""

    TABLE: ClassVar[str] = "events_shown"

    account_id: str
    connected_account_id: str | None
    type: str
    object_id: str
    data: Any  # a dict, or its JSON as it was written
    api_version: str
    request_id: str | None
    idempotency_key: str | None
    created_at: datetime
    on_behalf: bool
    pending_webhooks: int


def event(row: EventRow) -> dict[str, Any]:
    """The wire's object."""
    shown: dict[str, Any] = {
        "id": row.id,
        "object": "event",
        "api_version": row.api_version,
        "created": epoch(row.created_at),
        "data": row.data,
        "livemode": livemode(),
        "pending_webhooks": row.pending_webhooks,
        "request": {"id": row.request_id, "idempotency_key": row.idempotency_key},
        "type": row.type,
    }
    if row.connected_account_id is not None:
        shown["account"] = row.connected_account_id
    return shown
