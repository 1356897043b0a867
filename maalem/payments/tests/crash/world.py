"""What the whole database says, without the names that differ from run to run."""

from collections import Counter
from typing import Any

import psycopg
from psycopg import sql

# What tells how a run went rather than what became of the money, or follows from other tables.
LEFT_OUT = frozenset(
    {
        *("migrations", "idempotency_keys", "event_deliveries", "delivery_log", "seals", "marks"),
        *("checkpoints", "checkpoint_accounts", "risk_book", "fee_book", "safeguarding_proofs"),
    }
)
WORDS = ("status", "type", "kind", "stage", "code", "captured", "owner", "reason", "is_open")
# Numbers that count no money: those drawn from sequences, of which a killed one is lost, too.
NOT_SUMS = frozenset({"version", "number", "holder", "position", "place", "id", "event"})
_COLUMNS = """
SELECT table_schema, table_name, array_agg(column_name::text ORDER BY column_name)
           FILTER (WHERE column_name = ANY(%s)),
       array_agg(column_name::text ORDER BY column_name)
           FILTER (WHERE data_type IN ('bigint', 'integer', 'numeric'))
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema IN ('public', 'ledger', 'simulator') AND table_type = 'BASE TABLE'
GROUP BY 1, 2 ORDER BY 1, 2
"""
UNDECIDED = {
    "payment_attempts": "status IN ('sent', 'unknown')",
    "setup_attempts": "status IN ('sent', 'unknown')",
    "followups": "status IN ('sent', 'unknown')",
    "dispute_answers": "status IN ('sent', 'unknown')",
    "refunds": "status = 'pending'",
    "payment_intents": "status = 'processing'",
    "payout_batches": "status = 'drafted'",
}
# What a payment costs on the paths that are priced: the merchant, by a fee that goes back with a
# refund and one for each chargeback, and us, by what the network keeps for clearing.
_PRICES = """
SET maalem.history = 'on';
INSERT INTO fee_rates (id, line, plan_id, rail, share_bps, fixed, currency, on_refund, valid_from,
    source) VALUES
    ('ours', 'service', 'standard', 'card', 150, 100, 'mad', 'returned', '2025-01-01', 'ours'),
    ('complaint', 'dispute', 'standard', NULL, 0, 2000, 'mad', 'kept', '2025-01-01', 'ours'),
    ('clearing', 'scheme', NULL, 'card', 10, 5, 'mad', 'kept', '2025-01-01', 'theirs');
UPDATE simulator.bank_conduct SET scheme_bps = 10, scheme_fixed = 5
"""
Picture = dict[str, list[tuple[Any, ...]]]


def picture(superuser: str) -> Picture:
    """Of each table: how many rows of each kind and status, and the sums of their amounts.

    Two histories with the same picture moved the same money between the same kinds of accounts,
    left the same objects in the same states and told the same events.
    """
    with psycopg.connect(superuser) as db:
        one_query = _everything(db)
        return {name: [tuple(row) for row in rows] for name, rows in db.execute(one_query)}


_asked: list[sql.Composable] = []


def _everything(db: "psycopg.Connection[Any]") -> sql.Composable:
    """One query for all tables. Every database of a run has the same ones, so it is made once."""
    if not _asked:
        tables = db.execute(_COLUMNS, [list(WORDS)]).fetchall()
        parts = [_of_one(*known) for known in tables if known[1] not in LEFT_OUT]
        _asked.append(sql.SQL(" UNION ALL ").join(parts))
    return _asked[0]


def _of_one(
    schema: str, table: str, words: list[str] | None, numbers: list[str] | None
) -> sql.Composable:
    shown = [_word(name) for name in words or ()]
    sums = [
        sql.SQL("sum({})").format(sql.Identifier(name))
        for name in numbers or ()
        if name not in NOT_SUMS
    ]
    comma = sql.SQL(", ")
    rows = sql.SQL("SELECT jsonb_build_array({}) AS row FROM {} GROUP BY {}").format(
        comma.join([*shown, sql.SQL("count(*)"), *sums]),
        sql.Identifier(schema, table),
        comma.join(shown) if shown else sql.SQL("()"),
    )
    return sql.SQL(
        "SELECT {}, coalesce(jsonb_agg(row ORDER BY row), '[]') FROM ({}) AS found"
    ).format(sql.Literal(f"{schema}.{table}"), rows)


def _word(name: str) -> sql.Composable:
    if name == "owner":  # an account's id is another in each run
        return sql.SQL("left(owner, 5)")
    return sql.SQL("{}::text").format(sql.Identifier(name))


def money(found: Picture) -> list[tuple[Any, ...]]:
    """What stands on the accounts of the ledger."""
    return found["ledger.accounts"]


def differences(one: Picture, other: Picture) -> dict[str, Any]:
    """The tables of which the two say something else."""
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}


def undecided(superuser: str) -> dict[str, int]:
    """What still waits for an answer that nobody will give."""
    with psycopg.connect(superuser) as db:
        counts = {
            table: db.execute(f"SELECT count(*) FROM {table} WHERE {what}").fetchone()  # type: ignore[arg-type]
            for table, what in UNDECIDED.items()
        }
    return {table: row[0] for table, row in counts.items() if row and row[0]}


def price(superuser: str) -> None:
    """From now on payments cost something."""
    with psycopg.connect(superuser) as db:
        db.execute(_PRICES)


def booked(superuser: str) -> Counter[str]:
    """How often each kind of booking is in the ledger."""
    with psycopg.connect(superuser) as db:
        return Counter(
            dict(db.execute("SELECT code, count(*) FROM ledger.transfers GROUP BY 1").fetchall())
        )
