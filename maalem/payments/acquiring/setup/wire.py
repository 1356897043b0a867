"""Setup intents and their attempts as the wire shows them."""

from typing import Any

from maalem.payments.acquiring.setup.records import Mandate, SetupAttempt, SetupIntent
from maalem.payments.mode import livemode
from maalem.payments.records import epoch

# What an attempt's status is called there.
_SHOWN = {"sent": "processing", "unknown": "processing", "challenged": "requires_action"}


def setup_intent(record: SetupIntent) -> dict[str, Any]:
    """The `setup_intent` object; what may be expanded stands as an id."""
    return {
        "id": record.id,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": record.cancellation_reason,
        "client_secret": record.client_secret,
        "created": epoch(record.created_at),
        "customer": record.customer_id,
        "description": record.description,
        "flow_directions": None,
        "last_setup_error": record.last_setup_error,
        "latest_attempt": record.attempt_id,
        "livemode": livemode(),
        "mandate": record.mandate_id,
        "metadata": record.metadata,
        "next_action": record.next_action,
        "on_behalf_of": None,
        "payment_method": record.payment_method_id,
        "payment_method_configuration_details": None,
        "payment_method_options": record.payment_method_options or {},
        "payment_method_types": record.payment_method_types,
        "single_use_mandate": None,
        "status": record.status,
        "usage": record.usage,
    }


def setup_attempt(record: SetupAttempt) -> dict[str, Any]:
    """The `setup_attempt` object."""
    return {
        "id": record.id,
        "object": "setup_attempt",
        "application": None,
        "created": epoch(record.created_at),
        "customer": record.customer_id,
        "flow_directions": None,
        "livemode": livemode(),
        "on_behalf_of": None,
        "payment_method": record.payment_method_id,
        "payment_method_details": record.details,
        "setup_error": record.error,
        "setup_intent": record.setup_id,
        "status": _SHOWN.get(record.status, record.status),
        "usage": record.usage,
    }


def mandate(record: Mandate, *, online: dict[str, Any] | None = None) -> dict[str, Any]:
    """The `mandate` object. From where she agreed is personal: shown to who retrieves it alone."""
    kept = record.acceptance
    accepted: dict[str, Any] = {"accepted_at": kept.get("accepted_at"), "type": kept["type"]}
    if kept["type"] == "online":
        accepted["online"] = online or {"ip_address": None, "user_agent": None}
    else:
        accepted["offline"] = {}
    return {
        "id": record.id,
        "object": "mandate",
        "customer_acceptance": accepted,
        "livemode": livemode(),
        "multi_use": {},
        "on_behalf_of": None,
        "payment_method": record.payment_method_id,
        "payment_method_details": {"type": "card", "card": {}},
        "status": record.status,
        "type": "multi_use",
    }
