"""A statement's file: its bytes, made from the books each time and always the same."""

from typing import NamedTuple

from maalem.payments import store
from maalem.payments.context import Payments
from maalem.payments.settlement.statements.links import BadLink, Wanted
from maalem.payments.settlement.statements.make import reread
from maalem.payments.settlement.statements.page import page
from maalem.payments.settlement.statements.press import print_pdf
from maalem.payments.settlement.statements.records import Statement
from maalem.payments.settlement.statements.sheet import sheet


class File(NamedTuple):
    """What is sent to whoever fetches it."""

    name: str
    type: str
    body: bytes


async def file(payments: Payments, wanted: Wanted) -> File:
    """Raises `BadLink` for a statement that isn't there, `DoesNotAddUp`, `NotPrinted`."""
    statement = await store.get(payments.pool, Statement, wanted.id)
    if statement is None:
        raise BadLink
    account = await reread(payments, statement)
    words = (statement.currency, statement.period_start, statement.period_end)
    name = f"maalem-{words[0]}-{words[1]}-{words[2]}"
    if wanted.format == "csv":
        body = sheet(account, currency=statement.currency, bom=wanted.bom)
        return File(f"{name}.csv", "text/csv; charset=utf-8", body)
    body = await print_pdf(page(statement, account, language=wanted.language))
    return File(f"{name}-{wanted.language}.pdf", "application/pdf", body)
