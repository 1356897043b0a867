"""What fails each time is set aside with its reason; what stands behind it goes on."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from maalem.payments import parked
from maalem.payments.acquiring import chores as acquiring
from maalem.payments.acquiring.records import Intent
from maalem.payments.context import Payments
from maalem.payments.jobs.loop import Job, run_jobs
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement import chores, reserves
from maalem.payments.settlement.bank import batches, jobs
from maalem.payments.settlement.bank.morning import morning
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world
from maalem.payments.settlement.records import Payout
from maalem.payments.settlement.tests.stage import free, fund, settle_in
from maalem.payments.store import select
from maalem.payments.tests.world import World, world

# Banks work on it; nine o'clock in Morocco.
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PAUSE = parked.PAUSE_MAX_S + 1


class Poison:
    """A database that refuses to have one row written, for a reason that names nobody's fault."""

    def __init__(self, dsn: str) -> None:
        self._db = psycopg.connect(dsn, autocommit=True)

    def puts_on(self, table: str, where: str) -> None:
        self._db.execute(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN RAISE EXCEPTION 'poison'; END$$"
        )
        self._db.execute(
            f"CREATE TRIGGER poison BEFORE INSERT OR UPDATE ON {table}"
            f" FOR EACH ROW WHEN ({where}) EXECUTE FUNCTION poison()"
        )

    def heals(self) -> None:
        self._db.execute("DROP FUNCTION poison CASCADE")

    def close(self) -> None:
        self._db.close()


@pytest.fixture
def poison(fresh_payments_dsn: Any) -> Iterator[Poison]:
    found = Poison(fresh_payments_dsn.superuser)
    yield found
    found.close()


def play(dsns: Any, story: Callable[[World], Awaitable[None]], **settings: Any) -> None:
    async def whole() -> None:
        async with world(dsns.app, **settings) as w:
            await story(w)

    asyncio.run(whole())
    report = asyncio.run(verify(dsns.admin))
    # A story that is told in the past leaves what is old by the database's clock.
    assert [f for f in report.findings if "has not answered" not in f and "ended" not in f] == []


async def tells(payments: Payments) -> list[tuple[str, str, str]]:
    """What an operator is shown of it in the morning."""
    async with payments.pool.acquire() as connection:
        found = await morning(connection, recount=False)
    return [
        (str(thing.kind), thing.id, str(thing.says))
        for each in found.waiting
        if each.kind == "parked"
        for thing in each.things
    ]


async def until_parked(w: World | BankWorld, job: Callable[[Payments], Awaitable[Any]]) -> None:
    for _ in range(parked.MAX_TRIES):
        assert await tells(w.payments) == []
        await job(w.payments)
        w.clock.move(seconds=PAUSE)


def test_a_poison_hold_is_parked_with_an_alert_and_the_others_are_released(
    fresh_payments_dsn: Any, poison: Poison
) -> None:
    """P31: an item that fails each time is set aside after ten tries, shown with its reason, and
    keeps nobody waiting; once mended it is tried again and ends as it would have."""

    async def story(w: World) -> None:
        held = [(await w.pay(1_000, capture_method="manual")).intent for _ in range(3)]
        bad, *good = sorted(held, key=lambda intent: intent.id)
        poison.puts_on("followups", f"NEW.intent_id = '{bad.id}'")
        w.clock.move(days=8)
        await acquiring.expire_attempts(w.payments)
        assert [(await w.fresh(one)).status for one in good] == ["canceled"] * 2
        await acquiring.expire_attempts(w.payments)
        (row,) = await w.payments.pool.fetch("SELECT * FROM failing_work")
        assert row["tries"] == 1, "it pauses before it is tried again"
        await w.payments.pool.execute("DELETE FROM failing_work")
        await until_parked(w, acquiring.expire_attempts)
        reason = "RaiseError: poison"
        assert await tells(w.payments) == [("holds that end", bad.id, reason)]
        await acquiring.expire_attempts(w.payments)
        assert (await parked.listed(w.payments))[0]["tries"] == parked.MAX_TRIES
        poison.heals()
        await acquiring.expire_attempts(w.payments)
        assert (await w.fresh(bad)).status == "requires_capture", "a person decides when"
        assert await parked.retry(w.payments, bad.id) == 1
        await acquiring.expire_attempts(w.payments)
        assert (await w.fresh(bad)).status == "canceled"
        assert await w.payments.pool.fetchval("SELECT count(*) FROM failing_work") == 0

    play(fresh_payments_dsn, story)


def test_however_many_fail_those_behind_them_have_their_turn(
    fresh_payments_dsn: Any, poison: Poison, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P31: poison that fills a whole batch."""

    async def story(w: World) -> None:
        monkeypatch.setattr(acquiring, "BATCH", 2)
        held: list[Intent] = []
        for amount in (666, 666, 1_000):
            held.append((await w.pay(amount, capture_method="manual")).intent)
        held.sort(key=lambda intent: (intent.amount, intent.id))
        poison.puts_on("payment_intents", "NEW.amount = 666 AND NEW.status = 'canceled'")
        w.clock.move(days=8)
        for _ in range(2):
            await acquiring.expire_attempts(w.payments)
        statuses = [(await w.fresh(one)).status for one in held]
        assert statuses == ["requires_capture", "requires_capture", "canceled"]

    play(fresh_payments_dsn, story)


def test_a_payout_that_no_file_can_be_made_of_lets_the_others_go(
    fresh_payments_dsn: Any, poison: Poison
) -> None:
    """P31: one payout that can't be sent holds up no file of the bank."""

    async def story() -> None:
        async with bank_world(fresh_payments_dsn.app) as b:
            made: list[Payout] = []
            for name, amount in (("Fadma", 1_000), ("Idder", 666), ("Rqia", 3_000)):
                seller = await b.seller(name, amount=amount)
                await b.ripen()
                made.append(await b.payout(seller, amount))
            poison.puts_on("payout_batch_lines", "NEW.amount = 666")
            while await batches.gather(b.payments):
                pass
            states = [(await b.fresh(one)).status for one in made]
            assert states == ["in_transit", "pending", "in_transit"]
            await b.payments.pool.execute("DELETE FROM failing_work")
            await until_parked(b, batches.gather)
            (shown,) = await tells(b.payments)
            assert shown == ("payouts to the bank", made[1].id, "RaiseError: poison")
            assert await b.w.payments.pool.fetchval("SELECT count(*) FROM payout_batches") == 2
            poison.heals()
            assert await batches.gather(b.payments) is None
            await parked.retry(b.payments, None)
            assert await batches.gather(b.payments) is not None
            assert (await b.fresh(made[1])).status == "in_transit"

    asyncio.run(story())


def test_a_poison_scheduled_payout_keeps_no_day_open_and_is_made_once_at_last(
    fresh_payments_dsn: Any, poison: Poison
) -> None:
    """P31: neither lost nor doubled, though its day is long over."""

    async def story(w: World) -> None:
        w.clock.at = MONDAY
        await settle_in(w)
        await fund(w, 100_000)
        poison.puts_on("payouts", f"NEW.account_id = '{w.seller.id}'")
        await until_parked(w, chores.make_scheduled)
        assert await w.payments.pool.fetchval("SELECT count(*) FROM payout_runs") > 0
        assert await tells(w.payments) == [
            (parked.SCHEDULED, f"{w.seller.id}/mad", "RaiseError: poison")
        ]
        w.clock.move(days=3)
        await chores.make_scheduled(w.payments)
        assert len(await parked.listed(w.payments)) == 1
        poison.heals()
        await parked.retry(w.payments, f"{w.seller.id}/mad")
        await parked.forget(w.payments)
        for _ in range(3):
            await chores.make_scheduled(w.payments)
        made = await select(w.payments.pool, Payout, "account_id = $1", w.seller.id)
        assert [payout.amount for payout in made] == [100_000]
        assert await free(w) == 0
        assert await w.payments.pool.fetchval("SELECT count(*) FROM failing_work") == 0

    play(fresh_payments_dsn, story, payout_change_wait_s=0)


def test_owners_whose_money_cannot_be_moved_keep_nobody_elses(
    fresh_payments_dsn: Any, poison: Poison
) -> None:
    """P31: money becomes available owner by owner."""

    async def story(w: World) -> None:
        await w.pay(666, account_id=w.platform.id)
        await w.pay(1_000, account_id=w.seller.id)
        first, second = sorted((w.platform.id, w.seller.id))
        poison.puts_on(
            "balance_transactions", f"NEW.account_id = '{first}' AND NEW.status = 'available'"
        )
        w.clock.move(days=10)
        await chores.make_available(w.payments)
        rows = await w.payments.pool.fetch(
            "SELECT DISTINCT account_id, status FROM balance_transactions ORDER BY account_id"
        )
        assert [tuple(row) for row in rows] == [(first, "pending"), (second, "available")]
        (row,) = await w.payments.pool.fetch("SELECT work, item FROM failing_work")
        assert tuple(row) == ("availability", f"{first}/mad")

    play(fresh_payments_dsn, story)


def test_what_is_no_items_fault_is_not_counted(fresh_payments_dsn: Any) -> None:
    """An hour without the bank or the database parks nothing."""

    async def story(w: World) -> None:
        run = await parked.tries(w.payments, "holds that end")
        async with run.of("pi_x"):
            raise ConnectionResetError("gone")
        assert run.put_off == 1
        assert await w.payments.pool.fetchval("SELECT count(*) FROM failing_work") == 0

    play(fresh_payments_dsn, story)


def test_a_reason_is_one_line_and_quotes_no_row(fresh_payments_dsn: Any) -> None:
    async def story(w: World) -> None:
        run = await parked.tries(w.payments, "holds that end")
        async with run.of("pi_x"):
            raise ValueError("x" * 600 + "\nFailing row contains (0612345678)")
        reason = await w.payments.pool.fetchval("SELECT reason FROM failing_work")
        assert len(reason) == parked.REASON_MAX
        assert "0612345678" not in reason

    play(fresh_payments_dsn, story)


def test_failures_of_what_came_to_its_end_otherwise_are_forgotten(fresh_payments_dsn: Any) -> None:
    async def story(w: World) -> None:
        for work in ("holds that end", parked.SCHEDULED):
            await parked.failed(w.payments, work, "x", problem=ValueError("once"))
        w.clock.move(days=2)
        await parked.forget(w.payments)
        assert await w.payments.pool.fetchval("SELECT work FROM failing_work") == parked.SCHEDULED

    play(fresh_payments_dsn, story)


def test_a_job_that_fails_as_a_whole_is_shown_and_still_tried(
    fresh_payments_dsn: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P31: nobody finds out by looking into a log; once it succeeds nothing is shown any more."""

    async def story(w: World) -> None:
        monkeypatch.setattr(parked, "MAX_TRIES", 3)
        stop, seen, ill = asyncio.Event(), [], True

        async def bad(payments: Payments) -> int:
            if ill:
                raise ValueError("poison")
            return 0

        async def watch(payments: Payments) -> int:
            nonlocal ill
            if shown := await tells(payments):
                seen.extend(shown)
                ill = False
            elif seen:
                stop.set()
            return 0

        jobs_ = [Job("seals", bad, every_s=0.01), Job("watch", watch, every_s=0.02)]
        await asyncio.wait_for(run_jobs(w.payments, jobs_, stop=stop), timeout=20)
        assert seen[0] == ("jobs", "seals", "ValueError: poison")

    play(fresh_payments_dsn, story)


def test_a_reserve_whose_release_fails_is_parked(fresh_payments_dsn: Any, poison: Poison) -> None:
    async def story(w: World) -> None:
        await fund(w, 10_000)
        rule = await w.payments.pool.fetchval(
            "SELECT id FROM reserve_rules WHERE withdrawn_on IS NULL ORDER BY id LIMIT 1"
        )
        kept = await reserves.hold(w.payments, account=w.seller, rule_id=rule, currency="mad")
        await w.payments.writer.commit(kept.unit)
        poison.puts_on("reserves", "NEW.status = 'released'")
        w.clock.move(days=400)
        await until_parked(w, reserves.release_due)
        assert [row[:2] for row in await tells(w.payments)] == [("ended reserves", kept.reserve.id)]
        poison.heals()
        await parked.retry(w.payments, None)
        assert await reserves.release_due(w.payments) == 1

    play(fresh_payments_dsn, story)


def test_a_file_of_the_bank_that_cannot_be_taken_leaves_the_rest_to_be_done(
    fresh_payments_dsn: Any, poison: Poison
) -> None:
    async def story() -> None:
        async with bank_world(fresh_payments_dsn.app) as b:
            seller = await b.seller(amount=1_000)
            await b.ripen()
            payout = await b.payout(seller, 1_000)
            await jobs.send(b.payments)
            poison.puts_on("bank_files", "true")
            await jobs.receive(b.payments)
            (row,) = await b.payments.pool.fetch("SELECT work FROM failing_work")
            assert row["work"] == "reports and files in"
            poison.heals()
            b.clock.move(seconds=PAUSE)
            while await jobs.receive(b.payments):
                pass
            assert await b.payments.pool.fetchval("SELECT count(*) FROM failing_work") == 0
            assert (await b.fresh(payout)).batch_id is not None

    asyncio.run(story())
