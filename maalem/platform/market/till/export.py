"""Payments, payouts, movements and disputes as files for a spreadsheet: streamed, and no cell of
them is ever taken for a formula."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maalem.kit.sheets import harmless
from maalem.platform.ground.gateway import errors
from maalem.platform.ground.gateway.records import Dispute, Movement, Payout

from . import case_words, words
from .queries import Row


class _Echo:
    """Gives back what a writer writes."""

    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[Row], *, language: str) -> Iterator[str]:
    """Payments, line by line."""
    with override(language):
        head = _head()
        words_of = {state: str(word) for state, word in words.STATES.items()}
    return sheet(head, (_cells(row, state=words_of[row.state]) for row in rows), language=language)


def payouts(found: Iterable[Payout], *, language: str) -> Iterator[str]:
    """Payouts, line by line."""
    with override(language):
        head = [_("Payout"), _("Date"), _("State"), _("Day of arrival"), _("Amount")]
        head += [_("Currency"), _("The bank's reference")]
        said = {state: str(word) for state, word in words.PAYOUTS.items()}
    cells = (
        [
            one.id,
            moment(one.created_at),
            said[one.status],
            one.arrives_on.isoformat(),
            amount(one.amount_minor),
            one.currency,
            one.reference,
        ]
        for one in found
    )
    return sheet(head, cells, language=language)


def movements(found: Iterable[Movement], *, language: str) -> Iterator[str]:
    """The movements of a balance, line by line."""
    with override(language):
        head = [_("Movement"), _("Date"), _("Kind"), _("Amount"), _("Fees"), _("For you")]
        head += [_("Currency"), _("Free on"), _("About")]
        said = {kind: str(word) for kind, word in words.MOVEMENTS.items()}
    cells = (
        [
            one.id,
            moment(one.created_at),
            said.get(one.kind, one.kind),
            amount(one.amount_minor),
            amount(one.fee_minor),
            amount(one.net_minor),
            one.currency,
            moment(one.available_at),
            one.source,
        ]
        for one in found
    )
    return sheet(head, cells, language=language)


def disputes(found: Iterable[Dispute], *, language: str) -> Iterator[str]:
    """Disputes, line by line: what the bank says, what is at stake, until when to answer."""
    with override(language):
        head = [_("Dispute"), _("Date"), _("State"), _("What the buyer says"), _("Amount")]
        head += [_("Fees"), _("Currency"), _("Answer until"), _("Payment")]
        said = {state: str(word) for state, word in case_words.STATES.items()}
        why = {reason: str(word) for reason, word in case_words.REASONS.items()}
        no_reason = str(case_words.REASON)
    cells = (
        [
            one.id,
            moment(one.created_at),
            said[one.status],
            why.get(one.reason, no_reason),
            amount(one.amount_minor),
            amount(one.fee_minor),
            one.currency,
            moment(one.due_at) if one.due_at else "",
            one.charge,
        ]
        for one in found
    )
    return sheet(head, cells, language=language)


def sheet(head: list[str], rows: Iterable[list[str]], *, language: str) -> Iterator[str]:
    """A file line by line; a last line says so where it could not be finished.

    What streams is written when the request's language is put away already, so it is given.
    """
    with override(language):
        unfinished = _("Not finished: the payment service stopped answering.")
    writer = csv.writer(_Echo())
    # The mark by which spreadsheets know the alphabet.
    yield "\ufeff" + writer.writerow(head)
    try:
        for cells in rows:
            yield writer.writerow([harmless(cell) for cell in cells])
    except errors.GatewayError:
        yield writer.writerow([unfinished])


def moment(at: datetime) -> str:
    """A time as spreadsheets read it, by the clocks of Morocco."""
    return timezone.localtime(at).isoformat(sep=" ", timespec="seconds")


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
        moment(charge.created_at),
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
