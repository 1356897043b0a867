"""The table on the screen and `bench/results.json`, which docs/performance.md quotes."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parent / "results.json"


@dataclass(frozen=True)
class Row:
    """One comparison. `ours` and `peer` are in `unit`; `ratio` is how many times better we are."""

    name: str
    unit: str
    ours: float
    peer: float | None
    peer_name: str
    ratio: float | None
    note: str = ""


def row(
    name: str,
    *,
    unit: str,
    ours: float,
    peer: float | None = None,
    peer_name: str = "",
    note: str = "",
    less_is_better: bool = False,
) -> Row:
    """Make a row; the ratio is turned round where less is better."""
    ratio = None
    if peer and ours:
        ratio = round(peer / ours if less_is_better else ours / peer, 2)
    rounded = None if peer is None else round(peer, 2)
    return Row(name, unit, round(ours, 2), rounded, peer_name, ratio, note)


def show(rows: list[Row]) -> str:
    """The rows as a table in plain text."""
    head = ("measure", "unit", "Maalem", "peer", "ratio", "note")
    lines = [head] + [
        (
            line.name,
            line.unit,
            f"{line.ours:,.1f}",
            f"{line.peer:,.1f} {line.peer_name}" if line.peer is not None else "–",
            f"{line.ratio:,.1f} ×" if line.ratio is not None else "–",
            line.note,
        )
        for line in rows
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def save(rows: list[Row], *, whole: bool) -> None:
    """Write the rows; a run of a part leaves what it did not measure. The history is git's."""
    plain = [asdict(line) for line in rows]
    if not whole and FILE.exists():
        new = {line.name for line in rows}
        plain = [old for old in json.loads(FILE.read_text()) if old["name"] not in new] + plain
    FILE.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n")
