"""Sizes: a file or a function that outgrows them wants another shape, not another exception."""

import ast
import statistics
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTION_MAX, FUNCTION_P95, FUNCTION_LONG_SHARE = 70, 40, 0.05
FILE_MAX, FILE_P95 = 500, 300
FORBIDDEN_NAMES = {"services.py", "utils.py", "helpers.py"}


def python_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    found = [ROOT / name for name in listed if "/migrations/" not in name]
    return [path for path in found if path.exists()]


def functions() -> list[tuple[str, int]]:
    found = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                found.append((f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines))
    return found


def p95(sizes: list[int]) -> float:
    return statistics.quantiles(sizes, n=20)[-1]


def test_no_function_is_too_long():
    sizes = functions()
    assert [place for place, lines in sizes if lines > FUNCTION_MAX] == []
    assert p95([lines for _, lines in sizes]) <= FUNCTION_P95
    long = [place for place, lines in sizes if lines > FUNCTION_P95]
    assert len(long) <= FUNCTION_LONG_SHARE * len(sizes), long


def test_no_file_is_too_long():
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files()
    }
    assert [f"{name}: {lines}" for name, lines in sizes.items() if lines > FILE_MAX] == []
    assert p95(list(sizes.values())) <= FILE_P95


def test_no_room_is_a_drawer():
    assert [str(path) for path in python_files() if path.name in FORBIDDEN_NAMES] == []
