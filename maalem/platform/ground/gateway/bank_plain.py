"""What the wire says of the desk, in our records."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from .bank_records import (
    BankDay,
    BankFile,
    BankLine,
    Morning,
    Otherwise,
    Proof,
    Term,
    Thing,
    Waiting,
)
from .plain import moment, moment_or_none

Plain = Mapping[str, Any]


def morning_of(found: Plain) -> Morning:
    return Morning(
        proof=proof_of(found["proof"]) if found["proof"] else None,
        waiting=tuple(
            Waiting(one["kind"], one["count"], tuple(_thing(each) for each in one["oldest"]))
            for one in found["waiting"]
        ),
    )


def _thing(found: Plain) -> Thing:
    return Thing(
        id=found["id"] or "",
        kind=found["kind"] or "",
        about=found["about"] or "",
        says=found["says"] or "",
        amount_minor=found["amount"],
        currency=(found["currency"] or "mad").upper(),
        since=moment_or_none(found["since"]),
        account=found["account"] or "",
        officer=found["officer"] or "",
        freezes=found["freezes_payouts"],
        file=found["file"] or "",
    )


def proof_of(found: Plain) -> Proof:
    return Proof(
        id=found["id"],
        day=date.fromisoformat(found["day"]),
        counted_at=moment(found["created"]),
        there_minor=found["there"],
        owed_minor=found["owed"],
        difference_minor=found["difference"],
        currency=found["currency"].upper(),
        there=tuple(Term(one["term"], one["amount"]) for one in found["there_terms"]),
        owed=tuple(Term(one["term"], one["amount"]) for one in found["owed_terms"]),
        otherwise=tuple(
            Otherwise(one["term"], one["by_rows"], one["by_ledger"]) for one in found["explained"]
        ),
        links={
            "-".join(filter(None, [one["format"], one["locale"]])): one["url"]
            for one in found.get("files") or ()
            if one["format"] == "pdf" or one["bom"]
        },
    )


def bank_file_of(found: Plain) -> BankFile:
    return BankFile(
        id=found["id"],
        name=found["name"],
        received_at=moment(found["received"]),
        message=found["message"] or "",
        refusal=found["refusal"] or "",
        detail=found["refusal_detail"] or "",
        count=found["lines"]["count"],
        unmatched=found["lines"]["unmatched"],
        days=tuple(
            BankDay(
                date.fromisoformat(one["day"]),
                opening_minor=one["opening_balance"],
                closing_minor=one["closing_balance"],
                count=one["line_count"],
                currency=one["currency"].upper(),
            )
            for one in found.get("statements") or ()
        ),
    )


def bank_line_of(found: Plain) -> BankLine:
    return BankLine(
        id=found["id"],
        amount_minor=found["amount"],
        booked_on=date.fromisoformat(found["booked_on"]),
        reference=found["bank_reference"],
        file=found["file"],
        currency=found["currency"].upper(),
        counterparty=found["counterparty"] or "",
        text=found["text"] or "",
        reason=found["reason"] or "",
        matched_as=found["matched_as"] or "",
        matched_to=found["matched_to"] or "",
    )
