"""The story's money: its bookings, what they leave where, and the networks' days that paid it."""

from collections.abc import Collection
from typing import Any

from maalem.payments.db import Connection
from maalem.payments.story.records import Entry, Held

# These grow by debit: what others owe us, what the bank holds, what things cost.
_ASSETS = ("rail_card", "rail_wallet", "bank", "owed", "interchange", "scheme", "bank_costs")


async def bookings(connection: Connection, ids: list[str]) -> list[Entry]:
    """Every transfer of the ledger that one of the objects caused, in the ledger's order."""
    rows = await connection.fetch(
        "SELECT to_jsonb(t.created_at) #>> '{}' AS at, t.number, t.source, t.code, t.kind::text,"
        " t.amount, t.currency, d.owner AS debit_owner, d.kind AS debit_kind,"
        " c.owner AS credit_owner, c.kind AS credit_kind FROM ledger.transfers t"
        " JOIN ledger.accounts d ON d.id = t.debit_account"
        " JOIN ledger.accounts c ON c.id = t.credit_account"
        " WHERE t.source = ANY($1) ORDER BY t.number",
        ids,
    )
    return [
        Entry(
            at=row["at"],
            kind="ledger",
            id=row["source"],
            details={
                "number": row["number"],
                "code": row["code"],
                "posting": row["kind"],
                "amount": row["amount"],
                "currency": row["currency"],
                "debit": [row["debit_owner"], row["debit_kind"]],
                "credit": [row["credit_owner"], row["credit_kind"]],
            },
        )
        for row in rows
    ]


def left(booked: list[Entry], days: list[Entry]) -> list[Held]:
    """What the bookings add up to on each account; where that is nothing, nothing is said.

    A network's day is booked as one sum; what of it is the story's has been paid in (`settled`).
    """
    sums: dict[tuple[str, str, str], int] = {}
    for entry in booked:
        says = entry.details
        if says["posting"] not in ("posted", "post"):
            continue
        for side, sign in (("debit", 1), ("credit", -1)):
            owner, kind = says[side]
            grows = sign if kind in _ASSETS else -sign
            key = (owner, kind, says["currency"])
            sums[key] = sums.get(key, 0) + grows * says["amount"]
    _settle(sums, days)
    return [
        Held(owner=owner, kind=kind, currency=currency, amount=amount)
        for (owner, kind, currency), amount in sums.items()
        if amount
    ]


def _settle(sums: dict[tuple[str, str, str], int], days: list[Entry]) -> None:
    """Of the days that were paid: what the network owed is here, less what it kept of it."""
    paid = {day.id for day in days if day.moment}
    parts = [day for day in days if day.moment is None]
    for day in parts:
        if day.id not in paid:
            continue
        says, currency = day.details, day.details["currency"]
        own = says.get("scheme fee", 0)
        moves = ((f"rail_{says['network']}", -says["amount"]), ("settled", says["amount"] - own))
        for kind, amount in (*moves, ("scheme", own)):
            key = ("house", kind, currency)
            sums[key] = sums.get(key, 0) + amount
    if parts and all(day.id in paid for day in parts):
        for (owner, kind, currency), due in list(sums.items()):
            if kind == "interchange_due":
                sums[owner, kind, currency] = 0
                sums["house", "settled", currency] -= due


async def network_days(connection: Connection, references: Collection[str]) -> list[Entry]:
    """The days in which networks settled what is in the story, and the lines that brought them."""
    rows = await connection.fetch(
        """
        SELECT to_jsonb(s.created_at) #>> '{}' AS reported, to_jsonb(s.received_at) #>> '{}'
            AS received, s.reference, s.network, s.day::text, s.currency, s.gross,
            s.gross - s.interchange - s.scheme AS net, l.amount, l.scheme,
            l.reference AS of, b.bank_reference
        FROM network_settlement_lines l
        JOIN network_settlements s ON s.id = l.settlement_id
        LEFT JOIN bank_lines b ON b.matched_to = s.id AND b.matched_as = 'network'
        WHERE l.reference = ANY($1) ORDER BY s.created_at, l.reference
        """,
        [*references, *(f"{each}_{end}" for each in references for end in ("won", "back"))],
    )
    told = [entry for row in rows for entry in _day(row)]
    once: dict[tuple[str, str | None, Any], Entry] = {
        (each.id, each.moment, each.details.get("payment")): each for each in told
    }
    return list(once.values())


def _day(row: Any) -> list[Entry]:
    says = {name: row[name] for name in ("amount", "currency", "network", "day")}
    says["payment"] = row["of"]
    if row["scheme"]:
        says["scheme fee"] = row["scheme"]
    day = [Entry(at=row["reported"], kind="network_day", id=row["reference"], details=says)]
    if row["received"]:
        came = {"amount": row["net"], "currency": row["currency"], "gross": row["gross"]}
        if row["bank_reference"]:
            came["bank_reference"] = row["bank_reference"]
        day.append(
            Entry(
                at=row["received"],
                kind="network_day",
                id=row["reference"],
                moment="received",
                details=came,
            )
        )
    return day
