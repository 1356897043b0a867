"""Where a sale's money is after each verb, and that the books agree."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from maalem.payments.acquiring import chores, wire
from maalem.payments.acquiring.cancel import cancel
from maalem.payments.acquiring.capture import capture
from maalem.payments.acquiring.confirm import complete_authentication, confirm
from maalem.payments.acquiring.outcome import first_attempt
from maalem.payments.acquiring.refund import refund
from maalem.payments.acquiring.transfer import reverse, transfer
from maalem.payments.errors import Refused
from maalem.payments.ledger.balances import balance, release_available
from maalem.payments.ledger.verify import verify
from maalem.payments.records import changed
from maalem.payments.tests.world import World, world
from maalem.payments.units import ChangedMeanwhile, Unit, UnitRefused

Story = Callable[[World], Awaitable[None]]


@pytest.fixture
def tell(fresh_payments_dsn: Any) -> Callable[..., None]:
    """Run a story in a world of its own; afterwards the books must be right."""

    def run(story: Story, **settings: Any) -> None:
        async def whole() -> None:
            async with world(fresh_payments_dsn.app, **settings) as w:
                await story(w)
            report = await verify(fresh_payments_dsn.admin)
            assert report.clean, report.findings

        asyncio.run(whole())

    return run


async def has(w: World, owner: Any) -> tuple[int, int]:
    """Pending and available dirhams' centimes."""
    found = await balance(w.payments.pool, owner.id)
    return found.pending.get("mad", 0), found.available.get("mad", 0)


async def commit(w: World, passed: Any) -> Any:
    await w.payments.writer.commit(passed.unit)
    return passed


def test_a_charge_is_pending_until_its_day(tell):
    async def story(w: World) -> None:
        await w.pay(10_000)
        assert await has(w, w.platform) == (10_000, 0)
        assert await release_available(w.payments) == 0
        w.clock.move(days=2)
        assert await release_available(w.payments) == 1
        assert await has(w, w.platform) == (0, 10_000)
        assert await release_available(w.payments) == 0

    tell(story)


def test_without_a_delay_money_is_available_at_once(tell):
    async def story(w: World) -> None:
        await w.pay(10_000)
        held = await w.pay(5_000, capture_method="manual")
        await capture(w.payments, intent=held.intent)
        assert await has(w, w.platform) == (0, 15_000)

    tell(story, settlement_delay_s=0)


def test_the_fee_leaves_the_charge_at_once(tell):
    async def story(w: World) -> None:
        await w.pay(10_000)
        assert await has(w, w.platform) == (9_820, 0)

    tell(story, fee_bps=180)


def test_a_declined_card_moves_nothing(tell):
    async def story(w: World) -> None:
        paid = await w.pay(card="pm_card_visa_chargeDeclined")
        assert paid.refusal is not None
        assert paid.refusal.status == 402
        assert paid.intent.status == "requires_payment_method"
        assert await has(w, w.platform) == (0, 0)
        again = await confirm(w.payments, intent=paid.intent, method=await w.method())
        assert again.intent.status == "succeeded"

    tell(story)


def test_a_part_of_a_hold_is_captured_once(tell):
    async def story(w: World) -> None:
        held = await w.pay(10_000, capture_method="manual")
        assert await has(w, w.platform) == (0, 0)
        taken = await capture(w.payments, intent=held.intent, amount=7_000)
        assert (taken.intent.status, taken.intent.amount_received) == ("succeeded", 7_000)
        assert await has(w, w.platform) == (7_000, 0)
        with pytest.raises(UnitRefused) as refused:
            await capture(w.payments, intent=held.intent)
        assert refused.value.word == "captured_or_released_once"

    tell(story)


def test_captures_and_cancellations_at_once_leave_one_winner(tell):
    async def story(w: World) -> None:
        held = (await w.pay(10_000, capture_method="manual")).intent
        verbs = [capture(w.payments, intent=held) for _ in range(5)]
        verbs += [cancel(w.payments, intent=held) for _ in range(5)]
        results = await asyncio.gather(*verbs, return_exceptions=True)
        assert sum(not isinstance(result, BaseException) for result in results) == 1
        assert (await w.fresh(held)).status in ("succeeded", "canceled")

    tell(story)


def test_a_hold_that_is_not_captured_in_time_is_released(tell):
    async def story(w: World) -> None:
        held = await w.pay(10_000, capture_method="manual")
        w.clock.move(days=8)
        await chores.expire_attempts(w.payments)
        gone = await w.fresh(held.intent)
        assert (gone.status, gone.cancellation_reason) == ("canceled", "automatic")

    tell(story)


def test_refunds_at_once_never_pass_what_was_captured(tell):
    """P12: however many race."""

    async def story(w: World) -> None:
        paid = await w.pay(1_000)

        async def give_back() -> bool:
            for _ in range(40):
                row = await w.payments.pool.fetchrow(
                    "SELECT * FROM charges WHERE id = $1", paid.charge.id
                )
                try:
                    await refund(w.payments, charge=type(paid.charge)(**dict(row)), amount=150)
                    return True
                except Refused:
                    return False
                except ChangedMeanwhile:
                    continue
            raise AssertionError("never got through")

        done = await asyncio.gather(*(give_back() for _ in range(20)))
        assert sum(done) == 6
        assert await has(w, w.platform) == (100, 0)

    tell(story)


def test_a_refund_comes_from_where_the_money_is(tell):
    async def story(w: World) -> None:
        first = await w.pay(1_000)
        w.clock.move(days=3)
        await release_available(w.payments)
        await refund(w.payments, charge=first.charge, amount=400)
        assert await has(w, w.platform) == (0, 600)
        second = await w.pay(1_000)
        await refund(w.payments, charge=second.charge)
        assert await has(w, w.platform) == (0, 600)
        w.clock.move(days=3)
        assert await release_available(w.payments) == 2
        assert await has(w, w.platform) == (0, 600)

    tell(story)


def test_what_was_passed_on_can_not_be_refunded_before_it_is_taken_back(tell):
    async def story(w: World) -> None:
        paid = await w.pay(1_000)
        passed = await commit(
            w,
            await transfer(
                w.payments,
                giver=w.platform,
                destination=w.seller.id,
                amount=800,
                currency="mad",
                source_charge=paid.charge,
            ),
        )
        assert (await has(w, w.platform), await has(w, w.seller)) == ((200, 0), (800, 0))
        charge = await w.payments.pool.fetchrow("SELECT * FROM charges LIMIT 1")
        charge = type(paid.charge)(**dict(charge))
        with pytest.raises(UnitRefused) as refused:
            await refund(w.payments, charge=charge)
        assert refused.value.word == "exceeds_credits"
        await commit(w, await reverse(w.payments, given=passed.transfer))
        charge = type(paid.charge)(
            **dict(await w.payments.pool.fetchrow("SELECT * FROM charges LIMIT 1"))
        )
        await refund(w.payments, charge=charge)
        assert (await has(w, w.platform), await has(w, w.seller)) == ((0, 0), (0, 0))
        w.clock.move(days=3)
        assert await release_available(w.payments) == 6

    tell(story)


def test_a_sale_is_released_to_its_seller_and_becomes_available(tell):
    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        await commit(
            w,
            await transfer(
                w.payments,
                giver=w.platform,
                destination=w.seller.id,
                amount=9_000,
                currency="mad",
                source_charge=paid.charge,
            ),
        )
        w.clock.move(days=2)
        await release_available(w.payments)
        assert (await has(w, w.platform), await has(w, w.seller)) == ((0, 1_000), (0, 9_000))

    tell(story)


def test_a_transfer_without_a_charge_needs_available_money(tell):
    async def story(w: World) -> None:
        await w.pay(1_000)
        wanted = {
            "giver": w.platform,
            "destination": w.seller.id,
            "amount": 500,
            "currency": "mad",
        }
        with pytest.raises(UnitRefused) as refused:
            await commit(w, await transfer(w.payments, **wanted))
        assert refused.value.word == "exceeds_credits"
        w.clock.move(days=2)
        await release_available(w.payments)
        await commit(w, await transfer(w.payments, **wanted))
        assert await has(w, w.seller) == (0, 500)

    tell(story)


def test_a_challenge_that_is_passed_pays_once_however_often_it_is_completed(tell):
    async def story(w: World) -> None:
        asked = await w.pay(card="pm_card_threeDSecure2Required")
        assert asked.intent.status == "requires_action"
        early = await complete_authentication(w.payments, attempt=asked.attempt.id)
        assert early.intent.status == "requires_action"
        await w.payments.rails.desk.respond(asked.attempt.challenge, secret="123456")
        done = await asyncio.gather(
            *(complete_authentication(w.payments, attempt=asked.attempt.id) for _ in range(5))
        )
        assert (await w.fresh(asked.intent)).status == "succeeded"
        assert any(confirmed.intent.status == "succeeded" for confirmed in done)
        late = await complete_authentication(w.payments, attempt=asked.attempt.id)
        assert late.intent.status == "succeeded"
        assert await has(w, w.platform) == (10_000, 0)

    tell(story)


def test_a_challenge_that_nobody_answers_gives_the_payment_back(tell):
    async def story(w: World) -> None:
        asked = await w.pay(card="pm_card_threeDSecure2Required")
        w.clock.move(minutes=30)
        await chores.expire_attempts(w.payments)
        left = await w.fresh(asked.intent)
        assert left.status == "requires_payment_method"
        assert left.last_payment_error["code"] == "payment_intent_authentication_failure"
        paid = await confirm(w.payments, intent=left, method=await w.method())
        assert paid.intent.status == "succeeded"

    tell(story)


def test_paying_another_way_leaves_the_open_challenge(tell):
    async def story(w: World) -> None:
        asked = await w.pay(card="pm_card_threeDSecure2Required")
        paid = await confirm(w.payments, intent=asked.intent, method=await w.method())
        assert paid.intent.status == "succeeded"
        await w.payments.rails.desk.respond(asked.attempt.challenge, secret="123456")
        await complete_authentication(w.payments, attempt=asked.attempt.id)
        assert await has(w, w.platform) == (10_000, 0)

    tell(story)


def test_a_wallet_pays_after_its_holder_approves_and_is_paid_back(tell):
    async def story(w: World) -> None:
        asked = await w.pay(2_500, card="+212661000101")
        assert asked.intent.status == "requires_action"
        assert "/hosted/wallet/" in asked.intent.next_action["redirect_to_url"]["url"]
        await w.payments.rails.desk.respond(asked.attempt.challenge, secret="1234")
        paid = await complete_authentication(w.payments, attempt=asked.attempt.id)
        assert paid.intent.status == "succeeded"
        given = await refund(w.payments, charge=paid.charge, amount=500)
        assert await has(w, w.platform) == (0, 2_000)
        goes_to = wire.refund(given.refund)["destination_details"]
        assert goes_to == {"type": "wallet", "wallet": {}}

    tell(story)


async def rail(w: World, **conduct: Any) -> None:
    """Tell the simulated network how to behave."""
    for name, value in conduct.items():
        await w.payments.pool.execute(f"UPDATE simulator.conduct SET {name} = $1", value)


def test_no_answer_in_time_is_not_a_no(tell):
    """P18: it is unknown, nothing else is tried, and a look-up resolves it."""

    async def story(w: World) -> None:
        await rail(w, lose_replies=1)
        unknown = await w.pay(1_000)
        assert (unknown.intent.status, unknown.attempt.status) == ("processing", "unknown")
        assert await has(w, w.platform) == (0, 0)
        with pytest.raises(Refused):
            await cancel(w.payments, intent=unknown.intent)
        await chores.resolve_unknown(w.payments)
        assert (await w.fresh(unknown.intent)).status == "processing"
        w.clock.move(minutes=1)
        assert await chores.resolve_unknown(w.payments) == 1
        assert (await w.fresh(unknown.intent)).status == "succeeded"
        assert await has(w, w.platform) == (1_000, 0)
        assert await chores.resolve_unknown(w.payments) == 0

    tell(story)


def test_a_slow_network_is_not_waited_for_longer_than_the_deadline(tell):
    async def story(w: World) -> None:
        await rail(w, slow_ms=600)
        unknown = await w.pay(1_000)
        assert unknown.intent.status == "processing"
        await rail(w, slow_ms=0)
        await asyncio.sleep(0.7)
        w.clock.move(minutes=1)
        await chores.resolve_unknown(w.payments)
        assert (await w.fresh(unknown.intent)).status == "succeeded"

    tell(story, rail_deadline_s=0.2)


def test_a_payment_that_never_reached_the_network_is_given_back(tell):
    async def story(w: World) -> None:
        intent, method = await w.intent(), await w.method()
        attempt = first_attempt(intent, method=method, now=w.clock.now())
        asked = changed(intent, status="processing", attempt_id=attempt.id)
        await w.payments.writer.commit(Unit().put(asked, attempt))
        w.clock.move(minutes=1)
        await chores.resolve_unknown(w.payments)
        left = await w.fresh(intent)
        assert left.status == "requires_payment_method"
        paid = await confirm(w.payments, intent=left, method=method)
        assert paid.intent.status == "succeeded"
        assert await has(w, w.platform) == (10_000, 0)

    tell(story)


def test_captures_and_refunds_without_an_answer_are_finished_later(tell):
    async def story(w: World) -> None:
        held = await w.pay(1_000, capture_method="manual")
        await rail(w, lose_replies=1)
        waiting = await capture(w.payments, intent=held.intent, amount=800)
        assert waiting.intent.status == "requires_capture"
        w.clock.move(minutes=1)
        await chores.resolve_unknown(w.payments)
        paid = await w.fresh(held.intent)
        assert (paid.status, paid.amount_received) == ("succeeded", 800)
        row = await w.payments.pool.fetchrow("SELECT * FROM charges")
        await rail(w, lose_replies=1)
        pending = await refund(w.payments, charge=type(held.charge)(**dict(row)), amount=300)
        assert pending.refund.status == "pending"
        assert await has(w, w.platform) == (500, 0)
        w.clock.move(minutes=1)
        await chores.resolve_unknown(w.payments)
        status = await w.payments.pool.fetchval("SELECT status FROM refunds")
        assert status == "succeeded"
        assert await has(w, w.platform) == (500, 0)

    tell(story)


def test_a_hold_whose_release_is_not_answered_is_not_released_anew(tell):
    """The worker died over it, or the answer was lost: the look-up ends it, and nobody is told
    that work of ours fails."""

    async def story(w: World) -> None:
        held = await w.pay(1_000, capture_method="manual")
        w.clock.move(days=8)
        await rail(w, lose_replies=1)
        for _ in range(2):
            await chores.expire_attempts(w.payments)
            assert (await w.fresh(held.intent)).status == "requires_capture"
        w.clock.move(minutes=1)
        await chores.resolve_unknown(w.payments)
        assert (await w.fresh(held.intent)).status == "canceled"
        assert await w.payments.pool.fetchval("SELECT count(*) FROM followups") == 1
        assert await w.payments.pool.fetchval("SELECT count(*) FROM failing_work") == 0

    tell(story)
