"""SQL written by hand, for what every buyer asks on her way: a statement, its values, its rows.

Django spends more on putting such a statement together than PostgreSQL on answering it. Written
here or there, it runs on Django's connection and in its transaction.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model

Values = Sequence[Any] | Mapping[str, Any]
Kind = TypeVar("Kind", bound=Model)


def rows(statement: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """What `statement` finds or returns; `values` stand for its %s, or its %(name)s."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def row(statement: str, values: Values = ()) -> tuple[Any, ...] | None:
    """The first of its rows, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def run(statement: str, values: Values = ()) -> int:
    """Do it; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def read(kind: type[Kind], rest: str, values: Values = ()) -> list[Kind]:
    """Whole rows of a model's table; `rest` is all of the statement from WHERE on."""
    select, names, kept_otherwise = _shape(kind)
    found = []
    for one in rows(select + rest, values):
        fields = list(one)
        for place, field in kept_otherwise:
            fields[place] = field.from_db_value(fields[place], None, connection)
        found.append(kind.from_db("default", names, fields))
    return found


@cache
def _shape(kind: type[Model]) -> tuple[str, tuple[str, ...], tuple[tuple[int, Field], ...]]:
    """The beginning of the statement, the fields in its order, and those that are converted."""
    fields = kind._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    converted = tuple(
        (place, field) for place, field in enumerate(fields) if hasattr(field, "from_db_value")
    )
    names = tuple(field.attname for field in fields)
    begin = f'SELECT {columns} FROM "{kind._meta.db_table}" '  # noqa: S608 - the models' own names
    return begin, names, converted
