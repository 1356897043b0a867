"""The moments of an object's life: a row says when it began, and when it was answered or ended."""

from collections.abc import Iterator
from typing import Any

from maalem.payments.story.records import Entry

SHOWN = (
    *("amount", "currency", "type", "kind", "reason", "rail", "receipt_number", "paid_with"),
    *("fee", "net", "destination_id"),
    *("bank_reference", "case_reference", "original", "network_reason_code", "due_by"),
    *("available_on", "arrival_date", "transfer_group", "client_reference_id"),
    *("payment_status", "matched_as", "booked_on", "code", "approver", "request_id"),
    *("idempotency_key", "day", "network", "reference", "name", "detail", "note"),
    *("officer", "about", "target", "submission_count", "statement_descriptor"),
)
# What else a table's rows tell: the reference that the network knows a payment by.
_OF = {"charges": ("attempt_id",)}
# What a row has come to since it began.
_BY_NOW = ("amount_captured", "amount_refunded", "amount_reversed", "amount_disputed")
# What is known only once it is answered or over, and is told at that moment.
_ENDS = (
    *("status", "authorisation_code", "network_reference", "decline_code", "failure_code"),
    *("failure_message", "failure_reason", "return_reference", "cancellation_reason"),
    *("answer", "closed_by", "second", "closed_reason"),
)
# The columns that are moments, in the order of a life, and what each is called. What else there
# is to tell of an end is told at the last of them.
_MOMENTS = (
    *(("asked_at", "asked"), ("sent_at", "sent"), ("paid_at", "paid"), ("resolved_at", "answered")),
    *(("answered_at", "answered"), ("completed_at", "completed"), ("matched_at", "matched")),
    *(("received_at", "received"), ("canceled_at", "canceled"), ("closed_at", "closed")),
    *(("released_at", "released"), ("ended_at", "ended"), ("returned_at", "returned")),
)


def entries_of(table: str, row: dict[str, Any]) -> Iterator[Entry]:
    """The row's beginning and each later moment of it."""
    began = row.get("told_at") or row.get("created_at") or row.get("found_at") or row.get("at")
    later = [
        (row[column], word)
        for column, word in _MOMENTS
        if row.get(column) and not (column == "asked_at" and _at_once(row))
    ]
    ended = {name: row[name] for name in _ENDS if row.get(name)}
    details = {name: row[name] for name in (*SHOWN, *_OF.get(table, ())) if row.get(name)}
    if row.get("metadata"):
        details["metadata"] = row["metadata"]
    details |= {
        f"{name.removeprefix('amount_')} by now": row[name] for name in _BY_NOW if row.get(name)
    }
    details |= _proofs(row)
    if not later:
        details |= ended
    common = {"kind": table, "id": row["id"], "account": row.get("account_id")}
    yield Entry(at=began or "", details=details, **common)
    for place, (at, word) in enumerate(later):
        last = place == len(later) - 1
        yield Entry(at=at, moment=word, details=ended if last else {}, **common)


def _at_once(row: dict[str, Any]) -> bool:
    """The rail is asked at once; that it was asked again is what there is to see."""
    return bool((row.get("created_at") or "")[:19] >= row["asked_at"][:19])


def _proofs(row: dict[str, Any]) -> dict[str, Any]:
    """3-D Secure, the risk that was seen, and the fees that were frozen."""
    found: dict[str, Any] = {}
    if row.get("challenge"):
        found["proof"] = "3-D Secure was asked for"
    if row.get("authenticated"):
        found["proof"] = "the payer proved who she is (3-D Secure)"
    risk = row.get("risk") or {}
    if risk.get("rule") or risk.get("level") not in (None, "normal", "not_assessed"):
        found["risk"] = ", ".join(str(value) for value in risk.values() if isinstance(value, str))
    for line in row.get("fee_lines") or ():
        name = f"{line['line']} fee"
        said = f"{_plain(line['amount'])} of {_plain(line['of'])} by {line['rate']}"
        found[name] = f"{found[name]} and {said}" if name in found else said
    if row.get("fee_rate"):
        found["fee by"] = row["fee_rate"]
    return found


def _plain(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
