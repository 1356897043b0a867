"""Every night the books are counted again, once, and a difference is put before a person."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from maalem.payments.jobs.recount import GIVEN_UP, recount
from maalem.payments.jobs.table import table
from maalem.payments.settlement.bank.findings import open_findings
from maalem.payments.tests.world import world

NIGHT = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)


def test_a_difference_in_the_books_is_found_by_night(fresh_payments_dsn: Any) -> None:
    """P22: the nightly count finds nothing in books that are right, and one changed counter."""

    async def story() -> None:
        async with world(fresh_payments_dsn.app) as w:
            await w.pay(1_000)
            w.clock.at = max(NIGHT, w.clock.now().replace(hour=4) + timedelta(days=1))
            await recount(w.payments)
            assert await open_findings(w.payments) == []
            with psycopg.connect(fresh_payments_dsn.superuser) as hand:
                hand.execute("SET session_replication_role = replica")
                hand.execute("UPDATE ledger.accounts SET credits_posted = credits_posted + 100")
            await recount(w.payments)
            assert await open_findings(w.payments) == [], "once a night"
            w.clock.move(days=1)
            await recount(w.payments)
            (found,) = await open_findings(w.payments)
            assert found.kind == "books_differ"
            rows = await w.payments.pool.fetch("SELECT found FROM recounts ORDER BY day")
            assert rows[0]["found"] == 0
            assert rows[1]["found"] > 0

    asyncio.run(story())


def test_a_count_that_died_with_its_worker_is_begun_again(fresh_payments_dsn: Any) -> None:
    async def story() -> None:
        async with world(fresh_payments_dsn.app) as w:
            w.clock.at = w.clock.now().replace(hour=4) + timedelta(days=1)
            await recount(w.payments)
            await w.payments.pool.execute("UPDATE recounts SET found = NULL")
            await recount(w.payments)
            assert await w.payments.pool.fetchval("SELECT found FROM recounts") is None
            w.clock.move(seconds=GIVEN_UP.total_seconds() + 1)
            await recount(w.payments)
            assert await w.payments.pool.fetchval("SELECT found FROM recounts") == 0

    asyncio.run(story())


def test_the_worker_has_the_count_among_its_jobs() -> None:
    deliverer: Any = None
    assert [job.run for job in table(deliverer) if job.name == "recount"] == [recount]
