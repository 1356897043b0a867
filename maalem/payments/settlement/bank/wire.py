"""The objects of the desk (ours; Stripe has no such resources): what the bank told, what waits."""

from datetime import datetime
from typing import Any

from maalem.payments.mode import livemode
from maalem.payments.records import epoch
from maalem.payments.settlement.bank.matching import REASONS
from maalem.payments.settlement.bank.morning import Morning, Thing, Waiting
from maalem.payments.settlement.bank.reading import REFUSALS
from maalem.payments.settlement.bank.records import BankFile, BankLine, Finding, Proof
from maalem.payments.settlement.bank.records import Statement as BankStatement
from maalem.payments.settlement.bank.safeguarding import OWED, THERE

SHOWN_MAX = 50


def proof(record: Proof) -> dict[str, Any]:
    """A day's proof without its files, whose links are made anew each time."""
    return {
        "id": record.id,
        "object": "desk.safeguarding_proof",
        "created": epoch(record.created_at),
        "currency": record.currency,
        "day": record.day.isoformat(),
        "difference": record.difference,
        "explained": record.explained,
        "livemode": livemode(),
        "owed": record.owed,
        "owed_terms": _terms(record, OWED),
        "there": record.there,
        "there_terms": _terms(record, THERE),
    }


def _terms(record: Proof, names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"term": name, "amount": record.terms.get(name, 0)} for name in names]


def bank_file(
    record: BankFile, *, told: list[BankStatement] | None = None, lines: Any = None
) -> dict[str, Any]:
    """A file that the bank gave us; its own bytes hold account numbers and stay sealed.

    `lines` counts what it told: a row of `count`, `matched` and `unmatched`.
    """
    shown: dict[str, Any] = {
        "id": record.id,
        "object": "desk.bank_file",
        "created": epoch(record.created_at),
        "lines": {name: lines[name] if lines else 0 for name in ("count", "matched", "unmatched")},
        "livemode": livemode(),
        "message": record.message,
        "name": record.name,
        "received": epoch(record.received_at),
        "refusal": record.refusal,
        "refusal_detail": record.detail or None,
        "refusal_message": REFUSALS.get(record.refusal) if record.refusal else None,
        "sha256": record.sha256,
        "status": record.status,
    }
    if told is not None:
        shown["statements"] = [_statement(one) for one in told]
    return shown


def _statement(record: BankStatement) -> dict[str, Any]:
    return {
        "closing_balance": record.closing,
        "currency": record.currency,
        "day": record.day.isoformat(),
        "id": record.id,
        "line_count": record.count,
        "number": record.number,
        "opening_balance": record.opening,
    }


def bank_line(record: BankLine) -> dict[str, Any]:
    """A movement of the account; `reason` is why nothing was found that it could be."""
    return {
        "id": record.id,
        "object": "desk.bank_line",
        "amount": record.amount,
        "bank_reference": record.bank_reference,
        "booked_on": record.booked_on.isoformat(),
        "code": record.code,
        "counterparty": record.counterparty,
        "created": epoch(record.created_at),
        "currency": record.currency,
        "end_to_end_id": record.end_to_end_id,
        "file": record.file_id,
        "livemode": livemode(),
        "matched_as": record.matched_as,
        "matched_at": epoch(record.matched_at),
        "matched_to": record.matched_to,
        "reason": record.reason,
        "reason_message": REASONS.get(record.reason) if record.reason else None,
        "return_reason": record.return_reason,
        "statement": record.statement_id,
        "status": record.status,
        "text": record.text,
        "value_on": record.value_on.isoformat(),
    }


def finding(record: Finding) -> dict[str, Any]:
    """What a person has to look at, or has looked at."""
    return {
        "id": record.id,
        "object": "desk.finding",
        "about": record.about,
        "account": record.account_id,
        "amount": record.amount,
        "answer": record.answer,
        "closed_at": epoch(record.closed_at),
        "closed_by": record.closed_by,
        "created": epoch(record.found_at),
        "currency": record.currency,
        "detail": record.detail,
        "freezes_payouts": record.freezes,
        "kind": record.kind,
        "livemode": livemode(),
        "status": record.status,
    }


def morning(found: Morning, *, now: datetime) -> dict[str, Any]:
    """What waits: of each kind how many there are, and the oldest of them."""
    return {
        "object": "desk.morning",
        "created": epoch(now),
        "livemode": livemode(),
        "proof": proof(found.proof) if found.proof else None,
        "waiting": [_waiting(each) for each in found.waiting],
    }


def _waiting(each: Waiting) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "count": len(each.things),
        "oldest": [_thing(one) for one in each.things[:SHOWN_MAX]],
    }


def _thing(one: Thing) -> dict[str, Any]:
    return {
        "about": one.about,
        "account": one.account,
        "amount": one.amount,
        "currency": one.currency,
        "file": one.file,
        "freezes_payouts": one.freezes,
        "id": one.id or None,
        "kind": one.kind,
        "officer": one.officer,
        "says": one.says,
        "since": epoch(one.since),
    }
