"""What settlement does by itself."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.errors import BadRequest, Refused
from maalem.payments.ledger.balances import balance
from maalem.payments.ledger.verify import verify
from maalem.payments.packed import unpack
from maalem.payments.settlement import making, reserves
from maalem.payments.settlement.chores import make_available, make_scheduled, settle_debts
from maalem.payments.settlement.payouts import mark_failed, mark_sent
from maalem.payments.settlement.records import Payout, Schedule
from maalem.payments.settlement.tests.stage import folded, free, fund, owe, pay_out, settle_in
from maalem.payments.tests.world import World, world
from maalem.payments.units import ChangedMeanwhile, Unit, UnitRefused

# A Monday on which banks work, nine o'clock in Morocco.
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def play(dsns: Any, story: Callable[[World], Awaitable[None]], **settings: Any) -> None:
    async def whole() -> None:
        async with world(dsns.app, **settings) as w:
            w.clock.at = MONDAY
            await story(w)

    asyncio.run(whole())
    report = asyncio.run(verify(dsns.admin))
    # The story is told in the past: what is under way is old by the database's clock.
    findings = [f for f in report.findings if "has not answered" not in f and "ended" not in f]
    assert findings == []


async def of(w: World, account: Account | None = None) -> list[Payout]:
    return await store.select(
        w.payments.pool, Payout, "account_id = $1 ORDER BY id", (account or w.seller).id
    )


async def plan(w: World, **fields: Any) -> None:
    schedule = Schedule(
        id=w.seller.id,
        **{"interval": "daily", "delay_days": 2, "minimum_amount": 5_000, **fields},
        created_at=w.clock.now(),
    )
    await w.payments.writer.commit(Unit().put(schedule))


def test_everybody_is_paid_out_once_a_day(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        await fund(w, 100_000)
        assert await make_scheduled(w.payments) == 1
        assert await make_scheduled(w.payments) == 0
        await fund(w, 20_000)
        assert await make_scheduled(w.payments) == 0
        w.clock.move(days=1)
        assert await make_scheduled(w.payments) == 1
        made = await of(w)
        assert [(p.amount, p.automatic) for p in made] == [(100_000, True), (20_000, True)]
        assert [str(p.scheduled_for) for p in made] == ["2026-03-02", "2026-03-03"]
        assert [str(p.arrival_date) for p in made] == ["2026-03-03", "2026-03-04"]

    play(fresh_payments_dsn, story)


def test_many_workers_at_once_make_one_payout(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        await fund(w, 100_000)
        await asyncio.gather(*(make_scheduled(w.payments) for _ in range(8)))
        assert [p.amount for p in await of(w)] == [100_000]

    play(fresh_payments_dsn, story)


def test_two_days_payouts_are_two_even_where_the_run_was_not_noted(fresh_payments_dsn):
    """A worker that dies before it notes the day makes nothing twice."""

    async def story(w: World) -> None:
        await settle_in(w)
        await fund(w, 100_000)
        await make_scheduled(w.payments)
        await fund(w, 30_000)
        async with world(fresh_payments_dsn.superuser) as other:
            await other.payments.pool.execute("DELETE FROM payout_runs")
        assert await make_scheduled(w.payments) == 0
        assert [p.amount for p in await of(w)] == [100_000]

    play(fresh_payments_dsn, story)


def test_days_of_a_standstill_are_made_up_for(fresh_payments_dsn):
    async def story(w: World) -> None:
        await plan(w, interval="weekly", weekly_anchor="tuesday")
        await settle_in(w)
        await fund(w, 100_000)
        assert await make_scheduled(w.payments) == 0
        w.clock.move(days=3)
        assert await make_scheduled(w.payments) == 1
        assert [str(p.scheduled_for) for p in await of(w)] == ["2026-03-03"]

    play(fresh_payments_dsn, story)


def test_before_the_hour_it_is_still_yesterday(fresh_payments_dsn):
    async def story(w: World) -> None:
        w.clock.at = datetime(2026, 3, 2, 5, 59, tzinfo=UTC)
        await settle_in(w)
        await fund(w, 100_000)
        assert await make_scheduled(w.payments) == 0  # Sunday
        w.clock.move(minutes=1)
        assert await make_scheduled(w.payments) == 1

    play(fresh_payments_dsn, story)


def test_who_has_no_usable_bank_account_is_skipped(fresh_payments_dsn):
    async def story(w: World) -> None:
        await fund(w, 100_000)
        assert await make_scheduled(w.payments) == 0
        old = await settle_in(w)
        w.clock.move(days=1)
        assert await make_scheduled(w.payments) == 1
        payout = (await of(w))[0]
        await mark_sent(w.payments, payout.id, batch="f1")
        await mark_failed(w.payments, payout.id, code="AC04")
        w.clock.move(days=1)
        assert await make_scheduled(w.payments) == 0  # the account is dead
        new = await settle_in(w)
        assert new.id != old.id
        w.clock.move(days=1)
        assert await make_scheduled(w.payments) == 0  # the new one waits
        w.clock.move(days=1)
        assert await make_scheduled(w.payments) == 1
        assert (await of(w))[1].destination_id == new.id

    play(fresh_payments_dsn, story)


@pytest.mark.parametrize(
    ("fields", "amount"),
    [
        ({"minimum_amount": 100_001}, None),
        ({"interval": "manual"}, None),
        ({"interval": "weekly", "weekly_anchor": "monday"}, 100_000),
        ({"delay_days": 7}, 30_000),
    ],
)
def test_a_schedule_says_when_and_how_much(fresh_payments_dsn, fields, amount):
    async def story(w: World) -> None:
        await plan(w, **fields)
        await settle_in(w)
        w.clock.move(days=-7)
        await fund(w, 30_000)
        w.clock.move(days=7)
        await fund(w, 70_000)
        await make_scheduled(w.payments)
        assert [p.amount for p in await of(w)] == ([amount] if amount else [])

    play(fresh_payments_dsn, story)


def test_the_platforms_own_balance_is_never_paid_out_by_itself(fresh_payments_dsn):
    """It holds what is the artisans' until they have delivered."""

    async def story(w: World) -> None:
        await settle_in(w, w.platform)
        await w.pay(50_000, card="pm_card_bypassPending")
        assert await make_scheduled(w.payments) == 0
        assert await free(w, w.platform) == 50_000

    play(fresh_payments_dsn, story)


def test_a_debt_is_settled_before_anything_is_paid_out(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        await owe(w, 30_000)
        assert await free(w) == await folded(w) == -30_000
        assert await settle_debts(w.payments) == 0
        await fund(w, 10_000)
        assert await settle_debts(w.payments) == 1
        assert await free(w) == await folded(w) == -20_000
        with pytest.raises(Refused) as refused:
            await pay_out(w, 1)
        assert refused.value.code == "balance_insufficient"
        assert await make_scheduled(w.payments) == 0
        await fund(w, 50_000)
        payout = await pay_out(w, 30_000)  # which settles by itself
        assert payout.amount == 30_000
        has = await balance(w.payments.pool, w.seller.id)
        assert (has.available["mad"], has.owed["mad"]) == (0, 0)
        assert await settle_debts(w.payments) == 0

    play(fresh_payments_dsn, story)


def test_a_payout_that_overlooked_a_debt_is_refused_by_the_database(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        await fund(w, 50_000)
        made = await making.make(w.payments, account=w.seller, amount=40_000, currency="mad")
        await owe(w, 30_000)
        with pytest.raises(UnitRefused, match="debts_first"):
            await w.payments.writer.commit(made.unit)
        assert await free(w) == 20_000

    play(fresh_payments_dsn, story)


def test_a_payout_whose_debt_was_settled_meanwhile_is_decided_again(fresh_payments_dsn):
    """The job that settles debts may be quicker than the one who pays out and settles with it."""

    async def story(w: World) -> None:
        await settle_in(w)
        await fund(w, 50_000)
        await owe(w, 10_000)
        made = await making.make(w.payments, account=w.seller, amount=30_000, currency="mad")
        assert await settle_debts(w.payments) == 1
        with pytest.raises(ChangedMeanwhile, match="exceeds_debits"):
            await w.payments.writer.commit(made.unit)
        assert (await pay_out(w, 30_000)).amount == 30_000
        assert await free(w) == 10_000

    play(fresh_payments_dsn, story)


def test_money_that_becomes_available_is_told(fresh_payments_dsn):
    async def story(w: World) -> None:
        paid = await w.pay(50_000)
        assert paid.charge is not None
        w.clock.move(days=3)
        await owe(w, 20_000, w.platform)
        assert await make_available(w.payments) == 2  # the line, and the debt
        rows = await w.payments.pool.fetch(
            "SELECT data FROM events WHERE account_id = $1 AND type = 'balance.available'",
            w.platform.id,
        )
        assert len(rows) == 1
        told = msgspec.json.decode(unpack(rows[0]["data"]))
        assert told["object"]["available"][0]["amount"] == 30_000
        assert await free(w, w.platform) == await folded(w, w.platform) == 30_000

    play(fresh_payments_dsn, story)


def test_a_reserve_has_a_rule_a_reason_and_an_end(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        await fund(w, 100_000)
        kept = await reserves.hold(
            w.payments, account=w.seller, rule_id="long_delivery", currency="mad"
        )
        await w.payments.writer.commit(kept.unit)
        assert kept.reserve.amount == 20_000
        assert kept.reserve.until == w.clock.now() + timedelta(days=60)
        assert "30 days" in kept.reserve.reason
        has = await balance(w.payments.pool, w.seller.id)
        assert (has.free("mad"), has.reserved["mad"]) == (80_000, 20_000)
        assert await folded(w) == 80_000
        with pytest.raises(Refused):
            await pay_out(w, 80_001)
        w.clock.move(days=60, seconds=-1)
        assert await reserves.release_due(w.payments) == 0
        w.clock.move(seconds=1)
        ends = await asyncio.gather(*(reserves.release_due(w.payments) for _ in range(6)))
        assert sum(ends) == 1
        assert await free(w) == await folded(w) == 100_000

    play(fresh_payments_dsn, story)


def test_there_is_no_reserve_without_a_published_rule(fresh_payments_dsn):
    async def story(w: World) -> None:
        await fund(w, 100_000)
        for rule in ("because_we_want_to", ""):
            with pytest.raises(BadRequest):
                await reserves.hold(w.payments, account=w.seller, rule_id=rule, currency="mad")
        w.clock.at = datetime(2025, 12, 31, tzinfo=UTC)  # before they were published
        with pytest.raises(BadRequest):
            await reserves.hold(w.payments, account=w.seller, rule_id="closing", currency="mad")

    play(fresh_payments_dsn, story)


def test_a_reserve_never_ends_early_whoever_asks(fresh_payments_dsn):
    async def story(w: World) -> None:
        await fund(w, 100_000)
        kept = await reserves.hold(w.payments, account=w.seller, rule_id="closing", currency="mad")
        await w.payments.writer.commit(kept.unit)
        unit = reserves._release(w.payments, kept.reserve)
        with pytest.raises(UnitRefused, match="not_before_its_day"):
            await w.payments.writer.commit(unit)

    play(fresh_payments_dsn, story)
