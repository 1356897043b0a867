"""How the simulated networks settle: once a day, one sum each, with a report of every payment.

Each network keeps its own fee on what it clears, if it asks one (`scheme_bps`, `scheme_fixed`). Of
a card of the country the network keeps the interchange, and gives it back with what is given
back of the payment, the way the country's rules count: never more than the share of the whole.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from maalem.kit.money import BASIS, share
from maalem.payments.rails.bank.port import NetworkSettlement, SettledPayment

REPORTS_MAX = 20
_NAMES = {"card": "RESEAU CARTES", "wallet": "SWITCH MOBILE"}
_FRESH = """
SELECT reference, payment, network, amount, home FROM simulator.unsettled
WHERE asked_at < $1 AND currency = $2 ORDER BY network, payment, amount < 0, reference
"""
# What was settled before of the payments that something follows now: taken, and given back.
_BEFORE = """
SELECT reference, payment, amount FROM simulator.settled WHERE payment = ANY ($1)
"""
_ADD = """
INSERT INTO simulator.settlements (reference, network, day, currency, gross, interchange,
    scheme)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_ADD_LINES = """
INSERT INTO simulator.settled (reference, settlement, payment, amount, scheme)
SELECT l.reference, $1, l.payment, l.amount, l.scheme
FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[])
    AS l (reference, payment, amount, scheme)
"""


async def settle_networks(
    db: Any, *, day: date, before: datetime, currency: str
) -> list[tuple[Any, ...]]:
    """Settle what was asked `before`; the bank entries it makes, one for each network."""
    conduct = await db.fetchrow("SELECT * FROM simulator.bank_conduct")
    by_network: dict[str, list[Any]] = defaultdict(list)
    for row in await db.fetch(_FRESH, before, currency):
        by_network[row["network"]].append(row)
    entries: list[tuple[Any, ...]] = []
    for network, rows in sorted(by_network.items()):
        reference = f"{network.upper()}{day:%Y%m%d}"
        gross = sum(row["amount"] for row in rows)
        kept = await _interchange(
            db, [row for row in rows if row["home"]], bps=conduct["interchange_bps"]
        )
        own = [_own_fee(row, conduct) for row in rows]
        await db.execute(_ADD, reference, network, day, currency, gross, kept, sum(own))
        await db.execute(
            _ADD_LINES,
            reference,
            [row["reference"] for row in rows],
            [row["payment"] for row in rows],
            [row["amount"] for row in rows],
            own,
        )
        net = gross - kept - sum(own)
        if net:
            name = _NAMES.get(network, network.upper())
            text = f"REGLEMENT {name} {day:%d/%m/%Y}"
            entries.append(("network", net, day, reference, None, "", name, text, None))
    return entries


def _own_fee(row: Any, conduct: Any) -> int:
    """What a network takes for clearing a payment; nothing for a refund, for one that came back,
    or for a case that was won."""
    if row["amount"] <= 0 or row["reference"].endswith(("_won", "_back")):
        return 0
    by_share: int = share(row["amount"], bps=conduct["scheme_bps"])
    return int(min(by_share + conduct["scheme_fixed"], row["amount"]))


async def _interchange(db: Any, rows: Sequence[Any], *, bps: int) -> int:
    """What is kept of payments of cards of the country, less what goes back with refunds; a refund
    that came back brings its part with it."""
    taken: dict[str, int] = defaultdict(int)
    cost: dict[str, int] = defaultdict(int)
    back: dict[str, int] = defaultdict(int)

    def settle(row: Any) -> int:
        payment: str = row["payment"]
        amount: int = row["amount"]
        if not _follows(row):
            taken[payment] += amount
            cost[payment] += amount * bps // BASIS
            return amount * bps // BASIS
        before = cost[payment] * back[payment] // taken[payment]
        back[payment] -= amount
        return before - cost[payment] * back[payment] // taken[payment]

    earlier = await db.fetch(_BEFORE, [row["payment"] for row in rows])
    for row in sorted(earlier, key=_follows):
        settle(row)
    return sum(settle(row) for row in sorted(rows, key=_follows))


def _follows(row: Any) -> bool:
    """Whether it is a refund or a refund's return, and no payment."""
    return row["amount"] < 0 or bool(row["reference"].endswith("_back"))


async def told(pool: Any, since: int) -> list[NetworkSettlement]:
    """The reports after position `since`, oldest first."""
    rows: Sequence[Any] = await pool.fetch(
        "SELECT position, reference, network, day, currency, gross, interchange, scheme"
        " FROM simulator.settlements WHERE position > $1 ORDER BY position LIMIT $2",
        since,
        REPORTS_MAX,
    )
    found = []
    for row in rows:
        each = await pool.fetch(
            "SELECT reference, amount, scheme FROM simulator.settled WHERE settlement = $1"
            " ORDER BY reference",
            row["reference"],
        )
        found.append(
            NetworkSettlement(**dict(row), payments=tuple(SettledPayment(*one) for one in each))
        )
    return found
