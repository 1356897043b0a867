"""A proof as CSV: columns that stay, amounts that a program reads."""

import csv
import io
from collections.abc import Iterator

from maalem.payments.settlement.bank.records import Proof
from maalem.payments.settlement.bank.safeguarding import OWED, THERE
from maalem.payments.settlement.statements.sheet import BOM, decimal

# New columns go to the end: whoever reads these by position goes on reading.
COLUMNS = ("proof", "day", "added_up_at", "currency", "side", "term", "amount", "by_ledger")


def sheet(proof: Proof, *, bom: bool = False) -> bytes:
    """The proof as CSV (RFC 4180, UTF-8, CRLF): the terms of each side, their sums, the difference.

    `by_ledger` is filled where the ledger has a term otherwise. `bom` is for the spreadsheets that
    otherwise don't see UTF-8.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    about = (
        *(proof.id, proof.day.isoformat(), proof.created_at.isoformat(timespec="seconds")),
        proof.currency.upper(),
    )
    writer.writerows((*about, *row) for row in _rows(proof))
    return ((BOM if bom else "") + out.getvalue()).encode()


def _rows(proof: Proof) -> Iterator[tuple[str, str, str, str]]:
    otherwise = {one["term"]: decimal(one["by_ledger"], proof.currency) for one in proof.explained}
    for side, names, total in (("there", THERE, proof.there), ("owed", OWED, proof.owed)):
        for name in names:
            amount = decimal(proof.terms.get(name, 0), proof.currency)
            yield side, name, amount, otherwise.get(name, "")
        yield side, "total", decimal(total, proof.currency), ""
    yield "", "difference", decimal(proof.difference, proof.currency), ""
