"""The `event` object, the same whether it is delivered, retrieved or listed; the endpoint's."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from maalem.payments.events.records import Endpoint
from maalem.payments.mode import livemode
from maalem.payments.packed import unpack
from maalem.payments.records import Record, epoch


class EventRow(Record, kw_only=True, frozen=True):
    """An event as it is read."""

    TABLE: ClassVar[str] = "events_shown"

    account_id: str
    type: str
    object_id: str
    data: bytes  # packed JSON
    api_version: str
    request_id: str | None
    idempotency_key: str | None
    created_at: datetime
    pending_webhooks: int


def event(row: EventRow, *, account: str | None = None) -> dict[str, Any]:
    """The wire's object; `account` is set where a platform hears of a connected account."""
    shown: dict[str, Any] = {
        "id": row.id,
        "object": "event",
        "api_version": row.api_version,
        "created": epoch(row.created_at),
        "data": msgspec.Raw(unpack(row.data)),
        "livemode": livemode(),
        "pending_webhooks": row.pending_webhooks,
        "request": {"id": row.request_id, "idempotency_key": row.idempotency_key},
        "type": row.type,
    }
    if account is not None:
        shown["account"] = account
    return shown


def endpoint(record: Endpoint) -> dict[str, Any]:
    """The `webhook_endpoint` object; never with the secret."""
    return {
        "id": record.id,
        "object": "webhook_endpoint",
        "api_version": record.api_version,
        "application": None,
        "created": epoch(record.created_at),
        "description": record.description,
        "enabled_events": record.enabled_events,
        "livemode": livemode(),
        "metadata": record.metadata,
        "status": record.status,
        "url": record.url,
    }
