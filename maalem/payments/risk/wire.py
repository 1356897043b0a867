"""Rules (ours), value lists, their items and reviews as the wire shows them."""

from typing import Any

from maalem.payments.mode import livemode
from maalem.payments.records import epoch
from maalem.payments.risk.records import Review, Rule, ValueList, ValueListItem


def rule(record: Rule) -> dict[str, Any]:
    """The `radar.rule` object (ours)."""
    return {
        "id": record.id,
        "object": "radar.rule",
        "action": record.action,
        "changed": epoch(record.changed_at),
        "changed_by": record.changed_by,
        "conditions": record.conditions,
        "created": epoch(record.created_at),
        "livemode": livemode(),
        "reason": record.reason,
        "valid_from": epoch(record.valid_from),
        "valid_until": epoch(record.valid_until),
        "version": record.version,
    }


def value_list(record: ValueList, items: list[ValueListItem] | None = None) -> dict[str, Any]:
    """The `radar.value_list` object with its newest items."""
    if record.deleted:
        return {"id": record.id, "object": "radar.value_list", "deleted": True}
    found = items or []
    return {
        "id": record.id,
        "object": "radar.value_list",
        "alias": record.alias,
        "created": epoch(record.created_at),
        "created_by": record.created_by,
        "item_type": record.item_type,
        "list_items": {
            "object": "list",
            "data": [value_list_item(item) for item in found[:10]],
            "has_more": len(found) > 10,
            "url": f"/v1/radar/value_list_items?value_list={record.id}",
        },
        "livemode": livemode(),
        "metadata": record.metadata,
        "name": record.name,
    }


def value_list_item(record: ValueListItem) -> dict[str, Any]:
    """The `radar.value_list_item` object."""
    if record.deleted:
        return {"id": record.id, "object": "radar.value_list_item", "deleted": True}
    return {
        "id": record.id,
        "object": "radar.value_list_item",
        "created": epoch(record.created_at),
        "created_by": record.created_by,
        "livemode": livemode(),
        "value": record.value,
        "value_list": record.list_id,
    }


def review(record: Review) -> dict[str, Any]:
    """The `review` object."""
    return {
        "id": record.id,
        "object": "review",
        "billing_zip": None,
        "charge": record.charge_id,
        "closed_reason": record.closed_reason,
        "created": epoch(record.created_at),
        "ip_address": None,
        "ip_address_location": None,
        "livemode": livemode(),
        "open": record.open,
        "opened_reason": "rule",
        "payment_intent": record.intent_id,
        "reason": record.closed_reason or "rule",
        "session": None,
    }
