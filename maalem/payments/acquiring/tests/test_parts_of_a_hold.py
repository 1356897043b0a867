"""A hold is raised, taken part after part, given up or run out: the books agree at each step."""

import asyncio
from typing import Any

import pytest

from maalem.payments.acquiring import cancel as cancels
from maalem.payments.acquiring import capture as captures
from maalem.payments.acquiring import chores
from maalem.payments.acquiring import increment as increments
from maalem.payments.acquiring.cancel import cancel
from maalem.payments.acquiring.capture import capture
from maalem.payments.acquiring.increment import increment
from maalem.payments.acquiring.records import Charge, Followup
from maalem.payments.acquiring.refund import refund
from maalem.payments.errors import Refused
from maalem.payments.ledger.balances import balance
from maalem.payments.ledger.verify import verify
from maalem.payments.store import select
from maalem.payments.tests.world import World, world
from maalem.payments.units import ChangedMeanwhile, UnitRefused

FLEXIBLE = {
    "card": {
        "request_multicapture": "if_available",
        "request_incremental_authorization": "if_available",
    }
}


@pytest.fixture
def tell(fresh_payments_dsn: Any) -> Any:
    """Run a story in a world of its own; afterwards the books must be right."""

    def run(story: Any, **settings: Any) -> None:
        async def whole() -> None:
            async with world(fresh_payments_dsn.app, **settings) as w:
                await story(w)
            report = await verify(fresh_payments_dsn.admin)
            assert report.clean, report.findings

        asyncio.run(whole())

    return run


async def held(w: World, amount: int = 10_000, **fields: Any) -> Any:
    return await w.pay(
        amount, capture_method="manual", **{"payment_method_options": FLEXIBLE, **fields}
    )


async def charge_of(w: World, intent: Any) -> Charge:
    (found,) = await select(
        w.payments.pool, Charge, "intent_id = $1 AND status <> 'failed'", intent.id
    )
    return found


async def pending(w: World) -> tuple[int, int]:
    """What the platform has and what is promised to it."""
    row = await w.payments.pool.fetchrow(
        "SELECT credits_posted - debits_posted, credits_pending FROM ledger.accounts"
        " WHERE owner = $1 AND kind = 'pending'",
        w.platform.id,
    )
    return tuple(row)


async def told(w: World, intent: Any) -> list[str]:
    rows = await w.payments.pool.fetch(
        "SELECT type FROM events WHERE account_id = $1 ORDER BY id", w.platform.id
    )
    return [row["type"] for row in rows]


def test_a_hold_is_taken_part_after_part(tell):
    async def story(w: World) -> None:
        intent = (await held(w)).intent
        first = await capture(w.payments, intent=intent, amount=3_000, final=False)
        assert (first.intent.status, first.intent.amount_capturable) == ("requires_capture", 7_000)
        assert (first.charge.captured, first.charge.amount_captured) == (False, 3_000)
        assert await pending(w) == (3_000, 7_000)
        second = await capture(w.payments, intent=first.intent, amount=5_000, final=False)
        assert await pending(w) == (8_000, 2_000)
        with pytest.raises(Refused) as early:
            await refund(w.payments, charge=second.charge)
        assert early.value.code == "charge_not_refundable"
        last = await capture(w.payments, intent=second.intent, amount=1_500)
        assert (last.intent.status, last.intent.amount_received) == ("succeeded", 9_500)
        assert last.intent.amount_capturable == 0
        assert await pending(w) == (9_500, 0)
        lines = await w.payments.pool.fetchval(
            "SELECT count(*) FROM balance_transactions WHERE source_id = $1", last.charge.id
        )
        assert lines == 3
        given = await refund(w.payments, charge=last.charge, amount=9_000)
        assert given.refund.status == "succeeded"

    tell(story)


def test_the_part_that_takes_all_that_is_left_is_the_last(tell):
    async def story(w: World) -> None:
        intent = (await held(w)).intent
        first = await capture(w.payments, intent=intent, amount=4_000, final=False)
        last = await capture(w.payments, intent=first.intent, final=False)
        assert (last.intent.status, last.charge.captured) == ("succeeded", True)
        with pytest.raises(Refused) as over:
            await capture(w.payments, intent=last.intent)
        assert over.value.code == "payment_intent_unexpected_state"

    tell(story)


def test_parts_and_rises_are_for_who_asked_for_them(tell):
    async def story(w: World) -> None:
        intent = (await held(w, payment_method_options=None)).intent
        with pytest.raises(Refused) as refused:
            await capture(w.payments, intent=intent, amount=1, final=False)
        assert refused.value.fields["param"] == "final_capture"
        with pytest.raises(Refused):
            await increment(w.payments, intent=intent, amount=11_000)
        await capture(w.payments, intent=intent, amount=1)

    tell(story)


@pytest.mark.parametrize("runs_out", [False, True])
def test_what_was_taken_in_part_is_paid_when_the_rest_is_given_up(tell, runs_out):
    async def story(w: World) -> None:
        intent = (await held(w)).intent
        first = await capture(w.payments, intent=intent, amount=3_000, final=False)
        if runs_out:
            w.clock.move(days=8)
            with pytest.raises(Refused) as late:
                await capture(w.payments, intent=first.intent)
            assert late.value.code == "charge_expired_for_capture"
            assert await chores.expire_attempts(w.payments) == 1
            assert await chores.expire_attempts(w.payments) == 0
        else:
            await cancel(w.payments, intent=first.intent)
        left = await w.fresh(intent)
        assert (left.status, left.amount_received, left.amount_capturable) == (
            "succeeded",
            3_000,
            0,
        )
        charge = await charge_of(w, intent)
        assert (charge.captured, charge.amount_captured) == (True, 3_000)
        newest = await w.payments.pool.fetchval(
            "SELECT type FROM events WHERE object_id = $1 ORDER BY id DESC", charge.id
        )
        assert newest == "charge.updated"
        assert await pending(w) == (3_000, 0)
        assert (await told(w, intent)).count("payment_intent.succeeded") == 1
        assert "payment_intent.canceled" not in await told(w, intent)

    tell(story)


def test_a_hold_is_raised_and_then_taken_whole(tell):
    async def story(w: World) -> None:
        intent = (await held(w)).intent
        more = await increment(
            w.payments, intent=intent, amount=15_000, metadata={"a": "b"}, description="Two more"
        )
        assert (more.intent.amount, more.intent.amount_capturable) == (15_000, 15_000)
        assert (more.charge.amount, more.charge.captured) == (15_000, False)
        assert (more.intent.metadata, more.intent.description) == ({"a": "b"}, "Two more")
        assert await pending(w) == (0, 15_000)
        again = await increment(w.payments, intent=more.intent, amount=16_000)
        taken = await capture(w.payments, intent=again.intent)
        assert (taken.intent.status, taken.intent.amount_received) == ("succeeded", 16_000)
        assert await pending(w) == (16_000, 0)
        given = await refund(w.payments, charge=taken.charge)
        assert given.refund.status == "succeeded"

    tell(story)


def test_a_raised_hold_is_given_up_whole(tell):
    async def story(w: World) -> None:
        intent = (await held(w)).intent
        more = await increment(w.payments, intent=intent, amount=15_000)
        gone = await cancel(w.payments, intent=more.intent)
        assert gone.intent.status == "canceled"
        assert await pending(w) == (0, 0)

    tell(story)


def test_an_issuer_that_says_no_to_a_rise_leaves_the_hold_as_it_was(tell):
    async def story(w: World) -> None:
        intent = (await held(w)).intent
        no = await increment(w.payments, intent=intent, amount=30_001)
        assert no.refusal is not None
        assert (no.refusal.status, no.refusal.fields["decline_code"]) == (402, "insufficient_funds")
        left = await w.fresh(intent)
        assert (left.status, left.amount, left.amount_capturable) == (
            "requires_capture",
            10_000,
            10_000,
        )
        assert await pending(w) == (0, 10_000)
        more = await increment(w.payments, intent=left, amount=30_000)
        assert more.refusal is None

    tell(story)


@pytest.mark.parametrize("amount", [10_000, 9_999])
def test_a_rise_is_more_than_before(tell, amount):
    async def story(w: World) -> None:
        intent = (await held(w)).intent
        with pytest.raises(Refused) as refused:
            await increment(w.payments, intent=intent, amount=amount)
        assert (refused.value.code, refused.value.fields["param"]) == ("amount_too_small", "amount")

    tell(story)


def test_a_hold_is_raised_ten_times_at_most_and_not_after_a_part(tell):
    async def story(w: World) -> None:
        intent = (await held(w)).intent
        for n in range(1, 11):
            intent = (await increment(w.payments, intent=intent, amount=10_000 + n)).intent
        with pytest.raises(Refused):
            await increment(w.payments, intent=intent, amount=11_000)
        part = await capture(w.payments, intent=intent, amount=10, final=False)
        with pytest.raises(Refused) as refused:
            await increment(w.payments, intent=part.intent, amount=11_000)
        assert refused.value.code == "payment_intent_unexpected_state"

    tell(story)


def test_two_at_once_take_one_part(tell):
    """Two captures that were decided on the same reading: the second decides again."""

    async def story(w: World) -> None:
        intent = (await held(w)).intent
        done = await asyncio.gather(
            *(capture(w.payments, intent=intent, amount=6_000, final=False) for _ in range(4)),
            return_exceptions=True,
        )
        refused = [one for one in done if isinstance(one, ChangedMeanwhile | UnitRefused)]
        assert len(refused) == 3
        assert await pending(w) == (6_000, 4_000)

    tell(story)


@pytest.mark.parametrize("verb", ["increment", "capture", "cancel"])
def test_an_answer_that_was_lost_is_asked_for_again(tell, verb):
    """P18: no answer is not a no; the same reference is asked about until there is one."""

    async def story(w: World) -> None:
        first = (await held(w)).intent
        part = (await capture(w.payments, intent=first, amount=1_000, final=False)).intent
        intent = (await held(w)).intent if verb == "increment" else part
        await w.payments.pool.execute("UPDATE simulator.conduct SET lose_replies = 1")
        match verb:
            case "increment":
                waiting = await increment(w.payments, intent=intent, amount=12_000)
            case "capture":
                waiting = await capture(w.payments, intent=intent, amount=2_000, final=False)
            case _:
                waiting = await cancel(w.payments, intent=intent)
        assert waiting.intent.status == "requires_capture"
        with pytest.raises(UnitRefused) as refused:
            await cancel(w.payments, intent=waiting.intent)
        assert refused.value.word in ("one_followup_at_a_time", "captured_or_released_once")
        w.clock.move(minutes=1)
        await chores.resolve_unknown(w.payments)
        left = await w.fresh(intent)
        assert (left.amount_received, left.amount_capturable) == {
            "increment": (0, 12_000),
            "capture": (3_000, 7_000),
            "cancel": (1_000, 0),
        }[verb]
        open_now = await select(w.payments.pool, Followup, "status IN ('sent', 'unknown')")
        assert open_now == []

    tell(story)


@pytest.mark.parametrize("verb", ["increment", "capture", "cancel"])
def test_whoever_records_the_same_answer_second_finds_it_recorded(tell, verb):
    """P1: a retry and the job have both read that it is on its way; it is booked by one."""
    on = {"increment": increments, "capture": captures, "cancel": cancels}[verb]

    async def story(w: World) -> None:
        first = (await held(w)).intent
        raised = (await increment(w.payments, intent=first, amount=11_000)).intent
        await w.payments.pool.execute("UPDATE simulator.conduct SET lose_replies = 1")
        match verb:
            case "increment":
                await increment(w.payments, intent=raised, amount=12_000)
            case "capture":
                await capture(w.payments, intent=raised, amount=2_000)
            case _:
                await cancel(w.payments, intent=raised)
        (stale,) = await select(w.payments.pool, Followup, "status IN ('sent', 'unknown')")
        once = await on.go_on(w.payments, stale)
        again = await on.go_on(w.payments, stale)
        assert again.intent.status == once.intent.status
        assert (await w.fresh(first)).status == once.intent.status

    tell(story)


def test_a_hold_runs_out_once_however_many_jobs_look(tell):
    """Two workers find the same hold at the same moment; it is given up once."""

    async def story(w: World) -> None:
        intents = [(await held(w)).intent for _ in range(3)]
        w.clock.move(days=7)
        await asyncio.gather(*(chores.expire_attempts(w.payments) for _ in range(4)))
        assert {(await w.fresh(intent)).status for intent in intents} == {"canceled"}
        assert await pending(w) == (0, 0)
        assert (await told(w, intents[0])).count("payment_intent.canceled") == 3
        released = await w.payments.pool.fetchval(
            "SELECT count(*) FROM followups WHERE kind = 'release'"
        )
        assert released == 3

    tell(story)


def test_balances_read_what_was_taken(tell):
    async def story(w: World) -> None:
        intent = (await held(w)).intent
        await capture(w.payments, intent=intent, amount=3_000, final=False)
        has = await balance(w.payments.pool, w.platform.id)
        assert has.pending["mad"] == 3_000 - 54

    tell(story, fee_bps=180)
