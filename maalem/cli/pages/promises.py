"""docs/promises.md: what Maalem promises, and the tests that prove it."""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
HEAD = """\
# Promises

This page is made from `docs/promises.toml` and from the tests by `python -m maalem pages`; don't
edit it. A test that proves a promise begins its docstring with the promise's number.
"""
# However they are written one after the other: "P12 P18:", "P1, P2 and P3:".
_NUMBERS = re.compile(r"P\d+(?:(?:,| and)?\s+P\d+)*(?=[:.])")
_NUMBER = re.compile(r"P\d+")


class Proof(NamedTuple):
    """A test and the promises that its docstring begins with."""

    numbers: tuple[str, ...]
    file: str
    test: str


def promised() -> dict[str, dict[str, str]]:
    """Every promise by its number, in groups."""
    with (ROOT / "docs" / "promises.toml").open("rb") as source:
        return tomllib.load(source)


def proofs() -> Iterator[Proof]:
    """The tests that name a promise, in the order of their files."""
    for file, test, said in docstrings():
        begin = _NUMBERS.match(said)
        if begin:
            yield Proof(tuple(_NUMBER.findall(begin.group())), file, test)


def docstrings() -> Iterator[tuple[str, str, str]]:
    """The file, name and docstring of each test, in files where a promise's number stands."""
    # A room's larger tests have folders of their own below tests/: crash, simulation.
    files = [*ROOT.glob("maalem/**/tests/**/test_*.py"), *ROOT.glob("tests/**/test_*.py")]
    for path in sorted(set(files)):
        text = path.read_text(encoding="utf-8")
        if not _NUMBER.search(text):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield str(path.relative_to(ROOT)), node.name, ast.get_docstring(node) or ""


def page() -> str:
    """The whole page."""
    by_number = defaultdict(list)
    for proof in proofs():
        for number in proof.numbers:
            by_number[number].append(proof)
    groups = promised()
    total = sum(len(group) for group in groups.values())
    lines = [HEAD, f"{len(by_number)} of {total} are proven by at least one test.", ""]
    for name, group in groups.items():
        lines += [f"## {name}", "", "| | promise | proven by |", "|---|---|---|"]
        for number, sentence in group.items():
            tests = [f"[{_said(proof)}](../{proof.file})" for proof in by_number[number]]
            lines.append(f"| {number} | {sentence} | {'<br>'.join(tests) or 'not yet'} |")
        lines.append("")
    return "\n".join(lines)


def _said(proof: Proof) -> str:
    return proof.test.removeprefix("test_").replace("_", " ")
