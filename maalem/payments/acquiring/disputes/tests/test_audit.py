"""The auditor finds what somebody with the keys to the database has done to disputes."""

import asyncio

import psycopg
import pytest

from maalem.payments.acquiring.disputes import chores
from maalem.payments.acquiring.disputes.tests.stories import disputed, say
from maalem.payments.ledger.verify import verify
from maalem.payments.tests.world import world

DEEDS = {
    "UPDATE disputes SET status = 'lost', amount_reinstated = 0 WHERE status = 'won'": (
        "(lost, 1000 taken, 0 returned"
    ),
    "UPDATE disputes SET status = 'won', amount_reinstated = amount WHERE status = 'lost'": (
        "(won, 1000 taken, 1000 returned"
    ),
    "UPDATE disputes SET amount = 900, amount_withdrawn = 900 WHERE status = 'lost'": (
        "is booked with 1000"
    ),
    "DELETE FROM disputes WHERE status = 'needs_response'": "(unknown,",
    "UPDATE disputes SET fee = 0": "0 fee",
    "UPDATE charges SET amount_disputed = 1 WHERE amount_disputed > 0": "says 1 disputed",
    "DELETE FROM ledger.transfers WHERE code = 'dispute_reinstated'": "is booked with 1000, 0",
    "DELETE FROM balance_transactions WHERE type = 'adjustment'": "its lines add up to 0",
}


async def disputes(dsn: str) -> None:
    """One that is open, one that was won, one that was lost."""
    async with world(dsn, dispute_fee=50) as w:
        await w.pay(5_000)
        for text in ("", "winning_evidence", "losing_evidence"):
            dispute = await disputed(w, 1_000)
            if text:
                await say(w, dispute, text)
        await chores.look_after(w.payments)


@pytest.mark.parametrize("deed", list(DEEDS))
def test_it_finds_what_was_done_to_disputes(fresh_payments_dsn, deed):
    asyncio.run(disputes(fresh_payments_dsn.app))
    assert asyncio.run(verify(fresh_payments_dsn.admin)).clean
    with psycopg.connect(fresh_payments_dsn.superuser) as thief:
        thief.execute("SET session_replication_role = replica")
        assert thief.execute(deed).rowcount > 0
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert any(DEEDS[deed] in finding for finding in report.findings), report.findings
