"""P1, P14: killed in the middle of a dispute, the service finds it again and books it once."""

import asyncio
import os
import random
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maalem.payments.acquiring.disputes import chores
from maalem.payments.acquiring.tests.test_crash import PAY, Doomed
from maalem.payments.compose import opened
from maalem.payments.config import Config
from maalem.payments.ledger.verify import verify
from maalem.payments.tests import service as driver

DISPUTED = {**PAY, "payment_method": "pm_card_createDispute"}


@pytest.fixture
def doomed(fresh_payments_dsn: Any, tmp_path: Path) -> Iterator[Doomed]:
    one = Doomed(fresh_payments_dsn, tmp_path / "log")
    yield one
    one.process.terminate()
    one.process.wait(timeout=20)
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert report.clean, report.findings


def look_after(doomed: Doomed) -> None:
    """The job's work, done here."""

    async def run() -> None:
        async with opened(Config.from_env(doomed.service.environment), pool_size=2) as payments:
            await chores.ask_again(payments, grace_s=0)
            await chores.look_after(payments)

    asyncio.run(run())


def forget_the_dead(doomed: Doomed) -> None:
    """PostgreSQL goes on waiting for a lock on behalf of a process that is dead, and writes when
    it gets it; here the whole of the dead process ends."""
    waiting = (
        "pg_locks WHERE relation = 'disputes'::regclass AND NOT granted AND pid <> pg_backend_pid()"
    )
    with driver.psycopg.connect(doomed.dsn.superuser, autocommit=True) as connection:
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM {waiting}")
        while connection.execute(f"SELECT 1 FROM {waiting}").fetchone():
            time.sleep(0.02)


def a_dispute(doomed: Doomed) -> str:
    doomed.insist("payment_intents", DISPUTED, key=uuid.uuid4().hex)
    look_after(doomed)
    return str(doomed.service.rows("SELECT id FROM disputes ORDER BY id DESC LIMIT 1")[0][0])


@pytest.mark.parametrize(
    ("path", "said", "end"),
    [
        ("disputes/{id}", {"evidence[uncategorized_text]": "winning_evidence"}, "won"),
        ("disputes/{id}", {"evidence[uncategorized_text]": "losing_evidence"}, "lost"),
        ("disputes/{id}/close", {}, "lost"),
    ],
)
def test_killed_while_the_network_is_told_the_retry_tells_the_same(doomed, path, said, end):
    """P1: one answer, whose retry gets what the first would have got."""
    path, key = path.format(id=a_dispute(doomed)), uuid.uuid4().hex
    doomed.conduct(3_000)
    request = doomed.in_background(path, said, key=key)
    doomed.wait_for("SELECT 1 FROM dispute_answers WHERE idempotency_key = %s", key)
    time.sleep(0.2)
    doomed.kill()
    request.join()
    doomed.conduct(0)
    doomed.restart()
    answer = doomed.insist(path, said, key=key)
    assert answer.status_code == 200
    assert answer.json()["status"] == ("lost" if path.endswith("close") else "under_review")
    assert doomed.insist(path, said, key=key).content == answer.content
    assert doomed.service.rows("SELECT status FROM dispute_answers") == [("done",)]
    look_after(doomed)
    assert doomed.service.rows("SELECT status FROM disputes") == [(end,)]


def test_killed_while_the_network_is_told_the_job_finishes_it(doomed):
    """P18: nobody retries, and the answer is not lost."""
    path = f"disputes/{a_dispute(doomed)}"
    doomed.conduct(3_000)
    said = {"evidence[uncategorized_text]": "winning_evidence"}
    request = doomed.in_background(path, said, key=uuid.uuid4().hex)
    doomed.wait_for("SELECT 1 FROM dispute_answers")
    doomed.kill()
    request.join()
    doomed.conduct(0)
    doomed.restart()
    look_after(doomed)
    look_after(doomed)
    assert doomed.service.rows("SELECT status, submission_count FROM disputes") == [("won", 1)]


def test_the_job_killed_before_its_books_are_written_books_once(doomed, tmp_path):
    """P14: the feed was read and the books could not be written when the process died."""
    for _ in range(3):
        doomed.insist("payment_intents", DISPUTED, key=uuid.uuid4().hex)
    blocker = driver.psycopg.connect(doomed.dsn.superuser)
    blocker.execute("LOCK TABLE disputes IN EXCLUSIVE MODE")
    job = driver.start_jobs(doomed.service, log=str(tmp_path / "jobs"))
    doomed.wait_for("SELECT 1 FROM dispute_notices HAVING count(*) = 3")
    os.kill(job.pid, signal.SIGKILL)
    job.wait()
    forget_the_dead(doomed)
    blocker.rollback()
    blocker.close()
    assert doomed.service.rows("SELECT count(*) FROM disputes") == [(0,)]
    look_after(doomed)
    look_after(doomed)
    assert doomed.service.rows("SELECT count(*), sum(amount_withdrawn) FROM disputes") == [
        (3, 3_000)
    ]


def test_the_job_killed_at_any_moment_leaves_no_dispute_out_and_none_twice(doomed, tmp_path):
    """P14, P31: killed again and again, each dispute is booked once and answered once."""
    chance = random.Random(20260302)
    for _ in range(12):
        doomed.insist("payment_intents", DISPUTED, key=uuid.uuid4().hex)
    job = driver.start_jobs(doomed.service, log=str(tmp_path / "jobs"))
    doomed.wait_for("SELECT 1 FROM disputes")
    for _ in range(4):
        os.kill(job.pid, signal.SIGKILL)
        job.wait()
        for (dispute,) in doomed.service.rows(
            "SELECT id FROM disputes WHERE status = 'needs_response' LIMIT 3"
        ):
            text = chance.choice(["winning_evidence", "losing_evidence"])
            said = {"evidence[uncategorized_text]": text}
            doomed.insist(f"disputes/{dispute}", said, key=uuid.uuid4().hex)
        job = driver.start_jobs(doomed.service, log=str(tmp_path / "jobs"))
        time.sleep(chance.uniform(0.3, 1.2))
    os.kill(job.pid, signal.SIGKILL)
    job.wait()
    look_after(doomed)
    look_after(doomed)
    assert doomed.service.rows("SELECT count(*), count(DISTINCT charge_id) FROM disputes") == [
        (12, 12)
    ]
    told = doomed.service.rows(
        "SELECT object_id FROM events WHERE type = 'charge.dispute.created' GROUP BY 1"
        " HAVING count(*) = 1"
    )
    assert len(told) == 12
