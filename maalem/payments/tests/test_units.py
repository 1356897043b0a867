"""The writer: units that wait together, and one that is refused among them."""

import asyncio
from typing import Any

import asyncpg

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts.methods import take_wallet
from maalem.payments.accounts.records import PaymentMethod
from maalem.payments.acquiring.outcome import client_secret
from maalem.payments.acquiring.records import Attempt, Charge, Intent
from maalem.payments.acquiring.sessions import Session
from maalem.payments.acquiring.states import IntentStatus
from maalem.payments.events.outbox import event
from maalem.payments.ledger.records import BalanceTransaction
from maalem.payments.records import changed
from maalem.payments.tests.world import World, world
from maalem.payments.units import BATCHED, ChangedMeanwhile, Claim, KeyTaken, Unit, UnitRefused


def intent(w: World, **fields: Any) -> Intent:
    intent_id = new_id("pi")
    wanted = {
        "id": intent_id,
        "account_id": w.platform.id,
        "amount": 100,
        "currency": "mad",
        "status": IntentStatus.REQUIRES_PAYMENT_METHOD,
        "client_secret": client_secret(intent_id),
        "payment_method_types": ["card"],
        "metadata": {},
        "created_at": w.clock.now(),
    }
    return Intent(**{**wanted, **fields})


def told(w: World, record: Intent) -> Unit:
    """A new intent and its event."""
    unit = Unit().put(record)
    made = event(
        "payment_intent.created", {"id": record.id}, account_id=w.platform.id, at=w.clock.now()
    )
    unit.events.append(made)
    return unit


def claim(w: World, key: str) -> Claim:
    return Claim(
        use="whole",
        account_id=w.platform.id,
        key=key,
        fingerprint="f",
        request_id="req_1",
        status=200,
    )


def test_a_refused_unit_does_not_disturb_its_neighbours(payments_dsn):
    """P29: each that is committed leaves its event, and the refused one leaves none."""

    async def story() -> None:
        async with world(payments_dsn.app) as w:
            records = [intent(w, amount=-1 if n == 7 else 100) for n in range(20)]
            done = await asyncio.gather(
                *(w.payments.writer.commit(told(w, record)) for record in records),
                return_exceptions=True,
            )
            assert [n for n, result in enumerate(done) if result is not None] == [7]
            assert isinstance(done[7], UnitRefused)
            for ids in (
                "SELECT id FROM payment_intents WHERE account_id = $1",
                "SELECT object_id FROM events WHERE account_id = $1",
            ):
                kept = {row[0] for row in await w.payments.pool.fetch(ids, w.platform.id)}
                assert kept == {record.id for record in records if record.amount > 0}

    asyncio.run(story())


def test_a_record_of_a_batch_has_its_table_s_columns(payments_dsn):
    async def story() -> None:
        async with world(payments_dsn.app) as w:
            for kind in (PaymentMethod, Intent, Attempt, Charge, BalanceTransaction, Session):
                rows = await w.payments.pool.fetch(
                    "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass"
                    " AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                    kind.TABLE,
                )
                assert kind.TABLE in BATCHED
                assert [row["attname"] for row in rows] == list(kind.__struct_fields__)

    asyncio.run(story())


def test_a_payment_method_is_changed_among_others(payments_dsn):
    async def story() -> None:
        async with world(payments_dsn.app) as w:
            method = take_wallet(w.payments, w.platform.id, phone="+212600000009")
            await w.payments.writer.commit(Unit().put(method))
            named = changed(method, billing_name="Claire Martin")
            await asyncio.gather(
                w.payments.writer.commit(Unit().put(intent(w))),
                w.payments.writer.commit(Unit().put(named)),
            )
            assert await store.get(w.payments.pool, PaymentMethod, method.id) == named

    asyncio.run(story())


def test_of_many_changes_of_one_record_one_wins(payments_dsn):
    async def story() -> None:
        async with world(payments_dsn.app) as w:
            record = intent(w)
            await w.payments.writer.commit(Unit().put(record))
            done = await asyncio.gather(
                *(
                    w.payments.writer.commit(Unit().put(changed(record, description=str(n))))
                    for n in range(12)
                ),
                return_exceptions=True,
            )
            assert sum(result is None for result in done) == 1
            assert sum(isinstance(result, ChangedMeanwhile) for result in done) == 11
            assert (await w.fresh(record)).version == 2

    asyncio.run(story())


def test_of_many_units_under_one_key_one_is_written(payments_dsn):
    async def story() -> None:
        async with world(payments_dsn.app) as w:
            key = new_id("key")
            units = [Unit(claim=claim(w, key)).put(intent(w)) for _ in range(9)]
            done = await asyncio.gather(
                *(w.payments.writer.commit(unit, answer=b"{}") for unit in units),
                return_exceptions=True,
            )
            assert sum(result is None for result in done) == 1
            assert sum(isinstance(result, KeyTaken) for result in done) == 8
            count = await w.payments.pool.fetchval(
                "SELECT count(*) FROM payment_intents WHERE account_id = $1", w.platform.id
            )
            assert count == 1

    asyncio.run(story())


def test_a_request_that_goes_away_does_not_stop_the_writer(payments_dsn):
    async def story() -> None:
        async with world(payments_dsn.app) as w:
            records = [intent(w) for _ in range(5)]
            tasks = [
                asyncio.create_task(w.payments.writer.commit(Unit().put(record)))
                for record in records
            ]
            await asyncio.sleep(0)
            tasks[2].cancel()
            done = await asyncio.gather(*tasks, return_exceptions=True)
            assert isinstance(done[2], asyncio.CancelledError)
            assert [result for n, result in enumerate(done) if n != 2] == [None] * 4

    asyncio.run(story())


def test_the_writer_goes_on_after_its_connections_are_cut(fresh_payments_dsn):
    async def story() -> None:
        async with world(fresh_payments_dsn.app) as w:
            await w.payments.writer.commit(Unit().put(intent(w)))
            await _cut_connections(fresh_payments_dsn.superuser)
            for _ in range(8):
                try:
                    await w.payments.writer.commit(Unit().put(intent(w)))
                except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                    await asyncio.sleep(0.05)
                    continue
                return
            raise AssertionError("the writer did not come back")

    asyncio.run(story())


async def _cut_connections(dsn: str) -> None:
    admin = await asyncpg.connect(dsn)
    await admin.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await admin.close()
