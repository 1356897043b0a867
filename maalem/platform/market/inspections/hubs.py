"""The hubs where pieces are looked at before they leave: the operator's own file (setting HUBS).

Without a file there is none, and no page speaks of one. A row is

    [[hub]]
    code = "ouarzazate"
    name = {fr = "…", ar = "…", en = "…"}
    commune = "04.401.01.01"
    address = "…"
    hours = "…"
    open = true
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

LANGUAGES = {"fr", "ar", "en"}
_FIELDS = {"code": str, "name": dict, "commune": str, "address": str, "hours": str, "open": bool}


class BrokenFile(ValueError):
    """A file of hubs that can't be right."""


@dataclass(frozen=True, slots=True)
class Hub:
    """`name` in three languages, `commune` by its code; `address` and `hours` as people say them.

    One that `is_open` no more takes nothing new, and keeps its name in what it has seen.
    """

    code: str
    name: tuple[tuple[str, str], ...]
    commune: str
    address: str
    hours: str
    is_open: bool

    @property
    def names(self) -> dict[str, str]:
        """Its name by language."""
        return dict(self.name)


def hubs() -> tuple[Hub, ...]:
    """All of the file, in its order. Raises `BrokenFile`, also where the file is not there."""
    return _hubs(settings.HUBS)


def find(code: str) -> Hub | None:
    """The hub of this code."""
    return next((one for one in hubs() if one.code == code), None)


@lru_cache(maxsize=4)
def _hubs(file: str) -> tuple[Hub, ...]:
    if not file:
        return ()
    try:
        rows = tomllib.loads(Path(file).read_text(encoding="utf-8"))["hub"]
    except (OSError, KeyError, ValueError) as trouble:
        raise BrokenFile(f"{file}: {trouble}") from trouble
    found = tuple(_hub(row) for row in rows)
    if len({one.code for one in found}) != len(found):
        raise BrokenFile(f"{file}: a code is there twice")
    return found


def _hub(row: Any) -> Hub:
    for name, kind in _FIELDS.items():
        if not isinstance(row.get(name), kind) or row[name] in ("", {}):
            raise BrokenFile(f"{row.get('code', row)!r}: {name} is {row.get(name)!r}")
    if set(row["name"]) != LANGUAGES or not all(row["name"].values()):
        raise BrokenFile(f"{row['code']}: a name in French, Arabic and English")
    if set(row) != set(_FIELDS):
        raise BrokenFile(f"{row['code']}: {sorted(set(row) - set(_FIELDS))} is nothing we know")
    return Hub(
        code=row["code"],
        name=tuple(sorted(row["name"].items())),
        commune=row["commune"],
        address=row["address"],
        hours=row["hours"],
        is_open=row["open"],
    )
