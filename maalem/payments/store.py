"""Read records. Table names come from the record kinds, never from a request."""

from collections.abc import Sequence
from typing import Any

from maalem.payments.db import Connection, Pool
from maalem.payments.records import R, read


async def get(
    source: Pool | Connection, kind: type[R], id: str, /, *, account_id: str | None = None
) -> R | None:
    """The record of this id, if it is there and, where `account_id` is given, that account's."""
    row = await source.fetchrow(f"SELECT * FROM {kind.TABLE} WHERE id = $1", id)  # noqa: S608
    if row is None or (account_id is not None and row["account_id"] != account_id):
        return None
    return read(kind, row)


async def select(source: Pool | Connection, kind: type[R], where: str, /, *values: Any) -> list[R]:
    """The records that `where` (our own SQL, `$1`… for values) picks, in its own order."""
    rows = await source.fetch(f"SELECT * FROM {kind.TABLE} WHERE {where}", *values)  # noqa: S608
    return [read(kind, row) for row in rows]


async def first(source: Pool | Connection, kind: type[R], where: str, /, *values: Any) -> R | None:
    """The first record that `where` picks, or None."""
    found: Sequence[R] = await select(source, kind, f"{where} LIMIT 1", *values)
    return found[0] if found else None
