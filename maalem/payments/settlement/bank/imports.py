"""Take over what the bank told: each file once, whole or not at all, and kept either way.

A file that is refused changes nothing; it is kept with the reason for a person. Lines are kept
first and matched afterwards (matching.py), so that a crash in between loses nothing: the job goes
on with what is still unmatched.
"""

import hashlib
import logging
from datetime import datetime
from typing import NamedTuple

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.config import CURRENCY
from maalem.payments.context import Payments
from maalem.payments.rails.bank.xml import Node
from maalem.payments.records import changed
from maalem.payments.settlement.bank import camt, pain002, verdicts
from maalem.payments.settlement.bank.camt import Line, Told
from maalem.payments.settlement.bank.findings import find
from maalem.payments.settlement.bank.reading import REFUSALS, FileRefused, message
from maalem.payments.settlement.bank.records import BankFile, BankLine, Statement
from maalem.payments.units import ChangedMeanwhile, Unit, UnitRefused

NEW = "not looked at yet"
_log = logging.getLogger("maalem.payments.bank")


class _Arrived(NamedTuple):
    """A file at the door; `known` is how it was kept before, if it was (then it was refused)."""

    name: str
    content: bytes
    sha256: str
    position: int | None
    at: datetime
    known: BankFile | None


async def take(
    payments: Payments, *, name: str, content: bytes, position: int | None = None
) -> BankFile:
    """Take over one file. The same bytes again change nothing, whatever the file is called.

    Returns the file as it is kept: `read`, or `refused` with a word of `REFUSALS`.
    """
    digest = hashlib.sha256(content).hexdigest()
    while True:
        known = await store.first(payments.pool, BankFile, "sha256 = $1", digest)
        if known is not None and known.status == "read":
            return await _seen(payments, known, position=position)
        arrived = _Arrived(name, content, digest, position, payments.clock.now(), known)
        try:
            return await _read_or_refuse(payments, arrived)
        except ChangedMeanwhile:
            continue  # somebody else takes over the same file, or one of its lines was matched
        except UnitRefused as refused:
            if refused.word not in ("file_known", "line_known"):
                raise


async def _read_or_refuse(payments: Payments, arrived: _Arrived) -> BankFile:
    try:
        return await _read(payments, arrived)
    except FileRefused as refused:
        return await _refuse(payments, arrived, refused=refused)
    except UnitRefused as refused:
        if refused.word != "message_read_once":
            raise
        return await _refuse(payments, arrived, refused=FileRefused("message_contradicts"))


async def _seen(payments: Payments, known: BankFile, *, position: int | None) -> BankFile:
    """The bank laid a file ready twice: nothing is done but to remember that it was seen."""
    if position is None or (known.position or 0) >= position:
        return known
    seen = changed(known, position=position)
    try:
        await payments.writer.commit(Unit().put(seen))
    except ChangedMeanwhile:
        return known
    return seen


async def _read(payments: Payments, arrived: _Arrived) -> BankFile:
    kind, body = message(arrived.content)
    if kind.startswith("pain.002."):
        report = pain002.read(body)
        await verdicts.apply(payments, report)
        kept = await _kept(payments, arrived, message=kind, message_id=report.message_id)
        await payments.writer.commit(Unit().put(kept))
        return kept
    if not kind.startswith(("camt.053.", "camt.054.")):
        raise FileRefused("not_a_bank_file", kind)
    return await _book(payments, arrived, kind=kind, body=body)


async def _book(payments: Payments, arrived: _Arrived, *, kind: str, body: Node) -> BankFile:
    ours = frozenset({payments.config.bank_iban})
    told = camt.read(body, ours=ours, currency=CURRENCY)
    kept = await _kept(payments, arrived, message=kind, message_id=told.message_id)
    unit = Unit().put(kept)
    for account in told.accounts:
        statement = None
        if told.is_statement:
            statement = await _statement(payments, account, kept=kept)
            unit.put(statement)
        known = await _known(payments, account)
        for line in account.lines:
            row = _line(line, known=known, account=account, kept=kept, statement=statement)
            if row is not None:
                unit.put(row)
    await payments.writer.commit(unit)
    await _look_for_holes(payments, told)
    return kept


async def _statement(payments: Payments, account: camt.Account, *, kept: BankFile) -> Statement:
    assert account.opening is not None
    assert account.closing is not None
    assert account.day is not None
    before = await store.first(
        payments.pool,
        Statement,
        "iban = $1 AND statement_id = $2",
        account.iban,
        account.statement_id,
    )
    if before is not None:
        raise FileRefused("message_contradicts", f"statement {account.statement_id}")
    return Statement(
        id=new_id("bst"),
        file_id=kept.id,
        iban=account.iban,
        currency=CURRENCY,
        statement_id=account.statement_id,
        number=account.number,
        day=account.day,
        opening=account.opening,
        closing=account.closing,
        count=len(account.lines),
        created_at=kept.received_at,
    )


async def _known(payments: Payments, account: camt.Account) -> dict[str, BankLine]:
    found = await store.select(
        payments.pool,
        BankLine,
        "iban = $1 AND bank_reference = ANY ($2)",
        account.iban,
        [line.bank_reference for line in account.lines],
    )
    return {line.bank_reference: line for line in found}


def _line(
    line: Line,
    *,
    known: dict[str, BankLine],
    account: camt.Account,
    kept: BankFile,
    statement: Statement | None,
) -> BankLine | None:
    """The row for a line: new, or the one told before with its statement; None if nothing new."""
    before = known.get(line.bank_reference)
    if before is not None:
        same = (before.amount, before.booked_on) == (line.amount, line.booked_on)
        stated_before = before.statement_id is not None and statement is not None
        if not same or stated_before:
            raise FileRefused("entry_contradicts", line.bank_reference)
        return changed(before, statement_id=statement.id) if statement else None
    return BankLine(
        id=new_id("bln"),
        iban=account.iban,
        bank_reference=line.bank_reference,
        file_id=kept.id,
        statement_id=statement.id if statement else None,
        amount=line.amount,
        currency=CURRENCY,
        booked_on=line.booked_on,
        value_on=line.value_on,
        code=line.code,
        end_to_end_id=line.end_to_end_id,
        return_reason=line.return_reason,
        counterparty=line.counterparty,
        text=line.text,
        reason=NEW,
        created_at=kept.received_at,
    )


async def _kept(
    payments: Payments, arrived: _Arrived, *, message: str | None = None, **fields: str | None
) -> BankFile:
    """The file's row: a new one, or the one that was refused before."""
    fields = {"refusal": None, "detail": None, "status": "read", **fields}
    if arrived.known is not None:
        position = max(arrived.position or 0, arrived.known.position or 0) or None
        return changed(arrived.known, position=position, message=message, **fields)
    file_id = new_id("bfl")
    return BankFile(
        id=file_id,
        position=arrived.position,
        name=arrived.name[:140],
        message=message,
        sealed=await payments.vault.papers.seal(arrived.content, place=file_id),
        sha256=arrived.sha256,
        received_at=arrived.at,
        created_at=arrived.at,
        **fields,  # type: ignore[arg-type]
    )


async def _refuse(payments: Payments, arrived: _Arrived, *, refused: FileRefused) -> BankFile:
    known = arrived.known
    if known is not None and (known.refusal, known.detail) == (refused.word, refused.detail):
        kept = await _seen(payments, known, position=arrived.position)
    else:
        kept = await _kept(
            payments, arrived, status="refused", refusal=refused.word, detail=refused.detail[:500]
        )
        # Whoever took over the same bytes a moment ago makes this one look again (see `take`).
        await payments.writer.commit(Unit().put(kept))
    await find(
        payments,
        "bank_file_refused",
        about=arrived.sha256,
        detail=f"{arrived.name[:80]}: {REFUSALS[refused.word]} ({refused.detail[:200]})",
    )
    return kept


async def _look_for_holes(payments: Payments, told: Told) -> None:
    """A statement that does not begin where the one before ended: one of them is missing."""
    for account in told.accounts:
        if not told.is_statement:
            continue
        before = await store.first(
            payments.pool,
            Statement,
            "iban = $1 AND day < $2 ORDER BY day DESC, number DESC NULLS LAST",
            account.iban,
            account.day,
        )
        if before is not None and before.closing != account.opening:
            await find(
                payments,
                "statement_missing",
                about=f"{account.iban}/{account.statement_id}",
                detail=f"statement {account.statement_id} opens with {account.opening}, the one of"
                f" {before.day} closed with {before.closing}",
                amount=(account.opening or 0) - before.closing,
                currency=CURRENCY,
            )
