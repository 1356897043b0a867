"""/v1/statements (ours): what happened on an account in a period that is over.

Stripe's way to such a paper is a report run: asynchronous, in English, without a printed form. An
artisan's accountant wants the paper itself, so ours is made in the call and has links to its files.
"""

from datetime import date

import msgspec

from maalem.payments import store
from maalem.payments.api import fields
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, NotFound
from maalem.payments.settlement.statements import make, wire
from maalem.payments.settlement.statements.records import Statement
from maalem.payments.units import Unit


class Create(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    period_start: str
    period_end: str
    currency: str = "mad"


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    currency: str | None = None


@route("POST", "/v1/statements", Create)
async def create(call: Call, params: Create) -> Decided:
    """The statement of a period; the one that was made before, if there is one."""
    currency = fields.currency(params.currency)
    start = _day(params.period_start, param="period_start")
    end = _day(params.period_end, param="period_end")
    found = await make.find(call.payments, call.account.id, currency=currency, start=start, end=end)
    if found is not None:
        return Decided(_shown(call, found), Unit())
    new = await make.make(call.payments, call.account, currency=currency, start=start, end=end)
    return Decided(_shown(call, new), Unit().put(new))


@route("GET", "/v1/statements/{id}")
async def retrieve(call: Call, params: NoParams, statement_id: str) -> Object:
    """A statement, with new links to its files."""
    found = await store.get(call.payments.pool, Statement, statement_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("statement", statement_id)
    return _shown(call, found)


@route("GET", "/v1/statements", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's statements, newest first, without links."""
    where = {"account_id": call.account.id, "currency": params.currency}
    return await page(call, Statement, params, where=where, show=wire.statement)


def _shown(call: Call, statement: Statement) -> Object:
    links = wire.files(statement.id, call.payments.config, now=call.now)
    return {**wire.statement(statement), "files": links}


def _day(text: str, *, param: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"Invalid date: {text}. Write it as 2026-03-31.", param=param) from None
