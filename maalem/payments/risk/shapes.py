"""What `risk/wire.py` renders."""

from typing import Any, Literal, TypedDict

from maalem.payments.shapes import ChargeId, IntentId, Metadata, Never, Timestamp


class RadarRule(TypedDict):
    """All `conditions` met, and `action` is taken for the `reason` (ours)."""

    id: str
    object: Literal["radar.rule"]
    action: Literal["allow", "block", "challenge", "review"]
    changed: Timestamp
    changed_by: str
    conditions: list[dict[str, Any]]
    created: Timestamp
    livemode: bool
    reason: str
    valid_from: Timestamp
    valid_until: Timestamp | None
    version: int


class ValueListItem(TypedDict):
    id: str
    object: Literal["radar.value_list_item"]
    created: Timestamp
    created_by: str
    livemode: bool
    value: str
    value_list: str


class DeletedValueListItem(TypedDict):
    id: str
    object: Literal["radar.value_list_item"]
    deleted: Literal[True]


class ListItems(TypedDict):
    object: Literal["list"]
    data: list[ValueListItem]
    has_more: bool
    url: str


class ValueList(TypedDict):
    """Values that a rule asks for."""

    id: str
    object: Literal["radar.value_list"]
    alias: str
    created: Timestamp
    created_by: str
    item_type: str
    list_items: ListItems
    livemode: bool
    metadata: Metadata
    name: str


class DeletedValueList(TypedDict):
    id: str
    object: Literal["radar.value_list"]
    deleted: Literal[True]


class Review(TypedDict):
    """A payment that went through, and that a person should look at."""

    id: str
    object: Literal["review"]
    billing_zip: Never
    charge: ChargeId | None
    closed_reason: Literal["approved", "disputed", "refunded", "refunded_as_fraud"] | None
    created: Timestamp
    ip_address: Never
    ip_address_location: Never
    livemode: bool
    open: bool
    opened_reason: Literal["rule"]
    payment_intent: IntentId | None
    reason: Literal["rule", "approved", "disputed", "refunded", "refunded_as_fraud"]
    session: Never
