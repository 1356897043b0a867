"""Rows as values. A record is read whole, replaced whole, and its `version` counts the changes."""

from datetime import datetime
from typing import Any, ClassVar, TypeVar

import msgspec

R = TypeVar("R", bound="Record")


class Record(msgspec.Struct, kw_only=True, frozen=True):
    """A row of `TABLE`; the fields are its columns. `SINCE` says when it was made."""

    TABLE: ClassVar[str] = ""
    SINCE: ClassVar[str] = "created_at"

    id: str
    version: int = 1


def changed(record: R, **fields: Any) -> R:
    """The next version of `record`. Twice in one unit would skip a version: change it once."""
    return msgspec.structs.replace(record, version=record.version + 1, **fields)


def read(kind: type[R], row: Any) -> R:
    """A database row (of `SELECT *`) as a record."""
    return kind(**dict(row))


def epoch(at: datetime | None) -> int | None:
    """Seconds since 1970, as the wire tells time."""
    return None if at is None else int(at.timestamp())
