"""A spreadsheet as rows of text, whoever made it: Excel, LibreOffice, a till, an old telephone.

Nothing of it is believed: its size, how far it unpacks, how many lines and columns it has, and how
long its cells are, all have an end. Nothing in it is computed.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import load_workbook

from maalem.platform.market.imports.states import FileFault, Unusable

MOST_BYTES = 8 * 1024 * 1024
MOST_UNPACKED = 64 * 1024 * 1024
MOST_LINES, MOST_COLUMNS, LONGEST_CELL = 20_000, 60, 5_000
# Lines without a word are passed over, but somewhere a file must end.
_LAST_LINE = 200_000
_PACKED = b"PK\x03\x04"
# Windows writes Arabic and French each in its own way where it does not write UTF-8.
_ENCODINGS = ("utf-8-sig", "cp1256", "cp1252")


@dataclass(frozen=True)
class Sheet:
    """The head, and each line that says anything with its number in the file (the head is 1)."""

    head: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]


def read(content: bytes) -> Sheet:
    """The first sheet of a file. Raises `Unusable`."""
    if not content.strip():
        raise Unusable(FileFault.EMPTY)
    if len(content) > MOST_BYTES:
        raise Unusable(FileFault.TOO_HEAVY)
    rows = _workbook(content) if content.startswith(_PACKED) else _text(content)
    try:
        return _sheet(rows)
    except (csv.Error, UnicodeError) as trouble:
        raise Unusable(FileFault.NO_SHEET) from trouble


def _sheet(rows: Iterable[Sequence[object]]) -> Sheet:
    head: tuple[str, ...] = ()
    lines: list[tuple[int, tuple[str, ...]]] = []
    for number, row in enumerate(rows, start=1):
        if number > _LAST_LINE:
            raise Unusable(FileFault.TOO_MANY_LINES)
        cells = _cells(row)
        if not any(cells):
            continue
        if not head:
            if len(cells) > MOST_COLUMNS:
                raise Unusable(FileFault.TOO_WIDE)
            head = cells
            continue
        if len(lines) == MOST_LINES:
            raise Unusable(FileFault.TOO_MANY_LINES)
        lines.append((number, (cells + ("",) * len(head))[: len(head)]))
    if not head or not lines:
        raise Unusable(FileFault.EMPTY)
    return Sheet(head, tuple(lines))


def _cells(row: Sequence[object]) -> tuple[str, ...]:
    cells = [_cell(cell) for cell in row[: MOST_COLUMNS + 1]]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _cell(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell if cell is not None else "").replace("\x00", "").strip()[:LONGEST_CELL]


def _workbook(content: bytes) -> Iterator[Sequence[object]]:
    """The first sheet, line by line: a cell far out in an empty sheet takes no room."""
    _must_unpack_small(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What a file says of its own size is not believed.
        sheet.reset_dimensions()
        yield from sheet.iter_rows(values_only=True)
    # Its reader is made for files of good will: whatever it says of this one, it is no sheet.
    except Exception as trouble:
        raise Unusable(FileFault.NO_SHEET) from trouble


def _must_unpack_small(content: bytes) -> None:
    """A few kilobytes may unpack to gigabytes: what is within is counted before it is read."""
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for part in packed.infolist():
                with packed.open(part) as one:
                    while piece := one.read(1 << 20):
                        left -= len(piece)
                        if left < 0:
                            raise Unusable(FileFault.TOO_HEAVY)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as trouble:
        raise Unusable(FileFault.NO_SHEET) from trouble


def _text(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    # A file without a line is no sheet; the separator is the one of the head.
    head = text.splitlines()[0] if text.strip() else ""
    separator = max(";,\t|", key=head.count)
    if separator not in head:
        raise Unusable(FileFault.NO_SHEET)
    csv.field_size_limit(1 << 20)
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeError as trouble:
            raise Unusable(FileFault.NO_SHEET) from trouble
    if b"\x00" in content:
        raise Unusable(FileFault.NO_SHEET)
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeError:
            continue
    raise Unusable(FileFault.NO_SHEET)
