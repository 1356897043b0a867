"""How endpoints are doing, the end of silent ones, and the end of old events."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from maalem.kit.clock import FixedClock, SystemClock
from maalem.kit.ids import new_id
from maalem.payments import bootstrap
from maalem.payments.compose import opened
from maalem.payments.config import Config
from maalem.payments.events import health
from maalem.payments.events.deliver import Deliverer
from maalem.payments.events.outbox import event
from maalem.payments.events.outcomes import Outcome, note
from maalem.payments.events.tests.receiver import Receiver
from maalem.payments.events.tests.test_replay import MADE, ask, customer, logged
from maalem.payments.tests.service import NOWHERE, eventually
from maalem.payments.units import Unit

ME = bootstrap.PLATFORM


@pytest.fixture
def config(fresh_payments_dsn: Any) -> Config:
    return Config.from_env(
        {
            "MAALEM_PAYMENTS_DATABASE_URL": fresh_payments_dsn.app,
            "MAALEM_PAYMENTS_URL": "http://payments.localhost",
        }
    )


async def platform(payments: Any) -> None:
    await bootstrap.ensure_platform(
        payments.pool,
        secret_key="sk_test_health",
        webhook_url=NOWHERE,
        webhook_secret="whsec_health",
        events=["nothing.ever"],
        config=payments.config,
    )


async def endpoint(payments: Any, id: str, url: str) -> None:
    """An endpoint of the platform's beside the one of its settings."""
    await payments.pool.execute(
        "INSERT INTO webhook_endpoints (id, version, account_id, url, secret, enabled_events,"
        " status, connect, deleted, metadata, created_at)"
        " VALUES ($1, 1, $2, $3, 'whsec_x', '[\"*\"]', 'enabled', false, false, '{}', now())",
        id,
        ME,
        url,
    )


def met(endpoint_id: str, at: Any, answered: int | None) -> Outcome:
    return Outcome(
        event_id="evt_gone",
        endpoint_id=endpoint_id,
        attempt=1,
        at=at,
        took_ms=7,
        answered=answered,
        error=None if answered else "TimeoutError",
        again=None,
        asked=True,
    )


def test_health_counts_answers_failures_and_what_waits(service, jobs):
    v1 = service.client().v1
    with Receiver(answers=[200, 500]) as receiver:
        hook = v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": [MADE]})
        path = f"/v1/webhook_endpoints/{hook.id}/health"
        assert ask(service, "get", path).last_answer is None
        customer(service)
        eventually(lambda: logged(service, hook) == 1)
        customer(service)
        eventually(lambda: logged(service, hook) == 2)
        sick = eventually(
            lambda: found if (found := ask(service, "get", path)).failures_in_a_row == 1 else None
        )
        assert (sick.delivered, sick.failed, sick.pending) == (1, 1, 1)
        assert sick.last_answer.status == 500
        assert sick.failing_since is not None
        assert 0 <= sick.oldest_pending_age < 10
        assert sick.answer_ms.p99 >= sick.answer_ms.p50 >= 0
        well = eventually(
            lambda: found if (found := ask(service, "get", path)).pending == 0 else None,
            within_s=20,
        )
        assert (well.delivered, well.failures_in_a_row, well.failing_since) == (2, 0, None)
    v1.webhook_endpoints.delete(hook.id)


def test_an_endpoint_that_is_silent_for_three_days_is_disabled_once_and_told_of(config):
    """The installation's own endpoint never is, nor one that answered well in between."""

    async def story() -> None:
        clock = FixedClock(at=SystemClock().now())
        async with opened(config, clock=clock) as payments:
            await platform(payments)
            own = await payments.pool.fetchval("SELECT id FROM webhook_endpoints")
            for name in ("we_silent", "we_shaky"):
                await endpoint(payments, name, NOWHERE)
            start = clock.now()
            await note(
                payments.pool, [met(one, start, None) for one in (own, "we_silent", "we_shaky")]
            )
            await note(payments.pool, [met("we_shaky", start + timedelta(days=1), 200)])
            await note(payments.pool, [met("we_shaky", start + timedelta(days=2), 500)])
            clock.at = start + timedelta(days=2, hours=23)
            await health.disable_silent(payments)
            assert await disabled(payments) == []
            clock.at = start + timedelta(days=3)
            await health.disable_silent(payments)
            await health.disable_silent(payments)
            assert await disabled(payments) == [("we_silent", "silence")]
            told = await payments.pool.fetch(
                "SELECT object_id FROM events WHERE type = 'webhook_endpoint.disabled'"
            )
            assert [row["object_id"] for row in told] == ["we_silent"]
            # Enabled again, it has three days more.
            await payments.pool.execute(
                "UPDATE webhook_endpoints SET status = 'enabled', disabled_by = NULL,"
                " enabled_at = $1 WHERE id = 'we_silent'",
                clock.now(),
            )
            await health.disable_silent(payments)
            assert await disabled(payments) == []

    asyncio.run(story())


async def disabled(payments: Any) -> list[tuple[str, str]]:
    rows = await payments.pool.fetch(
        "SELECT id, disabled_by FROM webhook_endpoints WHERE status = 'disabled' ORDER BY id"
    )
    return [(row["id"], row["disabled_by"]) for row in rows]


def test_old_events_go_with_their_lines_and_none_that_is_still_to_be_heard(config):
    async def story() -> None:
        now = SystemClock().now()
        with Receiver() as receiver:
            async with opened(config) as payments:
                await platform(payments)
                await endpoint(payments, "we_mine", receiver.url)
                ids = {}
                for days in (40, 32, 29):
                    at = now - timedelta(days=days)
                    told = event("a.b", {"id": f"x_{days}"}, account_id=ME, at=at)
                    old_id = new_id("evt", at_ms=int(at.timestamp() * 1000))
                    ids[days] = old_id
                    await payments.writer.commit(Unit(events=[told._replace(id=old_id)]))
                assert await health.forget_old(payments) == 0
                await payments.pool.execute(
                    "UPDATE event_deliveries SET next_at = now() + interval '1 hour'"
                    " WHERE event_id = $1",
                    ids[32],
                )
                deliverer = Deliverer()
                await deliverer.run(payments)
                await deliverer.settle()
                assert await health.forget_old(payments) == 1
                await deliverer.close()
                left = await payments.pool.fetch("SELECT id FROM events WHERE type = 'a.b'")
                assert {row["id"] for row in left} == {ids[32], ids[29]}
                lines = await payments.pool.fetch("SELECT event_id FROM delivery_log")
                assert [row["event_id"] for row in lines] == [ids[29]]

    asyncio.run(story())


def test_secrets_whose_time_is_over_are_destroyed(config):
    async def story() -> None:
        async with opened(config) as payments:
            await platform(payments)
            await endpoint(payments, "we_mine", NOWHERE)
            await payments.pool.execute(
                "UPDATE webhook_endpoints SET previous_secret = 'whsec_old',"
                " previous_until = now() - interval '1 second' WHERE id = 'we_mine'"
            )
            await health.end_overlaps(payments)
            row = await payments.pool.fetchrow(
                "SELECT previous_secret, version FROM webhook_endpoints WHERE id = 'we_mine'"
            )
            assert tuple(row) == (None, 2)

    asyncio.run(story())
