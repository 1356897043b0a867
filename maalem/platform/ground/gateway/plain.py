"""What the wire says, in our records. Plain data goes in: nothing of the SDK gets further."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from .records import (
    Bank,
    Charge,
    Charges,
    Delivery,
    Dispute,
    Document,
    Endpoint,
    Fee,
    Health,
    Key,
    Movement,
    Payout,
    Reserve,
    Returned,
    Review,
    Share,
    Statement,
    Told,
    Yes,
)

Plain = Mapping[str, Any]


def charges_of(found: Plain, *, next_after: str = "") -> Charges:
    charges = tuple(charge_of(one) for one in found["data"])
    return Charges(charges, next_after=next_after if found["has_more"] else "")


def charge_of(found: Plain) -> Charge:
    details = found.get("payment_method_details") or {}
    card, payer = details.get("card") or {}, found.get("billing_details") or {}
    line = found.get("balance_transaction")
    passed_on = bool(found.get("source_transfer"))
    return Charge(
        id=found["id"],
        status=found["status"],
        amount_minor=found["amount"],
        captured_minor=found["amount_captured"],
        refunded_minor=found["amount_refunded"],
        currency=found["currency"].upper(),
        captured=found["captured"],
        created_at=moment(found["created"]),
        intent=id_of(found.get("payment_intent")),
        group=found.get("transfer_group") or "",
        receipt=found.get("receipt_number") or "",
        method="passed_on" if passed_on else details.get("type") or "",
        brand=card.get("brand") or "",
        last4=card.get("last4") or "",
        payer=payer.get("name") or "",
        email=payer.get("email") or found.get("receipt_email") or "",
        decline=(found.get("outcome") or {}).get("reason") or found.get("failure_code") or "",
        dispute=id_of(found.get("dispute")),
        transfer=id_of(found.get("source_transfer")),
        movement=movement_of(line) if isinstance(line, Mapping) else None,
    )


def movement_of(found: Plain) -> Movement:
    parts = found.get("fee_details") or ()
    return Movement(
        id=found["id"],
        kind=found["type"],
        amount_minor=found["amount"],
        fee_minor=found["fee"],
        net_minor=found["net"],
        created_at=moment(found["created"]),
        available_at=moment(found["available_on"]),
        fees=tuple(Fee(one["type"], one["amount"], one.get("description") or "") for one in parts),
        source=id_of(found.get("source")),
        currency=found["currency"].upper(),
        is_available=found.get("status") == "available",
    )


def returned_of(found: Plain) -> Returned:
    line, back = found.get("balance_transaction"), found.get("failure_balance_transaction")
    return Returned(
        id=found["id"],
        status=found.get("status") or "",
        amount_minor=found["amount"],
        currency=found["currency"].upper(),
        created_at=moment(found["created"]),
        reason=found.get("reason") or "",
        movement=movement_of(line) if isinstance(line, Mapping) else None,
        came_back=movement_of(back) if isinstance(back, Mapping) else None,
    )


def share_of(found: Plain) -> Share:
    return Share(
        id=found["id"],
        amount_minor=found["amount"],
        taken_back_minor=found["amount_reversed"],
        currency=found["currency"].upper(),
        destination=id_of(found["destination"]),
        created_at=moment(found["created"]),
        group=found.get("transfer_group") or "",
    )


def told_of(found: Plain, *, thing: str) -> Told:
    return Told(
        id=found["id"],
        type=found["type"],
        object=thing,
        created_at=moment(found["created"]),
        request=(found.get("request") or {}).get("id") or "",
        waiting=found.get("pending_webhooks") or 0,
    )


def payout_of(found: Plain) -> Payout:
    votes = found.get("approvals") or {}
    return Payout(
        id=found["id"],
        status=found["status"],
        amount_minor=found["amount"],
        currency=found["currency"].upper(),
        arrives_on=moment(found["arrival_date"]).date(),
        created_at=moment(found["created"]),
        failure=found.get("failure_code") or "",
        reference=(found.get("trace_id") or {}).get("value") or "",
        missing=max(0, votes.get("needed", 0) - votes.get("given", 0)),
        is_automatic=bool(found.get("automatic")),
        bank=id_of(found.get("destination")),
    )


def yes_of(found: Plain) -> Yes:
    return Yes(
        officer=found["approver"],
        said_at=moment(found["created"]),
        counts=not found.get("set_aside"),
    )


def reserve_of(found: Plain) -> Reserve:
    return Reserve(
        id=found["id"],
        status=found["status"],
        amount_minor=found["amount"],
        currency=found["currency"].upper(),
        rule=id_of(found.get("rule")),
        until=moment_or_none(found.get("until")),
    )


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def moment_or_none(seconds: int | None) -> datetime | None:
    return moment(seconds) if seconds else None


def id_of(thing: Any) -> str:
    if not thing:
        return ""
    return thing if isinstance(thing, str) else str(thing["id"])


def whose(account: str) -> Any:
    return {"stripe_account": account} if account else {}


def sum_of(parts: Iterable[Plain]) -> int:
    return sum(part["amount"] for part in parts if part["currency"] == "mad")


def dispute_of(found: Plain) -> Dispute:
    details = found.get("evidence_details") or {}
    card = (found.get("payment_method_details") or {}).get("card") or {}
    lines = found.get("balance_transactions") or ()
    return Dispute(
        id=found["id"],
        status=found["status"],
        reason=found.get("reason") or "",
        amount_minor=found["amount"],
        currency=found["currency"].upper(),
        created_at=moment(found["created"]),
        due_at=moment_or_none(details.get("due_by")),
        charge=id_of(found.get("charge")),
        is_inquiry=card.get("case_type") == "inquiry",
        is_late=bool(details.get("past_due")),
        answers=details.get("submission_count") or 0,
        evidence={
            name: value
            for name, value in (found.get("evidence") or {}).items()
            if value and isinstance(value, str)
        },
        movements=tuple(movement_of(one) for one in lines),
    )


def document_of(found: Plain) -> Document:
    return Document(id=found["id"], name=found.get("filename") or "", size=found.get("size") or 0)


def bank_of(found: Plain) -> Bank:
    return Bank(
        id=found["id"],
        name=found.get("bank_name") or "",
        last4=found["last4"],
        holder=found.get("account_holder_name") or "",
        status=found["status"],
        is_default=bool(found.get("default_for_currency")),
        payouts_from=moment_or_none(found.get("payouts_from")),
    )


def statement_of(found: Plain) -> Statement:
    links = {}
    for one in found.get("files") or ():
        if one["format"] == "pdf" or one.get("bom"):
            links["-".join(filter(None, [one["format"], one.get("locale")]))] = one["url"]
    return Statement(
        id=found["id"],
        first=date.fromisoformat(found["period_start"]),
        last=date.fromisoformat(found["period_end"]),
        links=links,
    )


def review_of(found: Plain) -> Review:
    return Review(
        id=found["id"],
        charge=id_of(found.get("charge")),
        intent=id_of(found.get("payment_intent")),
        is_open=bool(found["open"]),
        reason=found.get("reason") or "",
        created_at=moment(found["created"]),
        closed=found.get("closed_reason") or "",
    )


def key_of(found: Plain) -> Key:
    return Key(
        id=found["id"],
        kind=found["type"],
        name=found.get("name") or "",
        hint=found.get("redacted") or "",
        status=found["status"],
        created_at=moment(found["created"]),
        used_at=moment_or_none(found.get("last_used")),
        ends_at=moment_or_none(found.get("expires_at")),
        permissions=dict(found.get("permissions") or {}),
        secret=found.get("secret") or "",
    )


def endpoint_of(found: Plain) -> Endpoint:
    return Endpoint(
        id=found["id"],
        url=found["url"],
        events=tuple(found["enabled_events"]),
        is_on=found["status"] == "enabled",
        created_at=moment(found["created"]),
        words=found.get("description") or "",
        secret=found.get("secret") or "",
    )


def health_of(found: Plain) -> Health:
    return Health(
        delivered=found["delivered"],
        failed=found["failed"],
        waiting=found["pending"],
        failing_since=moment_or_none(found.get("failing_since")),
        good_at=moment_or_none(found.get("last_delivered")),
        stopped_by=found.get("disabled_by") or "",
        old_secret_until=moment_or_none(found.get("previous_secret_until")),
    )


def delivery_of(found: Plain) -> Delivery:
    return Delivery(
        id=found["id"],
        event=found["event"],
        type=found["event_type"],
        about=found.get("event_object") or "",
        attempt=found["attempt"],
        is_heard=found["delivered"],
        answer=found.get("status") or 0,
        trouble=found.get("error") or "",
        created_at=moment(found["created"]),
        next_at=moment_or_none(found.get("next_attempt")),
    )
