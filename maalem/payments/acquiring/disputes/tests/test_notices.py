"""The network's feed, told badly: twice, at once, too early, in the wrong order, against itself."""

import asyncio
from typing import Any

import psycopg
import pytest

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.acquiring.chores import resolve_unknown
from maalem.payments.acquiring.disputes import chores, notices
from maalem.payments.acquiring.disputes.records import Dispute, Notice
from maalem.payments.acquiring.disputes.tests.stories import (
    FRAUDULENT,
    again,
    disputed,
    events,
    has,
    network,
    say,
)
from maalem.payments.acquiring.refund import refund
from maalem.payments.errors import Refused
from maalem.payments.ledger.verify import verify
from maalem.payments.rails.ports import CaseNotice, NoticeKind
from maalem.payments.tests.world import World, world
from maalem.payments.units import ChangedMeanwhile, UnitRefused


def line(
    w: World, original: str, kind: NoticeKind = NoticeKind.OPENED, **traits: Any
) -> CaseNotice:
    """A line of the feed about a payment of 100.00, as the network would write it."""
    return CaseNotice(
        number=0,
        notice=new_id("ntc"),
        case=f"case_{original}",
        original=original,
        kind=kind,
        amount=traits.pop("amount", 10_000),
        currency="mad",
        reason="fraudulent",
        network_reason_code="10.4",
        due_by=None,
        told_at=w.clock.now(),
        **traits,
    )


async def count(w: World, table: str) -> int:
    found: int = await w.payments.pool.fetchval(f"SELECT count(*) FROM {table}")
    return found


def test_notices_at_once_are_one_dispute(tell, fresh_payments_dsn):
    """P15: told often and at the same moment, by two processes, it is booked once."""

    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        lines = [line(w, paid.attempt.id) for _ in range(4)]
        await notices.keep(w.payments, lines)
        await notices.keep(w.payments, lines)
        assert await count(w, "dispute_notices") == 4
        async with world(fresh_payments_dsn.app) as other:
            runs = [notices.work_off(one.payments) for one in (w, other) for _ in range(4)]
            await asyncio.gather(*runs)
        assert await count(w, "disputes") == 1
        assert await count(w, "dispute_notices WHERE status = 'applied'") == 1
        assert await count(w, "dispute_notices WHERE status = 'repeated'") == 3
        assert await has(w, w.platform) == (0, 0, 0)

    tell(story)


def test_the_feed_read_at_once_is_kept_once(tell):
    async def story(w: World) -> None:
        for _ in range(3):
            await w.pay(1_000, card=FRAUDULENT)
        await asyncio.gather(*(chores.look_after(w.payments) for _ in range(5)))
        assert await count(w, "disputes") == 3
        assert await count(w, "dispute_notices") == 3

    tell(story)


def test_a_dispute_of_a_payment_that_is_not_recorded_yet_waits_for_it(tell):
    """P17: what the network took and we did not record is found and completed."""

    async def story(w: World) -> None:
        await network(w, lose_replies=1)
        unsure = await w.pay(10_000)
        await notices.keep(w.payments, [line(w, unsure.attempt.id)])
        assert await notices.work_off(w.payments) == 0
        w.clock.move(minutes=1)
        await resolve_unknown(w.payments)
        assert await notices.work_off(w.payments) == 1
        assert await has(w, w.platform) == (0, 0, 0)

    tell(story)


def test_an_end_that_is_told_before_the_beginning_waits_for_it(tell):
    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        await notices.keep(w.payments, [line(w, paid.attempt.id, NoticeKind.WON)])
        assert await notices.work_off(w.payments) == 0
        await notices.keep(w.payments, [line(w, paid.attempt.id)])
        while await notices.work_off(w.payments):
            pass
        found = await store.first(w.payments.pool, Dispute, "true")
        assert found is not None
        assert found.status == "won"
        assert await has(w, w.platform) == (0, 10_000, 0)

    tell(story)


def test_a_dispute_waits_for_a_refund_under_way(tell):
    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        await network(w, down=True)
        pending = await refund(w.payments, charge=paid.charge, amount=4_000)
        assert pending.refund.status == "pending"
        await notices.keep(w.payments, [line(w, paid.attempt.id)])
        assert await notices.work_off(w.payments) == 0
        # The network had opened its case first and refuses the refund.
        await w.payments.pool.execute(
            "INSERT INTO simulator.cases (reference, original, place, parts, stage, at_once,"
            " begins, reason, reason_code, amount, opens_at) VALUES ($1, $2, 1, 1, 'chargeback',"
            " true, 'chargeback', 'fraudulent', '10.4', 10000, now())",
            f"case_{paid.attempt.id}",
            paid.attempt.id,
        )
        await network(w, down=False)
        w.clock.move(minutes=1)
        await resolve_unknown(w.payments)
        assert await notices.work_off(w.payments) == 1
        status = await w.payments.pool.fetchval("SELECT status FROM refunds")
        assert status == "failed"
        assert await has(w, w.platform) == (0, 0, 0)

    tell(story)


def test_an_inquiry_takes_nothing_and_waits_for_no_refund(tell):
    """It was told before the refund and is read after it: there is less left than it asks about."""

    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        await refund(w.payments, charge=paid.charge, amount=4_000)
        asked = line(w, paid.attempt.id, NoticeKind.INQUIRY)
        await notices.keep(w.payments, [asked, line(w, paid.attempt.id, NoticeKind.CLOSED)])
        while await notices.work_off(w.payments):
            pass
        assert await count(w, "dispute_notices WHERE status = 'waiting'") == 0
        assert await w.payments.pool.fetchval("SELECT status FROM disputes") == "warning_closed"
        assert await has(w, w.platform) == (6_000, 0, 0)

    tell(story)


def test_refunds_and_a_dispute_at_once_share_the_charge(tell):
    """P12, P14: what goes back by refunds and by a dispute is never more than was captured."""

    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        await notices.keep(w.payments, [line(w, paid.attempt.id, amount=6_000)])

        async def give_back() -> None:
            for _ in range(20):
                row = await w.payments.pool.fetchrow("SELECT * FROM charges")
                try:
                    await refund(w.payments, charge=type(paid.charge)(**dict(row)), amount=1_500)
                    return
                except Refused:
                    return
                except (ChangedMeanwhile, UnitRefused):
                    continue

        await asyncio.gather(*(give_back() for _ in range(6)), notices.work_off(w.payments))
        await notices.work_off(w.payments)
        charge = await w.payments.pool.fetchrow("SELECT * FROM charges")
        assert charge["amount_refunded"] + charge["amount_disputed"] <= 10_000
        assert sum(await has(w, w.platform)) == (
            10_000 - charge["amount_refunded"] - charge["amount_disputed"]
        )

    tell(story)


def test_a_network_that_contradicts_itself_is_not_followed(fresh_payments_dsn):
    """P17: it waits for a person, and the audit says so."""

    async def story() -> None:
        async with world(fresh_payments_dsn.app) as w:
            dispute = await disputed(w)
            await say(w, dispute, accept=True)
            attempt = dispute.case_reference.removeprefix("case_").removesuffix("_1")
            won = line(w, attempt, NoticeKind.WON)
            won = CaseNotice(**{**_fields(won), "case": dispute.case_reference})
            await notices.keep(w.payments, [won])
            assert await chores.look_after(w.payments) == 0
            assert (await again(w, dispute)).status == "lost"
            assert await has(w, w.platform) == (0, 0, 0)

    asyncio.run(story())
    assert asyncio.run(verify(fresh_payments_dsn.admin)).clean
    with psycopg.connect(fresh_payments_dsn.superuser, autocommit=True) as connection:
        connection.execute("UPDATE dispute_notices SET created_at = now() - interval '2 hours'")
    (finding,) = asyncio.run(verify(fresh_payments_dsn.admin)).findings
    assert "notice" in finding


def _fields(told: CaseNotice) -> dict[str, Any]:
    return {name: getattr(told, name) for name in told.__slots__}


def test_the_feed_is_read_on_from_where_it_was_left(tell):
    async def story(w: World) -> None:
        first = await disputed(w, 100)
        place = await w.payments.pool.fetchval("SELECT place FROM dispute_feed")
        await network(w, down=True)
        await w.pay(200, card=FRAUDULENT)
        assert await notices.read_feed(w.payments) == 0
        await network(w, down=False)
        second = await disputed(w, 300)
        assert await w.payments.pool.fetchval("SELECT place FROM dispute_feed") > place
        assert await count(w, "disputes") == 2
        assert (await events(w, first.id)).count("charge.dispute.created") == 1
        assert second.amount == 300
        waiting = await store.select(w.payments.pool, Notice, "status = 'waiting'")
        assert waiting == []

    tell(story)


def test_the_network_down_is_no_end_of_the_job(tell):
    async def story(w: World) -> None:
        await network(w, down=True)
        assert await chores.look_after(w.payments) == 0

    tell(story)


@pytest.mark.parametrize("amount", [10_001, 20_000])
def test_more_than_the_charge_is_not_booked(tell, amount):
    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        await notices.keep(w.payments, [line(w, paid.attempt.id, amount=amount)])
        assert await notices.work_off(w.payments) == 0
        assert await has(w, w.platform) == (10_000, 0, 0)

    tell(story)
