"""Relay points, where a buyer collects her parcel: the operator's own file (setting RELAYS).

Without a file there is none, and no page speaks of one. A row is

    [[relay]]
    id = "azilal-souk"
    name = {fr = "…", ar = "…"}
    commune = "05.081.01.03"
    address = "…"
    landmark = "…"
    hours = "…"
    carrier = "…"
    from = 2026-01-01
    until = 2026-12-31

English in `name`, `landmark` and `until`, the last day on which it takes a parcel, may be left out.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from maalem.platform.ground.places.codes import region_of

SPOKEN, ALSO_SPOKEN = {"fr", "ar"}, {"en"}
_TEXTS = {"commune": 12, "address": 200, "hours": 120, "carrier": 60}
_FIELDS = {"id", "name", "landmark", "from", "until", *_TEXTS}
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_ID, _LONGEST_NAME, _LONGEST_LANDMARK = 40, 120, 200


class BrokenFile(ValueError):
    """A file of relay points that can't be right."""


@dataclass(frozen=True, slots=True)
class Relay:
    """`commune` and `region` by their codes; `first` and `last` are the days it takes parcels."""

    id: str
    name: tuple[tuple[str, str], ...]
    commune: str
    region: str
    address: str
    landmark: str
    hours: str
    carrier: str
    first: date
    last: date | None

    @property
    def names(self) -> dict[str, str]:
        """Its name by language."""
        return dict(self.name)

    def is_open(self, on: date) -> bool:
        """Whether it takes parcels on this day."""
        return self.first <= on and (self.last is None or on <= self.last)

    def kept(self) -> dict[str, Any]:
        """What an order keeps of it, beside the address."""
        return {
            "id": self.id,
            "name": self.names,
            "hours": self.hours,
            "carrier": self.carrier,
        }


def relays() -> tuple[Relay, ...]:
    """All of the file, in its order. Raises `BrokenFile`, also where the file is not there."""
    return _relays(settings.RELAYS)


def open_on(day: date) -> tuple[Relay, ...]:
    """Those that take parcels on this day."""
    return tuple(one for one in relays() if one.is_open(day))


def find(code: str) -> Relay | None:
    """The relay point of this id, open or not."""
    return next((one for one in relays() if one.id == code), None)


@lru_cache(maxsize=4)
def _relays(file: str) -> tuple[Relay, ...]:
    if not file:
        return ()
    try:
        rows = tomllib.loads(Path(file).read_text(encoding="utf-8"))["relay"]
    except (OSError, KeyError, ValueError) as trouble:
        raise BrokenFile(f"{file}: {trouble}") from trouble
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BrokenFile(f"{file}: each relay point is a [[relay]]")
    found = tuple(_relay(row) for row in rows)
    if len({one.id for one in found}) != len(found):
        raise BrokenFile(f"{file}: an id is there twice")
    return found


def _relay(row: dict[str, Any]) -> Relay:
    code = row.get("id")
    if not isinstance(code, str) or not _ID.fullmatch(code) or len(code) > _LONGEST_ID:
        raise BrokenFile(
            f"{code!r}: an id of small letters, digits and hyphens, {_LONGEST_ID} long"
        )
    if unknown := set(row) - _FIELDS:
        raise BrokenFile(f"{code}: {sorted(unknown)} is nothing we know")
    for name, longest in _TEXTS.items():
        _text(code, name, row.get(name), longest=longest)
    if "landmark" in row:
        _text(code, "landmark", row["landmark"], longest=_LONGEST_LANDMARK)
    region = region_of(row["commune"])
    if region is None:
        raise BrokenFile(f"{code}: there is no commune {row['commune']!r}")
    first, last = _day(code, "from", row.get("from")), None
    if "until" in row:
        last = _day(code, "until", row["until"])
        if last < first:
            raise BrokenFile(f"{code}: it ends before it begins")
    return Relay(
        id=code,
        name=_name(code, row.get("name")),
        commune=row["commune"],
        region=region,
        address=row["address"],
        landmark=row.get("landmark", ""),
        hours=row["hours"],
        carrier=row["carrier"],
        first=first,
        last=last,
    )


def _name(code: str, given: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, dict) or not SPOKEN <= set(given) <= SPOKEN | ALSO_SPOKEN:
        raise BrokenFile(f"{code}: a name in French and Arabic, and in English if you have one")
    for language, text in given.items():
        _text(code, f"name in {language}", text, longest=_LONGEST_NAME)
    return tuple(sorted(given.items()))


def _text(code: str, name: str, given: Any, *, longest: int) -> None:
    if not isinstance(given, str) or not given.strip() or len(given) > longest:
        raise BrokenFile(f"{code}: {name} is {given!r}, and should be words of at most {longest}")


def _day(code: str, name: str, given: Any) -> date:
    # A moment is a date too, for Python.
    if not isinstance(given, date) or isinstance(given, datetime):
        raise BrokenFile(f"{code}: {name} is {given!r}, and should be a day such as 2026-01-31")
    return given
