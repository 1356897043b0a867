"""Money is whole numbers. Where a float may stand is said here, and nowhere else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# A name that ends like this is a time; a statement about it may hold a float.
TIMES = ("_s", "_ms", "_at", "seconds", "sleep", "spread", "delta")
# Files with floats or divisions that are no time, and what they are.
EXEMPT = {
    "maalem/payments/api/auth.py": "the loop's clock, by which a key is believed for five seconds",
    "maalem/payments/hosted/forms.py": "the clock by which a form is good for two hours",
    "maalem/payments/hosted/render.py": "paths",
    "maalem/payments/api/people.py": "a share of ownership in percent, as the wire has it",
    "maalem/payments/running.py": "paths",
    "maalem/payments/accounts/shapes.py": "a share of ownership in percent, as the wire has it",
    "maalem/payments/packed/train.py": "how much smaller a text becomes",
}
# Nothing excuses a float here but a time.
MONEY = (
    "maalem/kit/money.py",
    "maalem/payments/ledger/",
    "maalem/payments/acquiring/",
    "maalem/payments/settlement/",
    "maalem/payments/fees/",
    "maalem/payments/api/v1/",
    "maalem/platform/market/commission/decide.py",
    "maalem/platform/market/shipping/landed.py",
)


def sources() -> list[str]:
    files = [
        *(ROOT / "maalem/payments").rglob("*.py"),
        *(ROOT / "maalem/kit").rglob("*.py"),
        ROOT / "maalem/platform/market/commission/decide.py",
        ROOT / "maalem/platform/market/shipping/landed.py",
    ]
    names = [str(path.relative_to(ROOT)) for path in files]
    return sorted(n for n in names if "/tests/" not in n and not n.endswith("conftest.py"))


def floats(text: str) -> Iterator[str]:
    """Each float, `float`, `round`, true division or float format of `text` that is no time."""
    yield from _within(ast.parse(text), names=frozenset())


_SCOPES = (ast.stmt, ast.arg, ast.keyword)


def _within(node: ast.AST, *, names: frozenset[str]) -> Iterator[str]:
    if isinstance(node, _SCOPES) and not hasattr(node, "body"):
        names = frozenset(_names(node))
    if _is_float(node) and not any(name.lower().endswith(TIMES) for name in names):
        yield f"line {getattr(node, 'lineno', '?')}: {ast.unparse(node)}"
    if isinstance(node, ast.arguments):
        yield from _defaults(node)
    for child in ast.iter_child_nodes(node):
        if not isinstance(node, ast.arguments) or isinstance(child, ast.arg):
            yield from _within(child, names=names)


def _defaults(node: ast.arguments) -> Iterator[str]:
    """A default belongs to the name that it is for."""
    plain = [*node.posonlyargs, *node.args]
    given = plain[len(plain) - len(node.defaults) :]
    pairs = [*zip(given, node.defaults, strict=True)]
    pairs += [
        (arg, value) for arg, value in zip(node.kwonlyargs, node.kw_defaults, strict=True) if value
    ]
    for arg, value in pairs:
        yield from _within(value, names=frozenset({arg.arg}))


def _names(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        for name in ("id", "attr", "arg"):
            value = getattr(each, name, None)
            if isinstance(value, str):
                yield value


def _is_float(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=float()):
            return True
        case ast.Name(id="float" | "round"):
            return True
        case ast.BinOp(op=ast.Div()):
            return not _is_path(node) and not _is_decimal(node.left)
        case ast.AugAssign(op=ast.Div()):
            return True
    return False


def _is_decimal(node: ast.AST) -> bool:
    """Whether it is a decimal number, which divides by tens without an error."""
    match node:
        case ast.Call(func=ast.Name(id="Decimal")):
            return True
    return False


def _is_path(node: ast.AST) -> bool:
    """Whether a text is among what is divided: then it is no number."""
    match node:
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _is_path(left) or _is_path(right)
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
    return False


@pytest.mark.parametrize("name", sources())
def test_no_float_comes_near_money(name):
    """P10: no float, `float(…)`, `round(…)` or `/` in the code of money; times alone may."""
    found = list(floats((ROOT / name).read_text(encoding="utf-8")))
    if name in EXEMPT and not name.startswith(MONEY):
        assert found, f"{name} needs no exemption any more"
        return
    assert found == [], f"{name}: whole minor units and basis points, please"


@pytest.mark.parametrize(
    "text",
    [
        "fee = amount * 0.018",
        "def share(amount: float) -> int: ...",
        "def rate() -> float: ...",
        "half = amount / 2",
        "amount = round(total)",
        "amount = int(float(text))",
        "charge(amount=12.5)",
    ],
)
def test_the_check_finds_a_float(text):
    """P10: the check itself is not blind."""
    assert list(floats(text))


@pytest.mark.parametrize(
    "text", ["TIMEOUT_S = 10.0", "def ask(*, deadline_s: float = 5.0): ...", "wait(every_s=0.5)"]
)
def test_the_check_lets_time_pass(text):
    assert list(floats(text)) == []
