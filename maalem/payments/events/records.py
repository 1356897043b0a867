"""Where a merchant wants to hear of what happens."""

from datetime import datetime
from typing import ClassVar

from maalem.payments.records import Record


class Endpoint(Record, kw_only=True, frozen=True):
    """An address that events are sent to; `secret` signs them and is shown once."""

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
