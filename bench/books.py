"""No figure counts without clean books: the auditor recounts everything after each part."""

import asyncio

from bench.ours import Maalem
from maalem.payments.ledger import verify


def check(ours: Maalem) -> None:
    """Raise RuntimeError with the findings where the books are not right."""
    report = asyncio.run(verify.verify(ours.books))
    if not report.clean:
        raise RuntimeError("\n".join(report.lines()))
    counted = report.looked_at
    print(f"  books of {ours.names[0]}: right ({sum(counted.values()):,} rows)", flush=True)
