"""What the bank says of a payout, and what becomes of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from maalem.payments.accounts.tests.officers import officer
from maalem.payments.errors import Refused
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement import making
from maalem.payments.settlement.chores import bury
from maalem.payments.settlement.payouts import (
    Contradiction,
    mark_failed,
    mark_paid,
    mark_returned,
    mark_sent,
    sendable,
)
from maalem.payments.settlement.reasons import MESSAGES, reason_of
from maalem.payments.settlement.tests.cast import rib
from maalem.payments.settlement.tests.stage import (
    again,
    approve,
    folded,
    free,
    fund,
    pay_out,
    settle_in,
    where,
)
from maalem.payments.tests.world import World, world
from maalem.payments.units import UnitRefused


def play(dsns: Any, story: Callable[[World], Awaitable[None]], **settings: Any) -> None:
    """Run `story` in a world with 1,000.00 for the seller; the books must be right after it."""

    async def whole() -> None:
        async with world(dsns.app, **settings) as w:
            await fund(w, 100_000)
            await story(w)
            assert await free(w) == await folded(w)

    asyncio.run(whole())
    report = asyncio.run(verify(dsns.admin))
    assert report.clean, report.findings


async def events(w: World, object_id: str) -> list[str]:
    rows = await w.payments.pool.fetch(
        "SELECT type FROM events WHERE object_id = $1 ORDER BY id", object_id
    )
    return [row["type"].rpartition(".")[2] for row in rows]


def test_a_payout_is_sent_and_paid_and_proves_the_account(fresh_payments_dsn):
    async def story(w: World) -> None:
        place = await settle_in(w)
        payout = await pay_out(w, 60_000)
        assert await free(w) == 40_000
        assert [p.id for p in await sendable(w.payments)] == [payout.id]
        await mark_sent(w.payments, payout.id, batch="f1")
        assert await sendable(w.payments) == []
        paid = await mark_paid(w.payments, payout.id, reference="r1")
        assert (paid.status, paid.bank_reference) == ("paid", "r1")
        assert (await where(w, place)).status == "validated"
        assert await events(w, payout.id) == ["created", "updated", "paid"]

    play(fresh_payments_dsn, story)


def test_the_same_answer_twice_changes_nothing(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        payout = await pay_out(w, 60_000)
        for _ in range(2):
            await mark_sent(w.payments, payout.id, batch="f1")
        for _ in range(2):
            await mark_paid(w.payments, payout.id, reference="r1")
        for _ in range(2):
            await mark_returned(w.payments, payout.id, code="AC04", reference="b1")
        await mark_paid(w.payments, payout.id, reference="r1")
        assert (await again(w, payout)).version == 4
        assert await free(w) == 100_000

    play(fresh_payments_dsn, story)


def test_what_contradicts_the_books_is_for_a_person(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        payout = await pay_out(w, 1_000)
        with pytest.raises(Contradiction, match="unsent"):
            await mark_paid(w.payments, payout.id, reference="r1")
        with pytest.raises(Contradiction, match="unsent"):
            await mark_returned(w.payments, payout.id, code="AC04", reference="b1")
        await mark_sent(w.payments, payout.id, batch="f1")
        with pytest.raises(Contradiction, match="over"):
            await mark_sent(w.payments, payout.id, batch="f2")
        await mark_paid(w.payments, payout.id, reference="r1")
        with pytest.raises(Contradiction, match="other_reference"):
            await mark_paid(w.payments, payout.id, reference="r2")
        with pytest.raises(Contradiction, match="over"):
            await mark_failed(w.payments, payout.id, code="AC04")
        assert (await again(w, payout)).status == "paid"

    play(fresh_payments_dsn, story)


def test_a_returned_payout_credits_again_says_why_and_is_not_sent_there_again(fresh_payments_dsn):
    """P21: three days after it was paid a payout comes back."""

    async def story(w: World) -> None:
        number = rib()
        place = await settle_in(w, number=number)
        payout = await pay_out(w, 60_000)
        await mark_sent(w.payments, payout.id, batch="f1")
        await mark_paid(w.payments, payout.id, reference="r1")
        w.clock.move(days=3)
        back = await mark_returned(
            w.payments, payout.id, code="AC04", reference="b1", message="compte clos"
        )
        assert (back.status, back.failure_code) == ("failed", "account_closed")
        assert (back.failure_message, back.failure_reason) == (MESSAGES["account_closed"], "AC04")
        assert await free(w) == 100_000
        line = await w.payments.pool.fetchrow(
            "SELECT * FROM balance_transactions WHERE id = $1", back.failure_balance_transaction_id
        )
        assert (line["type"], line["net"]) == ("payout_failure", 60_000)
        dead = await where(w, place)
        assert (dead.status, dead.failure_code) == ("errored", "account_closed")
        for to in (None, place.id):
            with pytest.raises(Refused) as refused:
                await pay_out(w, 100, to=to)
            assert refused.value.code == "bank_account_unusable"
        with pytest.raises(Refused) as same:
            await settle_in(w, number=number)
        assert same.value.code == "bank_account_unusable"
        other = await settle_in(w)
        assert other.default_for_currency
        w.clock.move(days=2, seconds=1)
        assert (await pay_out(w, 100)).destination_id == other.id

    play(fresh_payments_dsn, story)


def test_a_return_that_overtakes_the_payment_stands_for_both(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        payout = await pay_out(w, 60_000)
        await mark_sent(w.payments, payout.id, batch="f1")
        await mark_returned(w.payments, payout.id, code="AC06", reference="b1")
        assert await free(w) == 100_000
        late = await mark_paid(w.payments, payout.id, reference="r1")
        assert (late.status, late.bank_reference) == ("failed", "r1")

    play(fresh_payments_dsn, story)


def test_a_refused_payout_fails_and_others_to_the_dead_account_with_it(fresh_payments_dsn):
    async def story(w: World) -> None:
        place = await settle_in(w)
        first, second = await pay_out(w, 10_000), await pay_out(w, 20_000)
        await mark_sent(w.payments, first.id, batch="f1")
        failed = await mark_failed(w.payments, first.id, code="AC06")
        assert failed.failure_code == "account_frozen"
        assert (await where(w, place)).status == "errored"
        assert await sendable(w.payments) == []
        with pytest.raises(UnitRefused, match="destination_unusable"):
            await mark_sent(w.payments, second.id, batch="f2")
        assert await bury(w.payments) == 1
        assert (await again(w, second)).failure_code == "account_frozen"
        assert await bury(w.payments) == 0
        assert await free(w) == 100_000

    play(fresh_payments_dsn, story)


def test_a_failure_that_is_ours_leaves_the_account_alive(fresh_payments_dsn):
    async def story(w: World) -> None:
        place = await settle_in(w)
        payout = await pay_out(w, 10_000)
        await mark_sent(w.payments, payout.id, batch="f1")
        failed = await mark_failed(w.payments, payout.id, code="AM04")
        assert failed.failure_code == "insufficient_funds"
        assert (await where(w, place)).status == "new"
        await pay_out(w, 10_000)

    play(fresh_payments_dsn, story)


def test_only_one_of_sending_and_canceling_happens(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        for _ in range(10):
            payout = await pay_out(w, 1_000)
            canceled = making.cancel(w.payments, payout)
            ends = await asyncio.gather(
                mark_sent(w.payments, payout.id, batch="f1"),
                w.payments.writer.commit(canceled.unit),
                return_exceptions=True,
            )
            assert sum(isinstance(end, Exception) for end in ends) == 1
            if (await again(w, payout)).status == "in_transit":
                await mark_paid(w.payments, payout.id, reference=payout.id)

    play(fresh_payments_dsn, story)


def test_a_large_payout_is_not_sendable_before_two_officers_said_yes(fresh_payments_dsn):
    """P24: the database refuses to send it, whoever asks."""

    async def story(w: World) -> None:
        await settle_in(w)
        payout = await pay_out(w, 60_000)
        assert payout.approvals_needed == 2
        await approve(w, payout, "Youssef Benjelloun")
        assert await sendable(w.payments) == []
        with pytest.raises(Refused):
            await approve(w, payout, "Youssef Benjelloun")
        with pytest.raises(UnitRefused, match="approved_by_enough"):
            await mark_sent(w.payments, payout.id, batch="f1")
        await approve(w, payout, "Naïma Oubella")
        assert [p.id for p in await sendable(w.payments)] == [payout.id]
        await mark_sent(w.payments, payout.id, batch="f1")

    play(fresh_payments_dsn, story, payout_approval_above=50_000)


def test_the_same_officer_twice_at_once_counts_once(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        payout = await pay_out(w, 60_000)
        by = await officer(w.payments, "Youssef")
        done = [making.approve(w.payments, payout, officer=by, given=[]) for _ in range(3)]
        ends = await asyncio.gather(
            *(w.payments.writer.commit(one.unit) for one in done), return_exceptions=True
        )
        assert sum(end is None for end in ends) == 1
        assert (await again(w, payout)).approvals == 1

    play(fresh_payments_dsn, story, payout_approval_above=50_000)


def test_an_unknown_reason_counts_against_the_account_and_shows_no_number():
    reason = reason_of("ZZ99", "RIB 011 780 0000000000000001 99 rejete, agence 12")
    assert reason.dead
    assert reason.code == "declined", "the owner is not told that it is tried again"
    assert reason.message == "RIB … rejete, agence 12"
    assert reason_of("ac04").code == "account_closed"
    assert {reason_of(code).message for code in ("AC01", "AC06", "TM01")} <= set(MESSAGES.values())
