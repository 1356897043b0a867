"""The auditor finds what somebody with the keys to the database has done to payouts."""

import asyncio
from datetime import timedelta

import psycopg
import pytest

from maalem.payments.ledger.verify import verify
from maalem.payments.settlement import reserves
from maalem.payments.settlement.chores import settle_debts
from maalem.payments.settlement.payouts import mark_paid, mark_returned, mark_sent
from maalem.payments.settlement.tests.stage import approve, fund, owe, pay_out, settle_in
from maalem.payments.tests.world import world

DEEDS = {
    "UPDATE payouts SET amount = amount + 1 WHERE status = 'pending'": "is booked with 1 transfers",
    "UPDATE payouts SET status = 'paid' WHERE status = 'pending'": "0 paid",
    "UPDATE payouts SET return_reference = NULL WHERE status = 'failed'": "1 returned",
    "DELETE FROM payouts WHERE status = 'pending'": "(unknown of ) is booked with 1",
    "DELETE FROM ledger.transfers WHERE code = 'payout_paid'": "0 paid, 0 canceled",
    "UPDATE ledger.transfers SET source = 'po_ghost' WHERE code = 'payout_returned'": "po_ghost",
    "UPDATE payouts SET destination_id = 'ba_ghost' WHERE status = 'pending'": "of nobody",
    "UPDATE external_accounts SET usable_from = now() + interval '1 day'": "had waited",
    "UPDATE payouts SET approvals = 3 WHERE approvals = 2": "says 3 of 2 approvals",
    "UPDATE payout_approvals SET approver = 'Driss'": "is by Driss, with the key of",
    "UPDATE payout_approvals SET key_id = NULL": "with the key of nobody",
    "UPDATE payout_approvals SET officer_id = (SELECT min(officer_id) FROM payout_approvals)": (
        "there are 2 of 1 officers"
    ),
    "DELETE FROM balance_transactions WHERE type = 'payout_failure'": "gave  back",
    "UPDATE balance_transactions SET source_id = 'po_ghost' WHERE type = 'payout_failure'": (
        "po_ghost (unknown"
    ),
    "UPDATE payouts SET status = 'in_transit' WHERE status = 'paid'": "under way add up to",
    "UPDATE payouts SET sent_at = now() - interval '11 days', status = 'in_transit'": (
        "the bank has not answered"
    ),
    "UPDATE reserves SET amount = amount + 1": "reserved by the ledger",
    "UPDATE reserves SET until = now() - interval '2 days'": "should have ended",
    "DELETE FROM reserves": "rsv_",
    "UPDATE ledger.transfers SET source = 'rsv_ghost' WHERE code = 'reserve_hold'": "rsv_ghost",
    "UPDATE ledger.accounts SET owner = 'acct_other' WHERE kind = 'owed'": "settles a debt of",
    "UPDATE ledger.accounts SET credits_posted = credits_posted + 9 WHERE kind = 'owed'": (
        "owes us less than nothing"
    ),
}


async def week(dsn: str) -> None:
    """One payout is pending, a large one was paid, one came back; a debt and a reserve."""
    async with world(dsn, payout_approval_above=50_000) as w:
        await settle_in(w)
        await fund(w, 200_000)
        back = await pay_out(w, 20_000)
        large = await pay_out(w, 60_000)
        await pay_out(w, 10_000)
        for officer in ("Youssef", "Naïma"):
            await approve(w, large, officer)
        for payout in (back, large):
            await mark_sent(w.payments, payout.id, batch="f1")
            await mark_paid(w.payments, payout.id, reference=payout.id)
        await owe(w, 5_000)
        await settle_debts(w.payments)
        kept = await reserves.hold(w.payments, account=w.seller, rule_id="closing", currency="mad")
        await w.payments.writer.commit(kept.unit)
        w.clock.move(seconds=timedelta(days=3).total_seconds())
        await mark_returned(w.payments, back.id, code="AC04", reference="b1")


def test_an_honest_week_is_clean(fresh_payments_dsn):
    asyncio.run(week(fresh_payments_dsn.app))
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert report.clean, report.findings
    assert report.looked_at["payouts are booked as far as they have come"] == 3


@pytest.mark.parametrize("deed", list(DEEDS))
def test_it_finds_what_was_tampered_with(fresh_payments_dsn, deed):
    asyncio.run(week(fresh_payments_dsn.app))
    with psycopg.connect(fresh_payments_dsn.superuser) as thief:
        thief.execute("SET session_replication_role = replica")
        for check in ("payouts", "reserves"):
            for (name,) in thief.execute(
                "SELECT conname FROM pg_constraint WHERE contype = 'c'"
                f" AND conrelid = '{check}'::regclass"
            ).fetchall():
                thief.execute(f'ALTER TABLE {check} DROP CONSTRAINT "{name}"')
        thief.execute("ALTER TABLE ledger.accounts DROP CONSTRAINT exceeds_debits")
        thief.execute("DROP INDEX approved_once")
        assert thief.execute(deed).rowcount > 0
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert any(DEEDS[deed] in finding for finding in report.findings), report.findings
