"""What a merchant may say in a dispute: Stripe's keys, and how long each may be."""

from collections.abc import Mapping

from maalem.payments.errors import BadRequest

LONG, SHORT, TOTAL = 20_000, 5_000, 150_000
TEXTS = {
    "access_activity_log": LONG,
    "billing_address": SHORT,
    "cancellation_policy_disclosure": LONG,
    "cancellation_rebuttal": LONG,
    "customer_email_address": SHORT,
    "customer_name": SHORT,
    "customer_purchase_ip": SHORT,
    "duplicate_charge_explanation": LONG,
    "duplicate_charge_id": SHORT,
    "product_description": LONG,
    "refund_policy_disclosure": LONG,
    "refund_refusal_explanation": LONG,
    "service_date": SHORT,
    "shipping_address": SHORT,
    "shipping_carrier": SHORT,
    "shipping_date": SHORT,
    "shipping_tracking_number": SHORT,
    "uncategorized_text": LONG,
}
# These take the id of an uploaded document.
FILES = (
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
)
KEYS = tuple(sorted((*TEXTS, *FILES)))


def merged(old: Mapping[str, str], given: Mapping[str, str | None]) -> dict[str, str]:
    """`old` with `given` laid over it; an empty value takes its key away.

    Raises `BadRequest` for a text that is too long, or when all together are.
    """
    for key, value in given.items():
        limit = TEXTS.get(key, SHORT)
        if value is not None and len(value) > limit:
            raise BadRequest(
                f"Invalid string: {key} can have up to {limit} characters, you passed"
                f" {len(value)}.",
                code="parameter_invalid_string_length",
                param=f"evidence[{key}]",
            )
    laid = {**old, **{key: value for key, value in given.items() if value is not None}}
    whole = {key: value for key, value in laid.items() if value}
    total = sum(len(value) for value in whole.values())
    if total > TOTAL:
        raise BadRequest(
            f"All evidence together can have up to {TOTAL} characters, it has {total}.",
            code="parameter_invalid_string_length",
            param="evidence",
        )
    return whole


def documents(evidence: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of the documents among the evidence."""
    return tuple(evidence[key] for key in FILES if evidence.get(key))


def texts(evidence: Mapping[str, str]) -> dict[str, str]:
    """The words among the evidence."""
    return {key: evidence[key] for key in TEXTS if evidence.get(key)}
