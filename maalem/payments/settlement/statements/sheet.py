"""The statement as CSV: columns that stay, amounts that a program reads, no formulas."""

import csv
import hashlib
import io
from datetime import datetime

from maalem.kit.money import EXPONENTS
from maalem.kit.sheets import harmless
from maalem.payments.settlement.statements.records import Account, Entry

# New columns go to the end: whoever reads these by position goes on reading.
COLUMNS = (
    *("id", "created", "available_on", "type", "source", "description"),
    *("currency", "gross", "fee", "net", "balance"),
)
BOM = "\ufeff"


def sheet(account: Account, *, currency: str, bom: bool = False) -> bytes:
    """The period as CSV (RFC 4180, UTF-8, CRLF): opening, the lines, closing.

    Amounts have a point and no separators; times are of the institution, with their offset. A
    text that a spreadsheet would take for a formula begins with an apostrophe. `bom` is for the
    spreadsheets that otherwise don't see UTF-8.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerow(_bare("opening_balance", account.opening, currency))
    writer.writerows(_row(entry, currency) for entry in account.entries)
    writer.writerow(_bare("closing_balance", account.closing, currency))
    return ((BOM if bom else "") + out.getvalue()).encode()


def digest(account: Account, *, currency: str) -> str:
    """What two statements share exactly when they say the same."""
    return hashlib.sha256(sheet(account, currency=currency)).hexdigest()


def decimal(minor: int, currency: str) -> str:
    """`-1250.00`: minor units as a program reads them."""
    digits = EXPONENTS[currency.upper()]
    whole, cents = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}.{cents:0{digits}d}"


def _row(entry: Entry, currency: str) -> list[str]:
    amounts = (entry.gross, entry.fee, entry.net, entry.balance)
    return [
        entry.id,
        _time(entry.at),
        _time(entry.available_on),
        entry.type,
        harmless(entry.source),
        harmless(entry.description),
        currency.upper(),
        *(decimal(amount, currency) for amount in amounts),
    ]


def _bare(type: str, balance: int, currency: str) -> list[str]:
    empty = [""] * 3
    return [*empty, type, "", "", currency.upper(), *empty, decimal(balance, currency)]


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
