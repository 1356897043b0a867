"""Where rates come from: a port, and the file behind it.

Central banks publish a table a day. Whatever brings it (a person with a file, one day a program)
hands over a `Sheet`; a file that can't be read to its last line is refused whole.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

from maalem.platform.ground.rates.models import CURRENCIES, LEAST_MILLIONTHS, MOST_MILLIONTHS

# A century of days in two currencies is smaller.
MOST_BYTES = 4_000_000
COLUMNS = ["date", "currency", "mad"]
_RATE = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,6}))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Refused(ValueError):
    """A file, or a line of it (from 1; 0 for the whole file), can't be taken; the text says why."""

    def __init__(self, reason: str, *, line: int = 0) -> None:
        self.line = line
        self.reason = reason
        super().__init__(f"line {line}: {reason}" if line else reason)


class Quote(NamedTuple):
    """One rate as it was read, and on which line."""

    line: int
    currency: str
    valid_from: date
    mad_millionths: int


@dataclass(frozen=True)
class Sheet:
    """All the rates of one file. `digest` is SHA-256 of its bytes, in hex."""

    name: str
    digest: str
    quotes: tuple[Quote, ...]


class Source(Protocol):
    """Whatever rates come from."""

    def sheet(self) -> Sheet:
        """What it has. Raises `Refused`."""


@dataclass(frozen=True)
class CsvFile:
    """A file with the columns date, currency, mad, such as `2026-11-20;EUR;10,8123`.

    Between them commas or semicolons (with a decimal comma, semicolons); `#` begins a remark.
    """

    path: Path

    def sheet(self) -> Sheet:
        try:
            content = self.path.read_bytes()
        except OSError as trouble:
            raise Refused(f"{self.path} can't be read: {trouble.strerror}") from trouble
        return read(content, name=self.path.name)


def read(content: bytes, *, name: str) -> Sheet:
    """The rates in the bytes of a CSV file. Raises `Refused` at the first line that is wrong."""
    if len(content) > MOST_BYTES:
        raise Refused(f"the file is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = content[: trouble.start].count(b"\n") + 1
        raise Refused("this is no UTF-8 text; save the file as UTF-8", line=line) from trouble
    quotes = tuple(_quotes(text))
    if not quotes:
        raise Refused("there is no rate in it")
    return Sheet(name=name, digest=sha256(content).hexdigest(), quotes=quotes)


def _quotes(text: str) -> Iterator[Quote]:
    headed = False
    seen: dict[tuple[str, date], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = _cells(line, number)
        if not headed:
            if [cell.lower() for cell in cells] != COLUMNS:
                raise Refused(f"the columns are {', '.join(COLUMNS)}, in this order", line=number)
            headed = True
            continue
        quote = _quote(cells, number)
        before = seen.setdefault((quote.currency, quote.valid_from), number)
        if before != number:
            raise Refused(f"{quote.currency} of this day is on line {before} already", line=number)
        yield quote


def _cells(line: str, number: int) -> list[str]:
    try:
        row = next(csv.reader([line], delimiter=";" if ";" in line else ",", strict=True))
    except csv.Error as trouble:
        raise Refused(f"the quotation marks are wrong ({trouble})", line=number) from trouble
    return [cell.strip() for cell in row]


def _quote(cells: list[str], number: int) -> Quote:
    if len(cells) != len(COLUMNS):
        raise Refused(f"{len(cells)} columns in place of {len(COLUMNS)}", line=number)
    day, currency, rate = cells
    if currency not in CURRENCIES:
        raise Refused(f"{currency!r} is none of {', '.join(CURRENCIES)}", line=number)
    return Quote(number, currency, _day(day, number), _millionths(rate, number))


def _day(text: str, number: int) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Refused(f"{text!r} is no day: write 2026-03-02", line=number)


def _millionths(text: str, number: int) -> int:
    found = _RATE.fullmatch(text)
    if found is None:
        raise Refused(f"{text!r} is no rate: write 10.8123, at most six decimals", line=number)
    whole, decimals = found.groups()
    millionths = int(whole) * 1_000_000 + int((decimals or "0").ljust(6, "0"))
    if not LEAST_MILLIONTHS <= millionths <= MOST_MILLIONTHS:
        raise Refused(
            f"{text} dirhams for one unit can't be: is it the other way round, or for 100?",
            line=number,
        )
    return millionths
