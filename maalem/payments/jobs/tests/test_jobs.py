import asyncio
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maalem.kit.clock import FixedClock, SystemClock
from maalem.payments import bootstrap
from maalem.payments.acquiring import sessions
from maalem.payments.compose import opened
from maalem.payments.config import Config
from maalem.payments.context import Payments
from maalem.payments.events.deliver import CLAIM, Deliverer
from maalem.payments.events.tests.receiver import Receiver
from maalem.payments.jobs import table
from maalem.payments.jobs.loop import Job, run_jobs
from maalem.payments.tests import service as driver
from maalem.payments.tests.service import NOWHERE, SHOP, Payer, Service, eventually

SECRET = "whsec_jobs"


@pytest.fixture
def config(fresh_payments_dsn: Any) -> Config:
    return Config.from_env(
        {
            "MAALEM_PAYMENTS_DATABASE_URL": fresh_payments_dsn.app,
            "MAALEM_PAYMENTS_URL": "http://localhost:8010",
        }
    )


async def a_session(payments: Payments, receiver: Receiver | None = None) -> sessions.Session:
    """An open session of the platform, whose events go to `receiver`."""
    await bootstrap.ensure_platform(
        payments.pool,
        secret_key="sk_test_jobs",
        webhook_url=receiver.url if receiver else NOWHERE,
        webhook_secret=SECRET,
        config=payments.config,
    )
    wanted = sessions.Wanted(
        account_id=bootstrap.PLATFORM,
        currency="mad",
        line_items=[{"id": "li_1", "name": "Tapis", "unit_amount": 5, "quantity": 1, "amount": 5}],
        success_url=SHOP,
        payment_method_types=["card"],
    )
    session, unit = sessions.opened(wanted, now=payments.clock.now())
    await payments.writer.commit(unit)
    return session


async def all_of(deliverer: Deliverer, payments: Payments) -> None:
    """Send until nothing is due any more."""
    due = "SELECT EXISTS (SELECT FROM event_deliveries WHERE status = 'pending' AND next_at <= $1)"
    while await deliverer.run(payments) or await payments.pool.fetchval(due, payments.clock.now()):
        pass  # another worker may hold what is due, and have no more than that
    await deliverer.settle()


def test_a_session_is_closed_when_its_time_is_over(config: Config):
    async def story() -> None:
        clock = FixedClock(at=SystemClock().now())
        async with opened(config, clock=clock) as payments:
            session = await a_session(payments)
            assert await table.expire_sessions(payments) == 0
            clock.move(hours=25)
            assert await table.expire_sessions(payments) == 1
            after = await sessions.session_of(payments, session.id)
            assert after is not None
            assert after.status == "expired"
            assert (await sessions.intent_of(payments, after)).status == "canceled"

    asyncio.run(story())


def test_several_workers_send_each_event_once(config: Config):
    async def story() -> None:
        with Receiver() as receiver:
            async with opened(config) as payments:
                for _ in range(30):
                    await a_session(payments, receiver)
                workers = [Deliverer() for _ in range(4)]
                await asyncio.gather(*(all_of(one, payments) for one in workers))
                for one in workers:
                    await one.close()
        ids = [event.id for event in receiver.events(SECRET)]
        assert len(ids) == len(set(ids)) == 30

    asyncio.run(story())


def test_a_silent_endpoint_delays_no_other(config: Config):
    async def story() -> None:
        silent = await asyncio.start_server(lambda reader, writer: asyncio.sleep(30), "127.0.0.1")
        port = silent.sockets[0].getsockname()[1]
        with Receiver() as receiver:
            async with opened(config) as payments:
                await a_session(payments, receiver)
                await payments.pool.execute(
                    "INSERT INTO webhook_endpoints SELECT 'we_silent', 1, account_id, $1, secret,"
                    " enabled_events, status, connect, NULL, NULL, false, '{}', created_at"
                    " FROM webhook_endpoints",
                    f"http://127.0.0.1:{port}/",
                )
                for _ in range(40):
                    await a_session(payments, receiver)
                deliverer = Deliverer(timeout_s=4)
                started = asyncio.get_running_loop().time()
                while len(receiver.got) < 41:
                    await deliverer.run(payments)
                    await asyncio.sleep(0.01)
                assert asyncio.get_running_loop().time() - started < 3.9
                await deliverer.close()
        silent.close()

    asyncio.run(story())


def test_what_comes_after_a_silent_endpoint_is_sent_meanwhile(config: Config):
    async def story() -> None:
        silent = await asyncio.start_server(lambda reader, writer: asyncio.sleep(30), "127.0.0.1")
        port = silent.sockets[0].getsockname()[1]
        address = "UPDATE webhook_endpoints SET url = $1"
        with Receiver() as receiver:
            async with opened(config) as payments:
                await a_session(payments, receiver)
                await payments.pool.execute(address, f"http://127.0.0.1:{port}/")
                deliverer = Deliverer(timeout_s=4)
                started = asyncio.get_running_loop().time()
                assert await deliverer.run(payments) == 1
                await payments.pool.execute(address, receiver.url)
                await a_session(payments, receiver)
                assert await deliverer.run(payments) == 1
                await asyncio.sleep(0.2)
                assert len(receiver.got) == 1
                assert asyncio.get_running_loop().time() - started < 3
                await deliverer.close()
        silent.close()

    asyncio.run(story())


def test_a_dead_workers_claim_runs_out_and_another_sends(config: Config):
    async def story() -> None:
        clock = FixedClock(at=SystemClock().now())
        with Receiver() as receiver:
            async with opened(config, clock=clock) as payments:
                await a_session(payments, receiver)
                await payments.pool.execute(
                    "UPDATE event_deliveries SET held_until = $1, attempts = 1",
                    clock.now() + CLAIM,
                )
                deliverer = Deliverer()
                assert await deliverer.run(payments) == 0
                clock.move(seconds=CLAIM.total_seconds() + 1)
                assert await deliverer.run(payments) == 1
                await deliverer.close()
        assert len(receiver.got) == 1

    asyncio.run(story())


def test_it_gives_up_after_three_days_and_says_so(config: Config):
    async def story() -> None:
        clock = FixedClock(at=SystemClock().now())
        with Receiver(answers=[500] * 50) as receiver:
            async with opened(config, clock=clock) as payments:
                await a_session(payments, receiver)
                deliverer = Deliverer()
                for _ in range(50):
                    started = await deliverer.run(payments)
                    await deliverer.settle()
                    if started == 0:
                        due = await payments.pool.fetchval(
                            "SELECT next_at FROM event_deliveries WHERE status = 'pending'"
                        )
                        if due is None:
                            break
                        clock.at = due + timedelta(milliseconds=1)
                await deliverer.close()
                row = await payments.pool.fetchrow("SELECT * FROM event_deliveries")
                assert (row["status"], row["answered"]) == ("failed", 500)
                log = await payments.pool.fetchval("SELECT count(*) FROM delivery_log")
                assert log == row["attempts"] == len(receiver.got)

    asyncio.run(story())


def test_a_job_that_fails_disturbs_no_other_and_is_tried_again(config: Config):
    """P31: and does not keep others waiting."""

    async def story() -> None:
        calls = {"bad": 0, "good": 0}
        stop = asyncio.Event()

        async def bad(payments: Payments) -> int:
            calls["bad"] += 1
            raise RuntimeError("poison")

        async def good(payments: Payments) -> int:
            calls["good"] += 1
            if calls["good"] > 20 and calls["bad"] > 1:
                stop.set()
            return 0

        async with opened(config) as payments:
            jobs = [Job("bad", bad, every_s=0.01), Job("good", good, every_s=0.01)]
            await asyncio.wait_for(run_jobs(payments, jobs, stop=stop), timeout=10)
        assert calls["bad"] >= 2

    asyncio.run(story())


def test_a_commit_wakes_the_deliverer_at_once(config: Config):
    async def story() -> None:
        stop = asyncio.Event()
        with Receiver() as receiver:
            async with opened(config) as payments:
                deliverer = Deliverer()
                job = Job("deliveries", deliverer.run, every_s=60, channel="deliveries")
                running = asyncio.create_task(run_jobs(payments, [job], stop=stop))
                await asyncio.sleep(0.5)
                await a_session(payments, receiver)
                for _ in range(100):
                    if receiver.got:
                        break
                    await asyncio.sleep(0.02)
                stop.set()
                await running
                await deliverer.close()
        assert len(receiver.got) == 1

    asyncio.run(story())


def test_a_worker_killed_in_the_middle_loses_nothing(
    service: Service, payer: Payer, tmp_path: Path
):
    """P29 and P31: what was committed is sent at least once, whoever dies."""
    with Receiver() as receiver:
        hook = service.client().v1.webhook_endpoints.create(
            params={"url": receiver.url, "enabled_events": ["checkout.session.completed"]}
        )
        first = driver.start_jobs(service, log=str(tmp_path / "first"))
        made = []
        for number in range(6):
            session = service.session()
            payer.open(session.url).pay()
            made.append(session.id)
            if number == 2:
                first.kill()
                first.wait()
        service.rows("UPDATE event_deliveries SET held_until = NULL WHERE status = 'pending'")
        ((before,),) = service.rows("SELECT clock_timestamp()")
        second = driver.start_jobs(service, log=str(tmp_path / "second"))
        # The worker of other tests may be quicker: this one must stand before it is told to stop.
        eventually(
            lambda: service.rows(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                " AND query LIKE 'LISTEN%%' AND backend_start > %s",
                before,
            )
        )
        eventually(lambda: {e.data.object["id"] for e in receiver.events(hook.secret)} >= set(made))
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=10) == 0, (tmp_path / "second").read_text()
