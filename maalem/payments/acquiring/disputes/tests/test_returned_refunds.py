"""A refund that had succeeded comes back: the payer's card was closed before the money arrived."""

import asyncio
from typing import Any

import psycopg
import pytest

from maalem.payments import store
from maalem.payments.acquiring.chores import resolve_unknown
from maalem.payments.acquiring.connect.tests.shared import (
    both,
    charge_of,
    destination,
    direct,
    give_back,
)
from maalem.payments.acquiring.disputes import chores, notices
from maalem.payments.acquiring.disputes.tests.stories import (
    comes_back,
    events,
    has,
    network,
    returned_line,
)
from maalem.payments.acquiring.records import Refund
from maalem.payments.acquiring.refund import refund
from maalem.payments.ledger.records import BalanceTransaction
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement.bank import clearing
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world
from maalem.payments.settlement.chores import make_available
from maalem.payments.tests.world import World, world

CLOSED = "pm_card_refundFail"


async def now(w: World, refund_id: str) -> Refund:
    """The refund as it is stored now."""
    found = await store.get(w.payments.pool, Refund, refund_id)
    assert found is not None
    return found


async def lines(w: World, refund_id: str) -> list[tuple[Any, ...]]:
    """What a refund did to its owner's balance."""
    found = await store.select(
        w.payments.pool, BalanceTransaction, "source_id = $1 ORDER BY id", refund_id
    )
    return [(one.type, one.amount, one.fee, one.status) for one in found]


def test_a_refund_of_which_nothing_is_heard_at_first_is_pending_and_succeeds(tell):
    """P3: no answer is no refusal: the money is set apart, and the network is asked again."""

    async def story(w: World) -> None:
        paid = await w.pay(10_000, card="pm_card_pendingRefund")
        first = (await refund(w.payments, charge=paid.charge, amount=4_000)).refund
        assert first.status == "pending"
        w.clock.move(minutes=1)
        await resolve_unknown(w.payments)
        assert (await now(w, first.id)).status == "succeeded"
        assert (await charge_of(w, paid)).amount_refunded == 4_000
        assert (await has(w, w.platform))[0] == 6_000

    tell(story)


def test_a_refund_to_a_closed_card_succeeds_and_comes_back(tell):
    async def story(w: World) -> None:
        paid = await w.pay(10_000, card=CLOSED)
        first = (await refund(w.payments, charge=paid.charge, amount=4_000)).refund
        assert first.status == "succeeded"
        assert (await charge_of(w, paid)).amount_refunded == 4_000
        assert (await has(w, w.platform))[0] == 6_000
        await chores.look_after(w.payments)
        failed = await now(w, first.id)
        assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
        assert failed.failure_balance_transaction_id not in (None, failed.balance_transaction_id)
        assert (await charge_of(w, paid)).amount_refunded == 0
        assert (await has(w, w.platform))[0] == 10_000
        assert await lines(w, first.id) == [
            ("refund", -4_000, 0, "pending"),
            ("refund_failure", 4_000, 0, "pending"),
        ]
        assert await events(w, first.id) == [
            *("refund.created", "refund.updated", "charge.refund.updated", "refund.failed"),
        ]
        # It is told once, and may be given back again: to this card as much in vain.
        await chores.look_after(w.payments)
        second = await give_back(w, paid)
        assert (second.refund.status, second.refund.amount) == ("succeeded", 10_000)
        await chores.look_after(w.payments)
        assert (await now(w, second.refund.id)).status == "failed"
        assert await now(w, first.id) == failed

    tell(story)


def test_money_that_became_available_meanwhile_comes_back_to_be_spent(tell):
    async def story(w: World) -> None:
        paid = await w.pay(10_000, card=CLOSED)
        given = (await refund(w.payments, charge=paid.charge, amount=4_000)).refund
        w.clock.move(days=3)
        await make_available(w.payments)
        assert await has(w, w.platform) == (0, 6_000, 0)
        await chores.look_after(w.payments)
        assert await has(w, w.platform) == (0, 10_000, 0)
        assert (await lines(w, given.id))[1] == ("refund_failure", 4_000, 0, "available")

    tell(story)


@pytest.mark.parametrize("way", ["destination", "direct"])
def test_what_others_gave_for_it_stays_as_it_is(tell, way):
    """The whole comes to the owner of the charge; she passes it on again, or gives it back."""

    async def story(w: World) -> None:
        terms = destination(w, fee=1_200) if way == "destination" else direct(w, fee=1_200)
        paid = await w.pay(10_000, card=CLOSED, **terms)
        shares = {"reverse_transfer": way == "destination", "refund_fee": True}
        given = (await give_back(w, paid, amount=5_000, **shares)).refund
        before = await both(w, paid)
        owner, other = (w.seller, w.platform) if way == "direct" else (w.platform, w.seller)
        hers, others = await has(w, owner), await has(w, other)
        await chores.look_after(w.payments)
        assert (await now(w, given.id)).status == "failed"
        assert await both(w, paid) == before
        assert (await has(w, owner))[0] == hers[0] + 5_000
        assert await has(w, other) == others
        # The rest of the charge and what came back may be given back anew.
        again = await give_back(w, paid, **shares)
        assert (again.refund.status, again.refund.amount) == ("succeeded", 10_000)

    tell(story)


def test_told_twice_and_at_once_it_is_booked_once(tell, fresh_payments_dsn):
    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        given = (await refund(w.payments, charge=paid.charge)).refund
        await notices.keep(w.payments, [returned_line(w, given) for _ in range(6)])
        async with world(fresh_payments_dsn.app) as other:
            each = [notices.work_off(one.payments) for one in (w, other) * 4]
            await asyncio.gather(*each)
        assert (await now(w, given.id)).status == "failed"
        assert len(await lines(w, given.id)) == 2
        assert await w.payments.pool.fetchval(
            "SELECT array_agg(status ORDER BY status) FROM dispute_notices"
        ) == ["applied", *["repeated"] * 5]

    tell(story)


def test_it_waits_for_the_refunds_own_answer(tell):
    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        await network(w, lose_replies=1)
        given = (await refund(w.payments, charge=paid.charge)).refund
        assert given.status == "pending"
        await notices.keep(w.payments, [returned_line(w, given)])
        assert await notices.work_off(w.payments) == 0
        (waits,) = await notices.waiting(w.payments)
        assert "has not answered" in waits.why
        w.clock.move(minutes=1)
        await resolve_unknown(w.payments)
        assert (await now(w, given.id)).status == "succeeded"
        assert await notices.work_off(w.payments) == 1
        assert (await now(w, given.id)).status == "failed"

    tell(story)


def test_another_amount_or_an_unknown_refund_is_for_a_person(tell):
    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        given = (await refund(w.payments, charge=paid.charge)).refund
        told = [returned_line(w, given, amount=9_999), returned_line(w, given, original="re_no")]
        await notices.keep(w.payments, told)
        assert await notices.work_off(w.payments) == 0
        whys = sorted(each.why for each in await notices.waiting(w.payments))
        assert "9,999 came back" in whys[0]
        assert whys[1].startswith("we know no such refund")
        assert (await now(w, given.id)).status == "succeeded"

    tell(story)


@pytest.mark.parametrize("card", ["pm_card_visa", "pm_card_ma"])
@pytest.mark.parametrize("same_day", [True, False])
def test_the_network_settles_the_return_and_the_day_is_explained(
    fresh_payments_dsn, card, same_day
):
    async def whole() -> None:
        async with bank_world(fresh_payments_dsn.app) as b:
            paid = await b.w.pay(10_000, card=card)
            given = (await refund(b.payments, charge=paid.charge, amount=4_000)).refund
            if not same_day:
                await b.day()
            await comes_back(b.payments, given.id)
            await chores.look_after(b.payments)
            assert (await now(b.w, given.id)).status == "failed"
            await b.day()
            await settled(b)

    asyncio.run(whole())
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert report.clean, report.findings


async def settled(b: BankWorld) -> None:
    """Nothing is left on the rail or owed for interchange, and nothing was found."""
    for one in await clearing.residues(b.payments.pool):
        assert (one.account, one.balance, one.unexplained) == (one.account, 0, 0)
    assert await b.payments.pool.fetchval("SELECT count(*) FROM findings") == 0
    bank = await b.payments.pool.fetchval("SELECT sum(amount) FROM bank_lines")
    cost = await b.payments.pool.fetchval(
        "SELECT coalesce(sum(interchange), 0) FROM network_settlements"
    )
    assert bank == 10_000 - cost


def test_the_database_lets_no_refund_fail_after_its_yes_without_its_money(tell):
    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        given = (await refund(w.payments, charge=paid.charge)).refund
        with pytest.raises(Exception, match="what_came_back_had_gone"):
            await w.payments.pool.execute(
                "UPDATE refunds SET status = 'failed' WHERE id = $1", given.id
            )

    tell(story)


DEEDS = {
    "DELETE FROM ledger.transfers WHERE code = 'refund_returned'": "given, 0 come back",
    "UPDATE refunds SET status = 'succeeded', returned_at = NULL,"
    " failure_balance_transaction_id = NULL WHERE returned_at IS NOT NULL": "come back",
    "DELETE FROM ledger.transfers WHERE code = 'interchange_again'": "of interchange again",
    "DELETE FROM balance_transactions WHERE type = 'refund_failure'": "add up to",
}


@pytest.mark.parametrize("deed", list(DEEDS))
def test_it_finds_what_was_done_to_refunds_that_came_back(fresh_payments_dsn, deed):
    async def returned() -> None:
        async with world(fresh_payments_dsn.app) as w:
            paid = await w.pay(10_000, card="pm_card_ma")
            given = (await refund(w.payments, charge=paid.charge)).refund
            await comes_back(w.payments, given.id)
            await chores.look_after(w.payments)

    asyncio.run(returned())
    assert asyncio.run(verify(fresh_payments_dsn.admin)).clean
    with psycopg.connect(fresh_payments_dsn.superuser) as thief:
        thief.execute("SET session_replication_role = replica")
        assert thief.execute(deed).rowcount > 0
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert any(DEEDS[deed] in finding for finding in report.findings), report.findings
