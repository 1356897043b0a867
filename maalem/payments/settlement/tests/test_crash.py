"""The service or its worker is killed while payouts are made; afterwards each is there once."""

import asyncio
import random
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maalem.payments import db
from maalem.payments.acquiring.tests.test_crash import Doomed
from maalem.payments.compose import opened
from maalem.payments.config import Config
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement import payouts
from maalem.payments.settlement.tests.cast import bank_account, rib
from maalem.payments.tests import service as driver

OUT = {"amount": "1000", "currency": "mad"}


@pytest.fixture
def doomed(fresh_payments_dsn: Any, tmp_path: Path) -> Iterator[Doomed]:
    one = Doomed(fresh_payments_dsn, tmp_path / "log")
    v1 = one.service.client().v1
    account = v1.accounts.retrieve_current().id
    v1.accounts.external_accounts.create(account, {"external_account": bank_account(rib().digits)})
    v1.payment_intents.create(
        {
            "amount": 30_000,
            "currency": "mad",
            "confirm": True,
            "payment_method": "pm_card_bypassPending",
        }
    )
    yield one
    one.process.terminate()
    one.process.wait(timeout=20)
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert report.clean, report.findings


def test_killed_at_any_moment_every_payout_is_made_once(doomed):
    chance = random.Random(20260302)
    keys = [uuid.uuid4().hex for _ in range(24)]
    for start in range(0, len(keys), 8):
        requests = [
            doomed.in_background("payouts", OUT, key=key) for key in keys[start : start + 8]
        ]
        time.sleep(chance.uniform(0.005, 0.08))
        doomed.kill()
        for request in requests:
            request.join()
        doomed.restart()
    answers = [doomed.insist("payouts", OUT, key=key) for key in keys]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == len(keys)
    assert doomed.service.rows("SELECT count(*), sum(amount) FROM payouts") == [(24, 24_000)]


def test_killed_while_the_books_are_locked_nothing_is_half_made(doomed):
    key = uuid.uuid4().hex
    blocker = driver.psycopg.connect(doomed.dsn.superuser)
    blocker.execute("LOCK TABLE ledger.accounts IN ACCESS EXCLUSIVE MODE")
    request = doomed.in_background("payouts", OUT, key=key)
    time.sleep(0.3)
    doomed.kill()
    request.join()
    blocker.rollback()
    blocker.close()
    assert doomed.service.rows("SELECT count(*) FROM payouts") == [(0,)]
    assert doomed.service.rows("SELECT count(*) FROM balance_transactions WHERE net < 0") == [(0,)]
    doomed.restart()
    first = doomed.insist("payouts", OUT, key=key)
    assert doomed.insist("payouts", OUT, key=key).content == first.content
    assert doomed.service.rows("SELECT count(*) FROM payouts") == [(1,)]


@pytest.mark.parametrize("turns", [1, 4, 16])
def test_the_banks_answers_survive_a_lost_connection(doomed, fresh_payments_dsn, turns):
    """The line to the database is cut while a mark is under way; told again, it counts once."""
    made = doomed.insist("payouts", OUT, key=uuid.uuid4().hex).json()["id"]

    async def told() -> None:
        config = Config.from_env({"MAALEM_PAYMENTS_DATABASE_URL": fresh_payments_dsn.app})
        for mark in (
            lambda p: payouts.mark_sent(p, made, batch="f1"),
            lambda p: payouts.mark_paid(p, made, reference="r1"),
            lambda p: payouts.mark_returned(p, made, code="AC04", reference="b1"),
        ):
            async with opened(config, pool_size=2) as payments:
                work = asyncio.create_task(mark(payments))
                for _ in range(turns):
                    await asyncio.sleep(0)
                await _cut(fresh_payments_dsn.superuser)
                await asyncio.gather(work, return_exceptions=True)
            async with opened(config, pool_size=2) as payments:
                await mark(payments)

    asyncio.run(told())
    assert doomed.service.rows("SELECT status, version FROM payouts") == [("failed", 4)]
    assert doomed.service.rows(
        "SELECT type, count(*) FROM events WHERE object_id = %s GROUP BY type ORDER BY type", made
    ) == [("payout.created", 1), ("payout.failed", 1), ("payout.paid", 1), ("payout.updated", 1)]


async def _cut(superuser: str) -> None:
    pool = await db.connect(superuser, size=1)
    await pool.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND usename = 'maalem_payments'"
    )
    await pool.close()
