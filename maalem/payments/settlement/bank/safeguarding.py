"""The daily proof that clients' money is there (cantonnement, law 103-12 and Bank Al-Maghrib).

What is there: the bank's own statement, what networks owe us and have not paid in, what owners owe
us. What is owed: every payment account (pending, available, reserved), payouts under way, the
interchange and networks' fees that are still to be kept back, lines that nobody has explained, and
what of the money is our own (fees earned less costs borne). Both sides are added up from primary
rows; where they differ, each term is held against the ledger, so that it is seen which one is
wrong.
"""

from datetime import date, timedelta
from typing import Any

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.config import CURRENCY
from maalem.payments.context import Payments
from maalem.payments.db import Connection, Pool
from maalem.payments.settlement.bank.findings import find
from maalem.payments.settlement.bank.records import Proof
from maalem.payments.units import Unit

# What is there, then what is owed; in the order in which they are shown.
THERE = ("bank_account", "networks_owe", "owners_owe")
OWED = (
    "owners_pending",
    "owners_available",
    "owners_reserved",
    "payouts_under_way",
    "interchange_due",
    "scheme_due",
    "unexplained_lines",
    "in_suspense",
    "our_own",
)
# What is clients' own: the payment accounts.
CLIENTS = ("owners_pending", "owners_available", "owners_reserved")
MEANING = {
    "bank_account": "the account at the bank, by its last statement and what was told since",
    "networks_owe": "what networks took for us and have not paid in",
    "owners_owe": "what account owners owe us",
    "owners_pending": "payment accounts: pending",
    "owners_available": "payment accounts: available",
    "owners_reserved": "payment accounts: reserved by a published rule",
    "payouts_under_way": "payouts that the bank has not booked",
    "interchange_due": "interchange that networks will keep when they settle",
    "scheme_due": "networks' own fees that they will keep when they settle",
    "unexplained_lines": "lines of the bank that nobody has explained",
    "in_suspense": "lines of the bank that were put aside until somebody knows whose they are",
    "our_own": "our own: fees earned less what networks cost us",
}
_LINES = "FROM balance_transactions WHERE currency = $1"
_POSTED = """
SELECT coalesce(sum(CASE t.credit_account WHEN a.id THEN t.amount ELSE -t.amount END), 0)::bigint
FROM ledger.accounts a
JOIN ledger.transfers t
    ON a.id IN (t.debit_account, t.credit_account) AND t.kind IN ('posted', 'post')
WHERE a.currency = $1 AND
"""
# By primary rows, without the ledger where there are any.
_TERMS = {
    "bank_account": """
        SELECT coalesce((SELECT closing FROM bank_statements WHERE currency = $1
                ORDER BY day DESC, number DESC NULLS LAST LIMIT 1), 0)
            + coalesce((SELECT sum(amount) FROM bank_lines
                WHERE currency = $1 AND statement_id IS NULL), 0)""",
    "networks_owe": """
        SELECT coalesce((SELECT sum(amount) FROM network_movements WHERE currency = $1), 0)
            - coalesce((SELECT sum(gross) FROM network_settlements
                WHERE currency = $1 AND status = 'received'), 0)""",
    "owners_owe": f"SELECT -({_POSTED} a.kind = 'owed')",
    "owners_pending": f"SELECT coalesce(sum(net), 0) {_LINES} AND status = 'pending'",
    "owners_available": f"SELECT coalesce(sum(net), 0) {_LINES} AND status = 'available'",
    "owners_reserved": """
        SELECT coalesce(sum(amount), 0) FROM reserves WHERE currency = $1 AND status = 'held'""",
    "payouts_under_way": """
        SELECT coalesce(sum(amount), 0) FROM payouts
        WHERE currency = $1 AND status IN ('pending', 'in_transit')""",
    "interchange_due": f"SELECT ({_POSTED} a.owner = 'house' AND a.kind = 'interchange_due')",
    "scheme_due": """
        SELECT coalesce(sum(reckoned + scheme_accepted
            - CASE status WHEN 'received' THEN scheme ELSE 0 END), 0)
        FROM network_settlements WHERE currency = $1""",
    "unexplained_lines": """
        SELECT coalesce(sum(amount), 0) FROM bank_lines
        WHERE currency = $1 AND status = 'unmatched'""",
    "in_suspense": """
        SELECT coalesce(sum(amount), 0) FROM bank_lines
        WHERE currency = $1 AND matched_as = 'suspense'""",
    "our_own": f"""SELECT ({_POSTED} a.owner = 'house' AND a.kind NOT IN
        ('bank', 'payouts', 'rail_card', 'rail_wallet', 'interchange_due', 'scheme_due',
        'suspense'))""",
}
# The same by the ledger, for the terms that have an account there.
_LEDGER = {
    "bank_account": "a.owner = 'house' AND a.kind = 'bank'",
    "networks_owe": "a.owner = 'house' AND a.kind IN ('rail_card', 'rail_wallet')",
    "owners_pending": "a.kind = 'pending'",
    "owners_available": "a.kind = 'available'",
    "owners_reserved": "a.kind = 'reserved'",
    "payouts_under_way": "a.owner = 'house' AND a.kind = 'payouts'",
    "scheme_due": "a.owner = 'house' AND a.kind = 'scheme_due'",
    "in_suspense": "a.owner = 'house' AND a.kind = 'suspense'",
}


async def prove(payments: Payments, *, day: date | None = None) -> Proof:
    """Add both sides up now and keep the proof under `day` (by default today).

    A difference is kept too, logged as an error and found for a person; nothing is put right.
    """
    async with payments.pool.acquire() as db, db.transaction(isolation="repeatable_read"):
        terms = await _terms(db)
        explained = await _explain(db, terms)
    there = sum(terms[name] for name in THERE)
    owed = sum(terms[name] for name in OWED)
    now = payments.clock.now()
    proof = Proof(
        id=new_id("sgp"),
        day=day or now.date(),
        currency=CURRENCY,
        terms=terms,
        there=there,
        owed=owed,
        difference=there - owed,
        explained=explained,
        created_at=now,
    )
    await payments.writer.commit(Unit().put(proof))
    if proof.difference:
        await find(
            payments,
            "safeguarding_differs",
            about=f"{proof.day}/{proof.difference}",
            detail=f"clients' money on {proof.day}: {there} is there, {owed} is owed",
            amount=proof.difference,
            currency=CURRENCY,
        )
    return proof


async def prove_daily(payments: Payments) -> int:
    """The job: prove yesterday once it is over; returns 0, there is nothing more to do."""
    day = payments.clock.now().date() - timedelta(days=1)
    if await latest(payments.pool, day=day) is None:
        await prove(payments, day=day)
    return 0


async def latest(source: Pool | Connection, *, day: date | None = None) -> Proof | None:
    """The newest proof, or the newest of one day."""
    return await store.first(
        source,
        Proof,
        "currency = $1 AND ($2::date IS NULL OR day = $2) ORDER BY day DESC, created_at DESC",
        CURRENCY,
        day,
    )


async def _terms(db: Connection) -> dict[str, int]:
    terms = {name: int(await db.fetchval(query, CURRENCY)) for name, query in _TERMS.items()}
    # A debt's line has taken what was not there; the payment account itself is never below zero.
    terms["owners_available"] += terms["owners_owe"]
    return terms


async def _explain(db: Connection, terms: dict[str, int]) -> list[dict[str, Any]]:
    """The terms that the ledger has otherwise: there a difference comes from."""
    found: list[dict[str, Any]] = []
    for name, accounts in _LEDGER.items():
        kept = int(await db.fetchval(f"{_POSTED} {accounts}", CURRENCY))
        by_ledger = -kept if name in THERE else kept
        by_rows = terms[name]
        if name == "bank_account":
            by_rows -= terms["unexplained_lines"]
        if by_rows != by_ledger:
            found.append({"term": name, "by_rows": by_rows, "by_ledger": by_ledger})
    return found
