"""/v1/desk (ours): the operator's desk, to be read. What the bank told, what it is, what waits.

These are the institution's own books and not an account's: they open to the platform's key alone.
What an officer does is not done here.
"""

from datetime import date
from typing import Any, Literal

import msgspec

from maalem.payments import store
from maalem.payments.accounts.records import PLATFORM
from maalem.payments.api.call import Call, NoParams, Object
from maalem.payments.api.lists import ListParams, Part, joined, page
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, Forbidden, NotFound
from maalem.payments.settlement.bank import morning as waiting
from maalem.payments.settlement.bank import wire
from maalem.payments.settlement.bank.records import BankFile, BankLine, Finding, Proof, Statement
from maalem.payments.settlement.statements.wire import files

# A statement of the day tells again what a notification told first: both files have the line.
_COUNTED = """
    SELECT f.id, count(*)::int AS count, (count(*) FILTER (WHERE l.status = 'matched'))::int
        AS matched, (count(*) FILTER (WHERE l.status = 'unmatched'))::int AS unmatched
    FROM unnest($1::text[]) AS f (id), LATERAL (
        SELECT status FROM bank_lines WHERE file_id = f.id
        UNION ALL
        SELECT told.status FROM bank_statements s JOIN bank_lines told ON told.statement_id = s.id
        WHERE s.file_id = f.id AND told.file_id <> f.id) AS l
    GROUP BY 1
"""


class Days(msgspec.Struct, forbid_unknown_fields=True):
    """`day[gte]=2026-03-01`."""

    gte: str | None = None
    lte: str | None = None


class ProofList(ListParams, forbid_unknown_fields=True, kw_only=True):
    day: Days | str | None = None


class FileList(ListParams, forbid_unknown_fields=True, kw_only=True):
    status: Literal["read", "refused"] | None = None


class LineList(ListParams, forbid_unknown_fields=True, kw_only=True):
    file: str | None = None
    status: Literal["matched", "unmatched"] | None = None


class FindingList(ListParams, forbid_unknown_fields=True, kw_only=True):
    status: Literal["open", "closed"] | None = None


@route("GET", "/v1/desk/morning")
async def morning(call: Call, params: NoParams) -> Object:
    """Everything that waits for a person, and the newest safeguarding proof.

    Clearing accounts are not counted anew here: `maalem clearing` does that.
    """
    _operator(call)
    async with call.payments.pool.acquire() as connection:
        found = await waiting.morning(connection, recount=False)
    return wire.morning(found, now=call.now)


@route("GET", "/v1/desk/safeguarding_proofs", ProofList)
async def proofs(call: Call, params: ProofList) -> Object:
    """The daily proofs that clients' money is there, newest first; a day may be proved again."""
    _operator(call)
    return await page(
        call, Proof, params, where={"currency": "mad"}, show=wire.proof, bounds=_days(params.day)
    )


@route("GET", "/v1/desk/safeguarding_proofs/{id}")
async def proof(call: Call, params: NoParams, proof_id: str) -> Object:
    """One proof, with new links to its files."""
    _operator(call)
    found = await _found(call, Proof, proof_id, kind_name="safeguarding_proof")
    links = files(found.id, call.payments.config, now=call.now, of="proofs")
    return {**wire.proof(found), "files": links}


@route("GET", "/v1/desk/bank_files", FileList)
async def bank_files(call: Call, params: FileList) -> Object:
    """What arrived from the bank, newest first, with how much of it is explained."""
    _operator(call)
    listed = await page(
        call, BankFile, params, where={"status": params.status}, show=wire.bank_file
    )
    counted = await _counted(call, [one["id"] for one in listed["data"]])
    for one in listed["data"]:
        one["lines"] |= counted.get(one["id"], {})
    return listed


@route("GET", "/v1/desk/bank_files/{id}")
async def bank_file(call: Call, params: NoParams, file_id: str) -> Object:
    """One file, with the statements in it."""
    _operator(call)
    found = await _found(call, BankFile, file_id, kind_name="bank_file")
    told = await _statements(call, file_id)
    counted = await _counted(call, [file_id])
    return wire.bank_file(found, told=told, lines=counted.get(file_id))


@route("GET", "/v1/desk/bank_lines", LineList)
async def bank_lines(call: Call, params: LineList) -> Object:
    """Movements of the account at the bank, newest first; with `file`, those that it tells."""
    _operator(call)
    where: dict[str, Any] = {"status": params.status}
    if params.file is None:
        return await page(call, BankLine, params, where=where, show=wire.bank_line)
    told = await _statements(call, params.file)
    first = Part("", BankLine, {**where, "file_id": params.file}, wire.bank_line)
    again = Part(
        "",
        BankLine,
        {**where, "statement_id": [one.id for one in told]},
        wire.bank_line,
        bounds=[("file_id <>", params.file)],
    )
    return await joined(call, params, parts=[first, again])


@route("GET", "/v1/desk/findings", FindingList)
async def findings(call: Call, params: FindingList) -> Object:
    """What the machine saw and must not decide, newest first."""
    _operator(call)
    return await page(call, Finding, params, where={"status": params.status}, show=wire.finding)


def _operator(call: Call) -> None:
    """Raise `Forbidden` for every account but the platform itself, acting for nobody."""
    if call.account.id != PLATFORM or call.caller.on_behalf:
        raise Forbidden(
            "The desk belongs to the institution: only the platform's own key opens it, without"
            " Stripe-Account.",
            code="platform_account_required",
        )


async def _found(call: Call, kind: type[Any], id: str, /, *, kind_name: str) -> Any:
    found = await store.get(call.payments.pool, kind, id)
    if found is None:
        raise NotFound.of(kind_name, id)
    return found


async def _statements(call: Call, file_id: str) -> list[Statement]:
    return await store.select(
        call.payments.pool, Statement, "file_id = $1 ORDER BY day, id", file_id
    )


async def _counted(call: Call, ids: list[str]) -> dict[str, dict[str, int]]:
    rows = await call.payments.pool.fetch(_COUNTED, ids)
    return {
        row["id"]: {name: row[name] for name in ("count", "matched", "unmatched")} for row in rows
    }


def _days(asked: Days | str | None) -> list[tuple[str, date]]:
    if isinstance(asked, str):
        return [("day =", _day(asked, param="day"))]
    bounds = [("day >=", asked.gte, "day[gte]"), ("day <=", asked.lte, "day[lte]")] if asked else []
    return [(sign, _day(text, param=param)) for sign, text, param in bounds if text is not None]


def _day(text: str, *, param: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"Invalid date: {text}. Write it as 2026-03-31.", param=param) from None
