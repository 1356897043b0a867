"""The kinds of bookings that the recipes make, read from their code."""

import ast
from pathlib import Path

from maalem.payments.ledger import recipes

# Where a recipe puts a code together: what it may become.
_MADE = {
    "code": {"refund_hold", "refund_hold_other", "refund_fee_hold"},
    "f'{code}_freed'": {"refund_hold_freed", "refund_hold_other_freed", "refund_fee_hold_freed"},
    "f'{code}_{kind}'": {
        f"{what}_{where}"
        for what in ("dispute", "dispute_fee")
        for where in ("available", "pending")
    },
    "f'{code}_{OWED}'": {"dispute_owed", "dispute_fee_owed"},
    "f'{of}_accepted'": {"scheme_accepted", "interchange_accepted"},
}
_BEGINNINGS = {"dispute", "dispute_fee"}


def codes() -> set[str]:
    """Each `code` that a transfer of the ledger may carry. Fails for one it can't read."""
    found: set[str] = set()
    for path in Path(recipes.__path__[0]).glob("*.py"):
        for word in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(word, ast.keyword) or word.arg != "code":
                continue
            if isinstance(word.value, ast.Constant):
                found.add(str(word.value.value))
            else:
                found |= _MADE[ast.unparse(word.value)]
    return found - _BEGINNINGS
