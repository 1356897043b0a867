"""What stands in a parcel's way or asks for a paper, on its day: data/measures.toml, read purely.

A row that nobody verified is only ever a question to ask: the file is refused where such a row
would stop something.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from maalem.platform.market.shipping import hs
from maalem.platform.market.shipping.classing import says_any
from maalem.platform.market.shipping.countries import HOME

LANGUAGES = ("fr", "ar", "en")


class Way(StrEnum):
    """Out of Morocco, into Morocco, or into the country where a parcel arrives."""

    EXPORT = "export"
    IMPORT = "import"
    ARRIVAL = "arrival"


class Effect(StrEnum):
    """What a measure does: it stops the parcel, wants asking first, or wants knowing."""

    STOP = "stop"
    ASK = "ask"
    TELL = "tell"


class BrokenFile(ValueError):
    """A file of rules that can't be right; nothing is said by it."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A law, and the days on which it was the one."""

    law: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure; `codes` are beginnings of customs codes, `phrases` words of the thing."""

    id: str
    way: Way
    effect: Effect
    where: str
    starts_on: date | None
    ends_on: date | None
    codes: tuple[str, ...]
    but: tuple[str, ...]
    phrases: tuple[str, ...]
    unless: tuple[str, ...]
    needs_both: bool
    verified: bool
    source: str
    basis: tuple[Basis, ...]
    says: hs.Said

    def law_on(self, day: date) -> str:
        """Its legal basis on `day`; empty where we know none."""
        for basis in self.basis:
            if within(day, starts_on=basis.starts_on, ends_on=basis.ends_on):
                return basis.law
        return ""

    def concerns(self, code: str, *, texts: Sequence[str]) -> bool:
        """Whether it is about a thing of this code with these words."""
        if self.but and code.startswith(self.but):
            return False
        if not self.codes and not self.phrases:
            return True
        by_code = bool(self.codes) and code.startswith(self.codes)
        by_word = bool(self.phrases) and self._said(texts)
        return (by_code and by_word) if self.needs_both else (by_code or by_word)

    def _said(self, texts: Sequence[str]) -> bool:
        # Beads "of the colour of coral" are glass: a text that says so does not count.
        plain = [text for text in texts if not says_any([text], self.unless)]
        return says_any(plain, self.phrases)


def parse(rows: Iterable[Mapping[str, Any]]) -> tuple[Measure, ...]:
    """The measures of a file's rows, or `BrokenFile`."""
    try:
        found = tuple(_measure(row) for row in rows)
    except (KeyError, TypeError, ValueError) as trouble:
        raise BrokenFile(f"measures: {trouble!r}") from trouble
    if len({one.id for one in found}) != len(found):
        raise BrokenFile("measures: two rows have one id")
    for one in found:
        if one.effect is Effect.STOP and not one.verified:
            raise BrokenFile(f"{one.id}: what was not verified stops nothing")
        if one.way is Way.ARRIVAL and not one.where:
            raise BrokenFile(f"{one.id}: where does it arrive?")
    return found


@lru_cache(maxsize=1)
def measures() -> tuple[Measure, ...]:
    """The committed ones."""
    return parse(hs.table("measures")["rows"])


def asked_of(
    code: str, *, texts: Sequence[str], origin: str, destination: str, on: date
) -> tuple[Measure, ...]:
    """What holds for a thing on its way from `origin` to `destination` (countries) on that day."""
    if origin == destination:
        return ()
    ways = {Way.ARRIVAL}
    ways |= {Way.EXPORT} if origin == HOME else set()
    ways |= {Way.IMPORT} if destination == HOME else set()
    return tuple(
        one
        for one in measures()
        if one.way in ways
        and within(on, starts_on=one.starts_on, ends_on=one.ends_on)
        and (one.way is not Way.ARRIVAL or is_in(destination, one.where))
        and one.concerns(code, texts=texts)
    )


def within(day: date, *, starts_on: date | None, ends_on: date | None) -> bool:
    """Whether `day` lies between two days that may be open."""
    return (starts_on is None or starts_on <= day) and (ends_on is None or day <= ends_on)


def is_in(country: str, where: str) -> bool:
    """Whether `country` is `where`, or belongs to the group of that name."""
    group: str = hs.table("duties")["groups"].get(where, "")
    return country == where or country in group.split()


def _measure(row: Mapping[str, Any]) -> Measure:
    def words(key: str, by: str | None) -> tuple[str, ...]:
        return tuple(row.get(key, "").split(by)) if row.get(key) else ()

    return Measure(
        id=row["id"],
        way=Way(row["way"]),
        effect=Effect(row["effect"]),
        where=row.get("of", ""),
        starts_on=row.get("from"),
        ends_on=row.get("until"),
        codes=words("chapters", None),
        but=words("except", None),
        phrases=words("words", "|"),
        unless=words("unless", "|"),
        needs_both=row.get("both", False),
        verified=row["verified"],
        source=row["source"],
        basis=tuple(Basis(one["law"], one.get("from"), one.get("until")) for one in row["basis"]),
        says={language: row[language] for language in LANGUAGES},
    )
