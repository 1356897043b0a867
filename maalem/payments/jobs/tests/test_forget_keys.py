"""Idempotency keys go when nobody can need them any more, and not before."""

import asyncio
from typing import Any

from maalem.payments.accounts.methods import documented
from maalem.payments.acquiring import chores
from maalem.payments.acquiring.cancel import cancel
from maalem.payments.acquiring.capture import capture
from maalem.payments.acquiring.disputes import chores as disputing
from maalem.payments.acquiring.disputes.tests import stories
from maalem.payments.acquiring.increment import increment
from maalem.payments.acquiring.refund import refund
from maalem.payments.acquiring.setup import confirm as setting
from maalem.payments.acquiring.setup.records import SetupIntent
from maalem.payments.jobs.table import forget_keys
from maalem.payments.tests.world import World, world

FLEXIBLE = {"card": {"request_incremental_authorization": "if_available"}}


async def everything_under_way(w: World) -> list[str]:
    """The ids that idempotency keys hold while the network has not answered: one of each kind."""
    gives = await w.pay()
    dispute = await stories.disputed(w)
    held = [await w.pay(capture_method="manual", payment_method_options=FLEXIBLE) for _ in range(3)]
    await stories.network(w, lose_replies=7)
    sent = await w.pay()
    setup = SetupIntent(
        id="seti_of_this_test",
        account_id=w.platform.id,
        status="requires_confirmation",
        client_secret="seti_of_this_test_secret",
        payment_method_types=["card"],
        metadata={},
        created_at=w.clock.now(),
    )
    method = await documented(w.payments, w.platform.id, name="pm_card_visa")
    await setting.confirm(w.payments, setup=setup, method=method, stored=False, also=(method,))
    await capture(w.payments, intent=held[0].intent)
    await cancel(w.payments, intent=held[1].intent)
    await increment(w.payments, intent=held[2].intent, amount=12_000)
    given = await refund(w.payments, charge=gives.charge)
    said = await stories.say(w, dispute, "winning_evidence")
    followups = await w.payments.pool.fetch("SELECT id FROM followups")
    return [
        sent.intent.id,
        setup.id,
        given.refund.id,
        said.answer.id,
        *(row["id"] for row in followups),
    ]


async def keep(w: World, object_id: str, *, days: int) -> None:
    """A key that a request held when its process died, so many days ago."""
    await w.payments.pool.execute(
        "INSERT INTO idempotency_keys (account_id, key, fingerprint, done, holder, object_id,"
        " request_id, created_at) VALUES ($1, $2, '', false, 0, $3, 'req_dead',"
        " now() - make_interval(days => $4))",
        w.platform.id,
        f"{object_id}-{days}",
        object_id,
        days,
    )


async def kept(w: World) -> set[str]:
    """The objects of the keys that are there."""
    rows = await w.payments.pool.fetch("SELECT object_id FROM idempotency_keys")
    return {row["object_id"] for row in rows}


def test_a_key_nobody_retries_goes_once_its_work_has_an_end(fresh_payments_dsn: Any):
    """P1, P4: while the network owes an answer the key is kept however old it is, because a retry
    has to go on with what was begun; afterwards it goes as every other."""

    async def story() -> None:
        async with world(fresh_payments_dsn.app) as w:
            ids = await everything_under_way(w)
            assert len(ids) == 7
            for object_id in ids:
                await keep(w, object_id, days=400)
            assert await forget_keys(w.payments) == 0
            assert await kept(w) == set(ids)

            w.clock.move(minutes=1)
            await chores.resolve_unknown(w.payments)
            await disputing.look_after(w.payments)
            for object_id in ids:
                await keep(w, object_id, days=34)
            assert await forget_keys(w.payments) == len(ids)
            assert await kept(w) == set(ids)  # the younger ones
            rows = await w.payments.pool.fetch("SELECT FROM work_under_way")
            assert rows == []

    asyncio.run(story())
