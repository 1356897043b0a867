"""Where a merchant wants to hear of what happens."""

from datetime import datetime
from typing import ClassVar

from maalem.payments.records import Record


class Endpoint(Record, kw_only=True, frozen=True):
    """An address that events are sent to. `secret` signs them; it is sealed (events/signing.py)
    and shown once. Until `previous_until` the secret before it signs as well.

    `origin` is `installation` where the settings made it; `disabled_by` is `owner`, or `silence`
    where it answered nothing good for days.
    """

    TABLE: ClassVar[str] = "webhook_endpoints"

    account_id: str
    url: str
    secret: str
    enabled_events: list[str]
    status: str = "enabled"
    connect: bool = False
    api_version: str | None = None
    description: str | None = None
    deleted: bool = False
    metadata: dict[str, str]
    created_at: datetime
    origin: str = "account"
    previous_secret: str | None = None
    previous_until: datetime | None = None
    enabled_at: datetime | None = None
    disabled_by: str | None = None


class Replay(Record, kw_only=True, frozen=True):
    """Events that an endpoint is to hear of (again), from the moment `at`; not kept itself."""

    TABLE: ClassVar[str] = "replays"

    endpoint_id: str
    event_ids: list[str]
    at: datetime
