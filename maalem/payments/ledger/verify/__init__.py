"""Are the books right? Everything is counted again from the primary rows.

Nothing here is shared with the code that posts: no recipe, no id made from a name, no function
of the ledger's schema. Each check is a query that returns what is wrong and a sentence about it;
all of them see one and the same moment.
"""

from dataclasses import dataclass, field

import asyncpg

from maalem.payments.ledger.verify import bank, books, payments, payouts, seals, shares

SHOWN_MAX = 20
CHECKS = (
    *books.CHECKS,
    *payouts.CHECKS,
    *payments.CHECKS,
    *shares.CHECKS,
    *bank.CHECKS,
)


@dataclass(slots=True)
class Report:
    """What was looked at and what was found."""

    looked_at: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def lines(self) -> list[str]:
        """For a person at a terminal."""
        lines = [f"{count:>9,}  {name}" for name, count in self.looked_at.items()]
        if self.clean:
            return [*lines, "The books are right: every account adds up and all sums to zero."]
        return [*lines, f"{len(self.findings)} findings:", *(f"  - {f}" for f in self.findings)]


async def verify(dsn: str, *, published: str = "") -> Report:
    """Audit the payments database at `dsn`, read-only, at one moment.

    `published` is a seal that was written down elsewhere, as `maalem seal` prints it.
    """
    connection = await asyncpg.connect(dsn)
    report = Report()
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            # Every check reads whole tables: a loop over an index would take for ever at scale,
            # and a LIMIT in sight tempts the planner to one.
            await connection.execute("SET LOCAL jit = off")
            await connection.execute("SET LOCAL enable_nestloop = off")
            for check in CHECKS:
                report.looked_at[check.name] = await connection.fetchval(check.counted)
                rows = await connection.fetch(
                    f"WITH found (sentence) AS MATERIALIZED ({check.sql})"  # noqa: S608
                    f" SELECT sentence FROM found LIMIT {SHOWN_MAX:d}"
                )
                report.findings += [row[0] for row in rows]
            chain = await seals.verify(connection, published=published)
            report.looked_at["transfers stand as they were sealed"] = chain.count
            report.findings += chain.findings[:SHOWN_MAX]
    finally:
        await connection.close()
    return report
