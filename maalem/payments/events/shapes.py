"""What `events/wire.py` and the endpoints' health and deliveries render."""

from typing import Any, Literal, NotRequired, TypedDict

from maalem.payments.shapes import Metadata, Never, Timestamp


class EventData(TypedDict):
    """The object as it was then, and what it said before where it was changed."""

    object: dict[str, Any]
    previous_attributes: NotRequired[dict[str, Any]]


class EventRequest(TypedDict):
    id: str | None
    idempotency_key: str | None


class Event(TypedDict):
    """Something that happened."""

    id: str
    object: Literal["event"]
    account: NotRequired[str]
    api_version: str
    created: Timestamp
    data: EventData
    livemode: bool
    pending_webhooks: int
    request: EventRequest
    type: str


class WebhookEndpoint(TypedDict):
    """Where events go. `secret` is there in the first answer to whoever made it."""

    id: str
    object: Literal["webhook_endpoint"]
    api_version: str | None
    application: Never
    created: Timestamp
    description: str | None
    enabled_events: list[str]
    livemode: bool
    metadata: Metadata
    status: Literal["disabled", "enabled"]
    url: str
    secret: NotRequired[str | None]
    secret_withheld: NotRequired[str | None]


class DeletedWebhookEndpoint(TypedDict):
    id: str
    object: Literal["webhook_endpoint"]
    deleted: Literal[True]


class AnswerTimes(TypedDict):
    p50: int | None
    p99: int | None


class LastAnswer(TypedDict):
    created: Timestamp
    status: int | None
    error: str | None
    took_ms: int | None


class EndpointHealth(TypedDict):
    """How an endpoint is doing (ours)."""

    object: Literal["webhook_endpoint.health"]
    webhook_endpoint: str
    livemode: bool
    status: Literal["disabled", "enabled"]
    disabled_by: str | None
    delivered: int
    failed: int
    pending: int
    oldest_pending_age: int | None
    failures_in_a_row: int
    failing_since: Timestamp | None
    last_delivered: Timestamp | None
    last_answer: LastAnswer | None
    answer_ms: AnswerTimes
    previous_secret_until: Timestamp | None


class WebhookDelivery(TypedDict):
    """One try to reach an endpoint (ours)."""

    id: str
    object: Literal["webhook_delivery"]
    created: Timestamp
    livemode: bool
    webhook_endpoint: str
    event: str
    event_type: str
    event_object: str
    attempt: int
    delivered: bool
    status: int | None
    error: str | None
    next_attempt: Timestamp | None
    took_ms: int | None


class EndpointReplay(TypedDict):
    """Events that are sent again (ours)."""

    id: str
    object: Literal["webhook_endpoint.replay"]
    created: Timestamp
    livemode: bool
    webhook_endpoint: str
    events: int
    has_more: bool
    last_event_created: Timestamp | None
