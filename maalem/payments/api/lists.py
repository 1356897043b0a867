"""Lists: newest first, a cursor on either side, and `created` filters."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from maalem.payments import store
from maalem.payments.api.call import Call, Object
from maalem.payments.errors import BadRequest, NotFound
from maalem.payments.records import R

LIMIT_MAX, LIMIT_DEFAULT = 100, 10


class Range(msgspec.Struct, forbid_unknown_fields=True):
    """`created[gte]=…`, in epoch seconds."""

    gt: int | None = None
    gte: int | None = None
    lt: int | None = None
    lte: int | None = None


class ListParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What every list takes."""

    limit: int = LIMIT_DEFAULT
    starting_after: str | None = None
    ending_before: str | None = None
    created: Range | int | None = None


class Part(NamedTuple):
    """One kind of what a list shows; its ids begin with `prefix`.

    `where` are the values that columns have (None is any, a list one of), `bounds` further
    conditions of our own.
    """

    prefix: str
    kind: type[Any]
    where: dict[str, Any]
    show: Callable[[Any], Object]
    bounds: Sequence[tuple[str, Any]] = ()


async def page(
    call: Call,
    kind: type[R],
    params: ListParams,
    /,
    *,
    where: dict[str, Any],
    show: Callable[[R], Object],
    bounds: Sequence[tuple[str, Any]] = (),
) -> Object:
    """One page of `kind` where the columns have the values given (None is any, a list one of).

    `bounds` are further conditions of our own, each a column with its sign and a value.
    """
    return await joined(call, params, parts=[Part("", kind, where, show, bounds)])


def checked(params: ListParams) -> None:
    """Raise `BadRequest` for a limit or cursors that no list takes."""
    if not 1 <= params.limit <= LIMIT_MAX:
        raise BadRequest(
            f"Invalid limit: it is {params.limit} and must be 1 to {LIMIT_MAX}.", param="limit"
        )
    if params.starting_after and params.ending_before:
        raise BadRequest("You cannot parameterize both starting_after and ending_before.")
    between(params.created)


async def joined(call: Call, params: ListParams, /, *, parts: Sequence[Part]) -> Object:
    """One page of several kinds together, in the order in which they were made."""
    checked(params)
    backwards = params.ending_before is not None
    edge = params.ending_before or params.starting_after
    if edge is not None:
        name = "ending_before" if backwards else "starting_after"
        of = next((part for part in parts if edge.startswith(part.prefix)), parts[0])
        there = await store.get(call.payments.pool, of.kind, edge)
        if there is None or not _is_within(there, of.where):
            raise NotFound.of(of.kind.TABLE.removesuffix("s"), edge, param=name)
    found: list[tuple[str, Part, Any]] = []
    for part in parts:
        # An id's body tells when it was made, whatever its prefix.
        bound = part.prefix + edge[len(of.prefix) :] if edge is not None else None
        rows = await _nearest(call, params, part=part, bound=bound)
        found += [(row.id[len(part.prefix) :], part, row) for row in rows]
    if len(parts) > 1:
        found.sort(key=lambda item: item[0], reverse=not backwards)
    shown = [part.show(row) for _, part, row in found[: params.limit]]
    if backwards:
        shown.reverse()
    has_more = len(found) > params.limit
    return {"object": "list", "url": call.path, "has_more": has_more, "data": shown}


async def _nearest(
    call: Call, params: ListParams, /, *, part: Part, bound: str | None
) -> Sequence[Any]:
    """The records next to `bound`, nearest first: one more than the page holds."""
    values: list[Any] = []
    clauses: list[str] = []

    def add(clause: str, value: Any) -> None:
        values.append(value)
        clauses.append(f"{clause} (${len(values)})")

    for column, value in part.where.items():
        if isinstance(value, list):
            add(f"{column} = ANY", value)
        elif value is not None:
            add(f"{column} =", value)
    for sign, at in between(params.created):
        add(f"{part.kind.SINCE} {sign}", at)
    for clause, value in part.bounds:
        add(clause, value)
    backwards = params.ending_before is not None
    if bound is not None:
        add("id >" if backwards else "id <", bound)
    order = "ASC" if backwards else "DESC"
    condition = " AND ".join(clauses) or "true"
    return await store.select(
        call.payments.pool,
        part.kind,
        f"{condition} ORDER BY id {order} LIMIT {params.limit + 1:d}",
        *values,
    )


def _is_within(record: Any, where: dict[str, Any]) -> bool:
    """Whether a cursor is the caller's own: another's is as unknown as one that isn't there."""
    owners = ("account_id", "parent_id")
    return all(getattr(record, name) == where[name] for name in owners if name in where)


def between(created: Range | int | None) -> list[tuple[str, datetime]]:
    """A filter by time as signs and moments."""
    if created is None:
        return []
    if isinstance(created, int):
        # Seconds on the wire, microseconds in the database.
        return [(">=", moment(created)), ("<", moment(created + 1))]
    bounds = []
    if created.gt is not None:
        bounds.append((">=", moment(created.gt + 1, param="created[gt]")))
    if created.gte is not None:
        bounds.append((">=", moment(created.gte, param="created[gte]")))
    if created.lt is not None:
        bounds.append(("<", moment(created.lt, param="created[lt]")))
    if created.lte is not None:
        bounds.append(("<", moment(created.lte + 1, param="created[lte]")))
    return bounds


def moment(seconds: int, *, param: str = "created") -> datetime:
    """Epoch seconds as a time. Raises `BadRequest` outside of the years there are."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        raise BadRequest(f"Invalid timestamp: {seconds}", param=param) from None
