"""What an account's owner has, and the day on which pending money becomes hers to spend."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from maalem.payments import store
from maalem.payments.context import Payments
from maalem.payments.db import Connection, Pool
from maalem.payments.ledger import recipes
from maalem.payments.ledger.records import AVAILABLE, OWED, PENDING, BalanceTransaction
from maalem.payments.parked import tries
from maalem.payments.records import changed
from maalem.payments.units import Unit, UnitRefused

RELEASE_BATCH = 200


@dataclass(frozen=True, slots=True)
class Balance:
    """Minor units by currency. What is reserved for a refund under way counts as gone.

    `owed` is what she owes us, `reserved` what a published rule keeps back.
    """

    pending: dict[str, int]
    available: dict[str, int]
    owed: dict[str, int] = field(default_factory=dict)
    reserved: dict[str, int] = field(default_factory=dict)

    def free(self, currency: str) -> int:
        """What she may spend: the available money less what she owes us, perhaps below zero."""
        return self.available.get(currency, 0) - self.owed.get(currency, 0)

    def bucket_for(self, amount: int, *, currency: str, first: str) -> str:
        """The bucket to take `amount` from: `first`, unless only the available one has it."""
        short = self.pending.get(currency, 0) < amount <= self.available.get(currency, 0)
        return AVAILABLE if first == PENDING and short else first


async def balance(source: Pool | Connection, owner: str) -> Balance:
    """`owner`'s money as the ledger has it."""
    rows = await source.fetch(
        "SELECT kind, currency, credits_posted - debits_posted - debits_pending AS amount"
        " FROM ledger.accounts"
        " WHERE owner = $1 AND kind IN ('pending', 'available', 'owed', 'reserved')",
        owner,
    )
    found = Balance({}, {}, {}, {})
    for row in rows:
        side = getattr(found, row["kind"])
        side[row["currency"]] = -row["amount"] if row["kind"] == OWED else row["amount"]
    return found


async def debtors(source: Pool | Connection) -> list[tuple[str, str, int]]:
    """Who owes us and has available money to settle it with: owner, currency and amount."""
    rows = await source.fetch(
        "SELECT o.owner, o.currency, least(o.debits_posted - o.credits_posted,"
        " a.credits_posted - a.debits_posted - a.debits_pending) AS amount"
        " FROM ledger.accounts o JOIN ledger.accounts a"
        " ON a.owner = o.owner AND a.currency = o.currency AND a.kind = 'available'"
        " WHERE o.kind = 'owed' AND o.debits_posted > o.credits_posted"
        " AND a.credits_posted > a.debits_posted + a.debits_pending"
    )
    return [(row["owner"], row["currency"], row["amount"]) for row in rows]


async def holders(source: Pool | Connection, *, at_least: int) -> list[tuple[str, str]]:
    """Who has available money of so much or more: owner and currency."""
    rows = await source.fetch(
        "SELECT owner, currency FROM ledger.accounts WHERE kind = 'available'"
        " AND credits_posted - debits_posted - debits_pending >= $1 ORDER BY owner, currency",
        at_least,
    )
    return [(row["owner"], row["currency"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Held:
    """One account of an owner at a moment: its four counters, minor units of `currency`."""

    kind: str
    currency: str
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int

    @property
    def amount(self) -> int:
        """Credits less debits: what we owe her, or below zero what is owed to us."""
        return self.credits_posted - self.debits_posted

    @property
    def spendable(self) -> int:
        """`amount` less what was reserved at that moment."""
        return self.amount - self.debits_pending


async def at(source: Pool | Connection, owner: str, moment: datetime) -> list[Held]:
    """What `owner`'s accounts held once everything up to and with `moment` was posted.

    From the transfers themselves, on top of the last checkpoint before (sql/0802). `owner` may be
    `house`. An owner without accounts has an empty list.
    """
    rows = await source.fetch("SELECT * FROM ledger.balances_at($1, $2)", owner, moment)
    return [Held(**dict(row)) for row in rows]


Tell = Callable[[Payments, Sequence[BalanceTransaction]], Awaitable[list[Any]]]


async def release_available(payments: Payments, *, tell: Tell | None = None) -> int:
    """Move to available what is due; return how many lines moved.

    `tell` makes the events that go with lines (of one owner and currency) that move together.

    An account's due lines move together, because a refund may have to be covered by the charge
    that became available with it. Where a refund under way still reserves money, lines are tried
    one by one, and what can't move yet waits for the next run.
    """
    run = await tries(payments, "availability")
    due = await store.select(
        payments.pool,
        BalanceTransaction,
        "status = 'pending' AND available_on <= $1 AND account_id || '/' || currency <> ALL($2)"
        " ORDER BY account_id, currency, available_on, id LIMIT 5000",
        payments.clock.now(),
        run.held,
    )
    groups: dict[tuple[str, str], list[BalanceTransaction]] = {}
    for line in due:
        groups.setdefault((line.account_id, line.currency), []).append(line)
    moved = 0
    for (owner, currency), lines in groups.items():
        async with run.of(f"{owner}/{currency}"):
            for start in range(0, len(lines), RELEASE_BATCH):
                moved += await _release(payments, lines[start : start + RELEASE_BATCH], tell=tell)
    return moved


async def _release(
    payments: Payments, lines: list[BalanceTransaction], *, tell: Tell | None
) -> int:
    unit = Unit()
    for line in lines:
        unit.put(changed(line, status=AVAILABLE))
        if line.net:
            chain = recipes.availability(
                line.id, owner=line.account_id, net=line.net, currency=line.currency
            )
            unit.book(chain)
    if tell is not None:
        unit.events += await tell(payments, lines)
    try:
        await payments.writer.commit(unit)
    except UnitRefused:
        if len(lines) == 1:
            return 0
        ordered = sorted(lines, key=lambda line: -line.net)
        return sum([await _release(payments, [line], tell=tell) for line in ordered])
    return len(lines)
