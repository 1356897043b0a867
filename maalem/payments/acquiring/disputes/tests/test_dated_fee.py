"""A chargeback's fee is the rate of its day, and stays what it was."""

import asyncio

import psycopg
import pytest
from psycopg import errors

from maalem.payments.acquiring.disputes import chores
from maalem.payments.acquiring.disputes.records import Dispute
from maalem.payments.fees.tests.test_book import announce
from maalem.payments.ledger.verify import verify
from maalem.payments.store import first
from maalem.payments.tests.world import World, world


def disputed(dsn, *, setting: int, rows=()) -> Dispute:
    """A chargeback of today, with these prices written down; the books are right after it."""
    with psycopg.connect(dsn.admin) as owner:
        owner.execute("SET maalem.history = 'on'")
        for name, fixed, begins, ends in rows:
            announce(
                owner,
                name,
                "dispute",
                plan_id="standard",
                share_bps=0,
                fixed=fixed,
                currency="mad",
                valid_from=begins,
                valid_until=ends,
            )

    async def story(w: World) -> Dispute:
        await w.pay(50_000, card="pm_card_bypassPending")
        await w.pay(10_000, card="pm_card_createDispute")
        await chores.look_after(w.payments)
        found = await first(w.payments.pool, Dispute, "true")
        assert found is not None
        return found

    async def whole() -> Dispute:
        async with world(dsn.app, dispute_fee=setting) as w:
            found = await story(w)
        report = await verify(dsn.admin)
        assert report.clean, report.findings
        return found

    return asyncio.run(whole())


def test_a_chargeback_costs_what_the_rate_of_its_day_says(fresh_payments_dsn):
    rows = [("before", 900, "2020-01-01", "2025-01-01"), ("now", 2_000, "2025-01-01", None)]
    dispute = disputed(fresh_payments_dsn, setting=1_500, rows=rows)
    assert (dispute.fee, dispute.fee_rate) == (2_000, "now")
    with (
        psycopg.connect(fresh_payments_dsn.admin) as owner,
        pytest.raises(errors.CheckViolation, match="fees_are_frozen"),
    ):
        owner.execute("UPDATE disputes SET fee = 1, version = version + 1")


def test_the_setting_stands_in_where_no_rate_is_written(fresh_payments_dsn):
    dispute = disputed(fresh_payments_dsn, setting=1_500)
    assert (dispute.fee, dispute.fee_rate) == (1_500, "setting")


def test_the_auditor_recounts_what_disputes_cost(fresh_payments_dsn):
    disputed(fresh_payments_dsn, setting=0, rows=[("now", 2_000, "2025-01-01", None)])
    with psycopg.connect(fresh_payments_dsn.superuser) as thief:
        thief.execute("SET session_replication_role = replica")
        thief.execute("UPDATE fee_rates SET fixed = 1999 WHERE id = 'now'")
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert any("which says 1999" in finding for finding in report.findings), report.findings
