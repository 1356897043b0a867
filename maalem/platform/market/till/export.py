"""Payments as a file for a spreadsheet: streamed, and no cell of it is ever taken for a formula."""

import csv
import re
from collections.abc import Iterable, Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maalem.platform.ground.gateway import errors

from . import words
from .queries import Row

# A spreadsheet counts with what begins with one of these, even out of a file.
_PLAIN = re.compile(r"-?[0-9]+\.[0-9]{2}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """Gives back what a writer writes."""

    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[Row], *, language: str) -> Iterator[str]:
    """The file line by line; a last line says so where it could not be finished.

    What streams is written when the request's language is put away already, so it is given.
    """
    with override(language):
        head = _head()
        words_of = {state: str(word) for state, word in words.STATES.items()}
        unfinished = _("Not finished: the payment service stopped answering.")
    writer = csv.writer(_Echo())
    # The mark by which spreadsheets know the alphabet.
    yield "\ufeff" + writer.writerow(head)
    try:
        for row in rows:
            yield writer.writerow([safe(cell) for cell in _cells(row, state=words_of[row.state])])
    except errors.GatewayError:
        yield writer.writerow([unfinished])


def safe(cell: str) -> str:
    """The cell as text: an apostrophe goes before what a spreadsheet would count with."""
    if cell.startswith(_FORMULA) and not _PLAIN.fullmatch(cell):
        return f"'{cell}"
    return cell


def amount(minor: int | None) -> str:
    """Centimes as `1250.00`, the same in every language; empty for None."""
    if minor is None:
        return ""
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{minor // 100}.{minor % 100:02d}"


def _head() -> list[str]:
    return [
        _("Payment"),
        _("Date"),
        _("State"),
        _("Order"),
        _("Receipt"),
        _("Paid by"),
        _("Card"),
        _("Amount"),
        _("Given back"),
        _("Fees"),
        _("For you"),
        _("Currency"),
    ]


def _cells(row: Row, *, state: str) -> list[str]:
    charge, movement = row.charge, row.charge.movement
    return [
        charge.id,
        timezone.localtime(charge.created_at).isoformat(sep=" ", timespec="seconds"),
        state,
        row.order or charge.group,
        charge.receipt,
        row.payer,
        f"{charge.brand} {charge.last4}".strip(),
        amount(charge.amount_minor),
        amount(charge.refunded_minor),
        amount(movement.fee_minor if movement else None),
        amount(movement.net_minor if movement else None),
        charge.currency,
    ]
