"""Why a piece is taken off the shelf or wanted otherwise: a closed list, dated, in a data file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from maalem.platform.market.moderation.states import Kind

LANGUAGES = ("fr", "ar", "en")
_FILE = Path(__file__).with_name("data") / "reasons.toml"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, from a day on until a day. `basis` is the law that it rests on, or empty."""

    code: str
    starts_on: date
    kinds: frozenset[Kind]
    words: Mapping[str, str]
    basis: str = ""
    ends_on: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it may be given on that day."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)

    def said(self, language: str) -> str:
        """Its sentence; in French where a page speaks another language."""
        return self.words.get(language, self.words["fr"])


def in_force(on: date) -> list[Reason]:
    """What may be given on that day, in the order of the file."""
    return [one for one in every() if one.holds(on)]


def find(code: str, *, kind: Kind, on: date) -> Reason | None:
    """The reason of this code for this kind of ruling on that day."""
    return next((one for one in in_force(on) if one.code == code and kind in one.kinds), None)


@cache
def every() -> tuple[Reason, ...]:
    """All that stand in the file."""
    return read(_FILE.read_text(encoding="utf-8"))


def read(text: str) -> tuple[Reason, ...]:
    """The reasons of a file. Raises ValueError for one without words in all three languages, or
    where a code holds twice on one day.
    """
    found = tuple(_reason(one) for one in tomllib.loads(text)["reason"])
    for one in found:
        if any(not one.words.get(language) for language in LANGUAGES):
            raise ValueError(f"reason {one.code}: words are missing")
        same = [other for other in found if other.code == one.code and other.holds(one.starts_on)]
        if len(same) != 1:
            raise ValueError(f"reason {one.code} holds twice on {one.starts_on}")
    return found


def _reason(row: dict[str, Any]) -> Reason:
    kinds = frozenset(Kind(one) for one in row["kinds"])
    words = {language: row.get(language, "") for language in LANGUAGES}
    return Reason(
        code=row["code"],
        starts_on=row["starts_on"],
        ends_on=row.get("ends_on"),
        kinds=kinds,
        words=words,
        basis=row.get("basis", ""),
    )
