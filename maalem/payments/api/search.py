"""Search: clauses of the query language as parameterised SQL over one kind of record.

What may be asked of is a closed table for each kind; no word of a query ever becomes SQL. Unlike
Stripe's, an object is found the moment it is stored.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from maalem.payments import store
from maalem.payments.api.call import Call, Object
from maalem.payments.api.lists import LIMIT_DEFAULT, LIMIT_MAX, moment
from maalem.payments.api.query_language import Clause, Query, parsed, refused
from maalem.payments.errors import BadRequest
from maalem.payments.records import R

Kind = Literal["number", "text", "token", "time", "flag", "map"]
_CURSOR = re.compile(r"[a-z]{2,10}_[A-Za-z0-9]{1,64}\Z")
_BIGGEST = 2**63 - 1
_SHORTEST = 3


class SearchParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What every search takes."""

    query: str
    limit: int = LIMIT_DEFAULT
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field that may be asked of; `sql` is our own expression of its value."""

    kind: Kind
    sql: str


@dataclass(slots=True)
class _Values:
    """Values as they are numbered in a statement."""

    all: list[Any] = field(default_factory=list)

    def add(self, value: Any) -> str:
        self.all.append(value)
        return f"${len(self.all)}"


async def results(
    call: Call,
    kind: type[R],
    params: SearchParams,
    /,
    *,
    fields: Mapping[str, Field],
    show: Callable[[R], Object],
    where: str = "true",
) -> Object:
    """One page of the caller's records that the query finds, newest first."""
    if not 1 <= params.limit <= LIMIT_MAX:
        raise BadRequest(
            f"Invalid limit: it is {params.limit} and must be 1 to {LIMIT_MAX}.", param="limit"
        )
    values = _Values()
    mine = f"account_id = {values.add(call.account.id)} AND {where}"
    mine += f" AND ({_condition(parsed(params.query), fields=fields, values=values)})"
    counted = None
    if "total_count" in call.expand:
        call.expand = [path for path in call.expand if path != "total_count"]
        counted = await call.payments.pool.fetchval(
            f"SELECT count(*) FROM {kind.TABLE} WHERE {mine}",  # noqa: S608
            *values.all,
        )
    after = f" AND id < {values.add(_edge(params.page))}" if params.page is not None else ""
    found = await store.select(
        call.payments.pool,
        kind,
        f"{mine}{after} ORDER BY id DESC LIMIT {params.limit + 1:d}",
        *values.all,
    )
    shown = found[: params.limit]
    has_more = len(found) > params.limit
    page: Object = {
        "object": "search_result",
        "url": call.path,
        "has_more": has_more,
        "next_page": _page_after(shown[-1].id) if has_more else None,
        "data": [show(record) for record in shown],
    }
    return page if counted is None else {**page, "total_count": counted}


def _condition(query: Query, /, *, fields: Mapping[str, Field], values: _Values) -> str:
    parts = []
    for clause in query.clauses:
        known = fields.get(clause.field)
        if known is None or (clause.key is not None) != (known.kind == "map"):
            raise refused(
                f"Field `{clause.field}` is an unsupported search field. You can search by:"
                f" {', '.join(fields)}."
            )
        sql = _SQL[known.kind](clause, known, values)
        parts.append(f"({sql}) IS {'NOT ' if clause.negated else ''}TRUE")
    return (" OR " if query.either else " AND ").join(parts)


def _number(clause: Clause, known: Field, values: _Values) -> str:
    if clause.value is None:
        return f"{known.sql} IS NULL"
    sign = "=" if clause.sign == ":" else _compared(clause)
    return f"{known.sql} {sign} {values.add(_whole(clause))}"


def _time(clause: Clause, known: Field, values: _Values) -> str:
    """Seconds on the wire, microseconds in the database."""
    second = _whole(clause)
    since, past = moment(second, param="query"), moment(second + 1, param="query")
    if clause.sign == ":":
        return f"{known.sql} >= {values.add(since)} AND {known.sql} < {values.add(past)}"
    sign = _compared(clause)
    edge = past if sign in (">", "<=") else since
    return f"{known.sql} {'>=' if sign[0] == '>' else '<'} {values.add(edge)}"


def _text(clause: Clause, known: Field, values: _Values) -> str:
    if clause.value is None:
        _only(clause, ":")
        return f"{known.sql} IS NULL"
    if clause.sign == "~":
        if len(clause.value) < _SHORTEST:
            raise refused(
                f"What `{clause.field}` is to contain has {_SHORTEST} characters or more."
            )
        return f"strpos(lower({known.sql}), lower({values.add(clause.value)}::text)) > 0"
    _only(clause, ":")
    return f"lower({known.sql}) = lower({values.add(clause.value)}::text)"


def _token(clause: Clause, known: Field, values: _Values) -> str:
    _only(clause, ":")
    if clause.value is None:
        return f"{known.sql} IS NULL"
    return f"{known.sql} = {values.add(clause.value)}::text"


def _flag(clause: Clause, known: Field, values: _Values) -> str:
    _only(clause, ":")
    if clause.value not in ("true", "false"):
        raise refused(f"`{clause.field}` is true or false.")
    return f"({known.sql}) = {values.add(clause.value == 'true')}::boolean"


def _map(clause: Clause, known: Field, values: _Values) -> str:
    key = values.add(clause.key)
    if clause.value is None:
        _only(clause, ":")
        return f"NOT {known.sql} ? {key}::text"
    return _text(clause, Field("text", f"({known.sql} ->> {key}::text)"), values)


_SQL: dict[str, Callable[[Clause, Field, _Values], str]] = {
    "number": _number,
    "time": _time,
    "text": _text,
    "token": _token,
    "flag": _flag,
    "map": _map,
}


def _compared(clause: Clause) -> str:
    if clause.sign not in (">", ">=", "<", "<="):
        raise refused(f"`{clause.field}` is a number: compare it by :, >, >=, < or <=.")
    return clause.sign


def _only(clause: Clause, sign: str) -> None:
    if clause.sign != sign:
        raise refused(f"`{clause.field}` can't be searched by {clause.sign}, only by {sign}.")


def _whole(clause: Clause) -> int:
    text = clause.value or ""
    if not re.fullmatch(r"-?[0-9]{1,19}", text) or abs(int(text)) > _BIGGEST:
        raise refused(f"`{clause.field}` is a whole number, not {text[:40] or 'null'}.")
    return int(text)


def _page_after(id: str) -> str:
    return base64.urlsafe_b64encode(id.encode()).decode().rstrip("=")


def _edge(page: str) -> str:
    try:
        known = base64.urlsafe_b64decode(page + "=" * (-len(page) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        known = ""
    if not _CURSOR.match(known):
        raise BadRequest("Invalid page: use the next_page of the search before.", param="page")
    return known
