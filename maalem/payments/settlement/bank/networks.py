"""What the networks say that they settled, held against what we say that they took.

Each report is kept with every payment of it. What it names and we don't know, and what we say was
taken and no report names, is found for a person; the second also freezes payouts to whoever has
that money, for it may not be there. Nothing is put right silently.
"""

import logging
from typing import Any, ClassVar

import msgspec

from maalem.kit.ids import new_id
from maalem.payments.context import Payments
from maalem.payments.ledger import recipes
from maalem.payments.rails.bank.port import NetworkSettlement
from maalem.payments.settlement.bank.findings import find
from maalem.payments.settlement.bank.records import Settlement
from maalem.payments.units import Unit, UnitRefused

FOUND_MAX = 200
# A network that has not settled for so many days is looked into, whatever it says of the rest.
SILENT_DAYS = 4
_RECKONED = """
SELECT t.reference, sum(l.amount)::bigint AS amount
FROM unnest($1::text[]) AS t (reference)
LEFT JOIN payment_attempts a ON a.id = t.reference
LEFT JOIN followups f ON f.id = t.reference AND f.kind = 'capture'
LEFT JOIN charges o ON o.id = charge_of_attempt(t.reference) AND o.attempt_id = t.reference
JOIN charges c ON c.intent_id = coalesce(a.intent_id, f.intent_id, o.intent_id)
CROSS JOIN LATERAL jsonb_to_recordset(c.fee_lines) AS l (line text, amount bigint, part text)
WHERE l.line = 'scheme' AND coalesce(l.part, c.attempt_id) = t.reference
GROUP BY 1
"""
_log = logging.getLogger("maalem.payments.bank")


class _Payments(msgspec.Struct, kw_only=True, frozen=True):
    """The payments of a report, stored in one go."""

    TABLE: ClassVar[str] = "network_settlement_lines"

    id: str
    version: int = 1
    lines: list[tuple[str, int, int, int]]


async def collect(payments: Payments) -> int:
    """Take over every report that is new; returns how many. Safe to repeat."""
    since = await payments.pool.fetchval("SELECT max(position) FROM network_settlements")
    taken = 0
    for told in await payments.rails.networks.settlements(since or 0):
        taken += await _take(payments, told)
    return taken


async def look_for_strangers(payments: Payments) -> int:
    """Find what networks settled and we don't know, or know otherwise; returns how many are new.

    A payment whose answer is still being waited for is not a stranger: the rail is asked first.
    """
    rows = await payments.pool.fetch(
        """
        SELECT l.reference, l.amount AS told, m.amount AS ours, s.reference AS settlement,
            s.currency, m.account_id
        FROM network_settlement_lines l
        JOIN network_settlements s ON s.id = l.settlement_id
        LEFT JOIN network_movements m ON m.reference = l.reference
        WHERE l.amount IS DISTINCT FROM m.amount
          AND NOT EXISTS (SELECT FROM findings f
              WHERE f.kind = 'settled_differently' AND f.about = l.reference)
          AND NOT EXISTS (SELECT FROM payment_attempts a WHERE a.id = l.reference
              AND a.status IN ('sent', 'unknown', 'challenged'))
          AND NOT EXISTS (SELECT FROM followups u WHERE u.id = l.reference
              AND u.status IN ('sent', 'unknown'))
          AND NOT EXISTS (SELECT FROM refunds r WHERE r.id = l.reference AND r.status = 'pending')
        ORDER BY l.reference LIMIT $1
        """,
        FOUND_MAX,
    )
    for row in rows:
        ours = "nothing" if row["ours"] is None else row["ours"]
        await find(
            payments,
            "settled_differently",
            about=row["reference"],
            detail=f"{row['settlement']} settles {row['told']}, we know of {ours}",
            account_id=row["account_id"],
            amount=row["told"] - (row["ours"] or 0),
            currency=row["currency"],
        )
    return len(rows)


async def look_for_missing(payments: Payments) -> int:
    """P17: find what we say was taken and a network has no trace of, though it has settled a later
    day; freeze payouts to everybody who has a share of it. Returns how many are new."""
    rows = await payments.pool.fetch(
        """
        WITH told AS (
            SELECT network, currency, max(day) AS last FROM network_settlements GROUP BY 1, 2
        )
        SELECT m.reference, m.object_id, m.charge_id, m.account_id, m.amount, m.currency,
            m.network, m.at
        FROM network_movements m JOIN told t ON t.network = m.network AND t.currency = m.currency
        WHERE m.amount > 0 AND (m.at AT TIME ZONE 'UTC')::date < t.last
          AND NOT EXISTS (SELECT FROM network_settlement_lines l WHERE l.reference = m.reference)
          AND NOT EXISTS (SELECT FROM findings f
              WHERE f.kind = 'not_settled' AND f.about = m.reference)
        ORDER BY m.at, m.reference LIMIT $1
        """,
        FOUND_MAX,
    )
    for row in rows:
        await _freeze(payments, row)
    return len(rows)


async def look_for_silence(payments: Payments) -> int:
    """Find networks that owe us for days and have not settled at all since."""
    rows = await payments.pool.fetch(
        """
        SELECT m.network, m.currency, min(m.at) AS since, sum(m.amount) AS amount
        FROM network_movements m
        WHERE m.at < $1::timestamptz - make_interval(days => $2) AND m.currency = 'mad'
          AND NOT EXISTS (SELECT FROM network_settlements s
              WHERE s.network = m.network AND s.currency = m.currency
                AND s.day >= (m.at AT TIME ZONE 'UTC')::date)
        GROUP BY 1, 2
        """,
        payments.clock.now(),
        SILENT_DAYS,
    )
    for row in rows:
        await find(
            payments,
            "network_silent",
            about=f"{row['network']}/{row['since']:%Y-%m-%d}",
            detail=f"nothing was settled since {row['since']:%Y-%m-%d}",
            amount=int(row["amount"]),
            currency=row["currency"],
        )
    return len(rows)


async def _take(payments: Payments, told: NetworkSettlement) -> int:
    reckoned = await _reckoned(payments, told)
    settlement = Settlement(
        id=new_id("nst"),
        position=told.position,
        reference=told.reference,
        network=told.network,
        day=told.day,
        currency=told.currency,
        gross=told.gross,
        interchange=told.interchange,
        scheme=told.scheme,
        reckoned=sum(reckoned.values()),
        count=len(told.payments),
        created_at=payments.clock.now(),
    )
    lines = [
        (one.reference, one.amount, one.scheme, reckoned.get(one.reference, 0))
        for one in told.payments
    ]
    unit = Unit(puts=_puts(settlement, _Payments(id=settlement.id, lines=lines)))
    unit.book(
        recipes.scheme_cleared(settlement.id, amount=settlement.reckoned, currency=told.currency)
    )
    try:
        await payments.writer.commit(unit)
    except UnitRefused as refused:
        if refused.word == "settlement_known":
            return 0
        # A payment that was settled before, or sums that don't add up: nothing of it is taken.
        await find(
            payments,
            "settlement_refused",
            about=told.reference,
            detail=f"the report of {told.day} can't be taken over: {refused.word}",
            amount=told.net,
            currency=told.currency,
        )
        return 0
    await _hold_against(payments, settlement)
    return 1


async def _reckoned(payments: Payments, told: NetworkSettlement) -> dict[str, int]:
    """The scheme's fee on each payment of a report, by the lines that its charge froze."""
    rows = await payments.pool.fetch(_RECKONED, [one.reference for one in told.payments])
    return {row["reference"]: row["amount"] for row in rows}


async def _hold_against(payments: Payments, settlement: Settlement) -> None:
    """Find a day that cost otherwise than its charges say: a rate is missing, or the bill wrong."""
    if settlement.scheme == settlement.reckoned:
        return
    await find(
        payments,
        "scheme_fee_differs",
        about=settlement.reference,
        detail=f"the {settlement.network} network keeps {settlement.scheme} for clearing"
        f" {settlement.day}, the rates that its payments froze say {settlement.reckoned}",
        amount=settlement.scheme - settlement.reckoned,
        currency=settlement.currency,
    )


def _puts(*records: Any) -> list[tuple[str, Any]]:
    return [(record.TABLE, record) for record in records]


async def _freeze(payments: Payments, row: Any) -> None:
    """One finding for each account that has a part of the money: its owner's, and the sellers'."""
    owners = await payments.pool.fetch(
        "SELECT destination_id FROM transfers WHERE source_charge_id = $1"
        " AND amount > amount_reversed",
        row["charge_id"],
    )
    for owner in sorted({row["account_id"], *(one["destination_id"] for one in owners)}):
        await find(
            payments,
            "not_settled",
            about=row["reference"],
            detail=f"{row['object_id']} of {row['at']:%Y-%m-%d} is in no report of the"
            f" {row['network']} network, which has settled later days",
            account_id=owner,
            amount=row["amount"],
            currency=row["currency"],
            freezes=True,
        )
