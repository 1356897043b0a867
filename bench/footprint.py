"""What a card payment leaves on the disk, and what the service holds in memory at full load.

On the disk: all tables and indexes of the institution's database, whoever they belong to, before
and after some loads, vacuumed after each, as a server does by itself in time. As many go before
that are not counted, so that the room of rows that went is there to be used again, as it is in a
database that lives.
"""

import psycopg

from bench import memory, paying
from bench.ours import Maalem
from bench.plan import Plan
from bench.report import Row, row

# The card network, which is simulated in the same database, has its own; what is kept for a time
# only is told apart.
_SIZES = """
    SELECT CASE WHEN n.nspname = 'simulator' THEN 'network'
            WHEN c.relname IN ('events', 'event_deliveries', 'idempotency_keys') THEN 'a month'
            ELSE 'for good' END,
        sum(pg_total_relation_size(c.oid))::bigint
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    GROUP BY 1
"""
_BEFORE, _LOADS = 3, 3


def measure(ours: Maalem, *, plan: Plan) -> list[Row]:
    """Three rows: bytes a payment, those that stay, and the largest service process."""
    pay = paying.payments(ours, seconds=max(plan.seconds, 4.0))
    for _ in range(_BEFORE):
        pay()
        before = _sizes(ours)
    made = 0
    for _ in range(_LOADS):
        result = pay()
        if result.errors:
            raise RuntimeError(f"payments failed: {result.first_error[:200]}")
        made += result.answers
        _sizes(ours)
    held = max(memory.peak(pid) for pid in ours.payments_processes)
    after = _sizes(ours)
    each = {kind: (after[kind] - before[kind]) / made for kind in after}
    own = each["for good"] + each["a month"]
    return [
        row(
            "on the disk, each card payment",
            unit="B",
            ours=own,
            note=f"all tables and indexes; the simulated network's {each['network']:,.0f} B apart;"
            f" over {made:,} payments",
            less_is_better=True,
        ),
        row(
            "on the disk, each card payment, after a month",
            unit="B",
            ours=each["for good"],
            note="without events, deliveries and saved answers, which are kept for a month or so",
            less_is_better=True,
        ),
        row(
            "memory of the payment service at full load",
            unit="MB",
            ours=held,
            note=f"the most that a process held; {paying.CONNECTIONS} connections",
            less_is_better=True,
        ),
    ]


def _sizes(ours: Maalem) -> dict[str, int]:
    with psycopg.connect(ours.books, autocommit=True) as connection:
        connection.execute("VACUUM")
        return dict(connection.execute(_SIZES).fetchall())
