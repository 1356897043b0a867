"""What becomes of a payment that a payer disputes, and of its money."""

import asyncio
from itertools import product

import psycopg
import pytest

from maalem.payments import store
from maalem.payments.acquiring.capture import capture
from maalem.payments.acquiring.disputes import chores
from maalem.payments.acquiring.disputes.records import Dispute
from maalem.payments.acquiring.disputes.states import DISPUTE_NEXT
from maalem.payments.acquiring.disputes.tests.stories import (
    FRAUDULENT,
    INQUIRY,
    NOT_RECEIVED,
    SEVERAL,
    again,
    charge_of,
    disputed,
    events,
    has,
    network,
    say,
)
from maalem.payments.acquiring.refund import refund
from maalem.payments.acquiring.transfer import transfer
from maalem.payments.errors import Refused
from maalem.payments.ledger.balances import release_available
from maalem.payments.rails.ports import Representment
from maalem.payments.records import changed
from maalem.payments.tests.world import World
from maalem.payments.units import Unit, UnitRefused


@pytest.mark.parametrize(
    ("card", "reason", "code"),
    [(FRAUDULENT, "fraudulent", "10.4"), (NOT_RECEIVED, "product_not_received", "13.1")],
)
def test_a_chargeback_takes_the_money_at_once(tell, card, reason, code):
    async def story(w: World) -> None:
        dispute = await disputed(w, card=card)
        assert (dispute.status, dispute.reason) == ("needs_response", reason)
        assert dispute.network_reason_code == code
        assert (dispute.amount, dispute.amount_withdrawn) == (10_000, 10_000)
        assert await has(w, w.platform) == (0, 0, 0)
        charge = await charge_of(w, dispute)
        assert (charge.dispute_id, charge.amount_disputed) == (dispute.id, 10_000)
        told = ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
        assert await events(w, dispute.id) == told

    tell(story)


def test_an_inquiry_takes_nothing(tell):
    async def story(w: World) -> None:
        dispute = await disputed(w, card=INQUIRY)
        assert (dispute.status, dispute.amount_withdrawn) == ("warning_needs_response", 0)
        assert await has(w, w.platform) == (10_000, 0, 0)
        assert await events(w, dispute.id) == ["charge.dispute.created"]

    tell(story)


def test_what_is_won_comes_back(tell):
    async def story(w: World) -> None:
        dispute = await disputed(w)
        assert (await say(w, dispute, "winning_evidence")).case.dispute.status == "under_review"
        await chores.look_after(w.payments)
        won = await again(w, dispute)
        assert (won.status, won.amount_reinstated, won.submission_count) == ("won", 10_000, 1)
        assert await has(w, w.platform) == (0, 10_000, 0)
        assert (await charge_of(w, dispute)).amount_disputed == 0
        assert (await events(w, dispute.id))[2:] == [
            "charge.dispute.updated",
            "charge.dispute.funds_reinstated",
            "charge.dispute.closed",
        ]
        await refund(w.payments, charge=await charge_of(w, dispute))
        assert await has(w, w.platform) == (0, 0, 0)

    tell(story)


def test_what_is_lost_stays_away(tell):
    async def story(w: World) -> None:
        dispute = await disputed(w)
        await say(w, dispute, "losing_evidence")
        await chores.look_after(w.payments)
        assert (await again(w, dispute)).status == "lost"
        assert await has(w, w.platform) == (0, 0, 0)
        with pytest.raises(Refused) as refused:
            await refund(w.payments, charge=await charge_of(w, dispute))
        assert refused.value.code == "charge_disputed"

    tell(story)


def test_other_evidence_is_weighed_for_as_long_as_it_takes(tell):
    async def story(w: World) -> None:
        dispute = await disputed(w)
        await say(w, dispute, "The parcel was signed for.")
        w.clock.move(days=60)
        await chores.look_after(w.payments)
        assert (await again(w, dispute)).status == "under_review"
        with pytest.raises(Refused, match="submitted"):
            await say(w, dispute, "And one more thing.")

    tell(story)


def test_who_gives_in_has_lost(tell):
    async def story(w: World) -> None:
        dispute = await disputed(w)
        assert (await say(w, dispute, accept=True)).case.dispute.status == "lost"
        await chores.look_after(w.payments)
        assert (await events(w, dispute.id))[2:] == ["charge.dispute.closed"]
        with pytest.raises(Refused, match="closed"):
            await say(w, dispute, "winning_evidence")

    tell(story)


@pytest.mark.parametrize(("card", "end"), [(FRAUDULENT, "lost"), (INQUIRY, "warning_closed")])
def test_a_day_that_passes_without_an_answer_decides(tell, card, end):
    async def story(w: World) -> None:
        dispute = await disputed(w, card=card)
        w.clock.move(days=13)
        assert await chores.look_after(w.payments) == 0
        await network(w, down=True)
        w.clock.move(days=3)
        assert await chores.look_after(w.payments) == 1
        closed = await again(w, dispute)
        assert (closed.status, closed.past_due) == (end, True)
        await network(w, down=False)
        await chores.look_after(w.payments)
        assert await w.payments.pool.fetchval(
            "SELECT count(*) FROM dispute_notices WHERE status = 'repeated'"
        )
        assert (await events(w, dispute.id)).count("charge.dispute.closed") == 1

    tell(story)


def test_an_inquiry_may_become_a_chargeback_and_be_won(tell):
    async def story(w: World) -> None:
        dispute = await disputed(w, card=INQUIRY)
        charge = await charge_of(w, dispute)
        await refund(w.payments, charge=charge, amount=2_500)
        await say(w, dispute, "escalate_inquiry_evidence")
        assert (await again(w, dispute)).status == "warning_under_review"
        await chores.look_after(w.payments)
        worse = await again(w, dispute)
        assert (worse.status, worse.stage, worse.amount) == ("needs_response", "chargeback", 7_500)
        assert await has(w, w.platform) == (0, 0, 0)
        await say(w, dispute, "winning_evidence")
        await chores.look_after(w.payments)
        won = await again(w, dispute)
        assert (won.status, won.submission_count) == ("won", 2)
        assert await has(w, w.platform) == (0, 7_500, 0)

    tell(story)


def test_a_partly_refunded_charge_is_disputed_for_what_is_left(tell):
    async def story(w: World) -> None:
        paid = await w.pay(10_000, card=FRAUDULENT)
        await refund(w.payments, charge=paid.charge, amount=4_000)
        await chores.look_after(w.payments)
        amount = await w.payments.pool.fetchval("SELECT amount FROM disputes")
        assert amount == 6_000
        assert await has(w, w.platform) == (0, 0, 0)

    tell(story)


def test_a_refunded_charge_is_not_disputed(tell):
    async def story(w: World) -> None:
        paid = await w.pay(10_000, card=FRAUDULENT)
        await refund(w.payments, charge=paid.charge)
        await chores.look_after(w.payments)
        assert await w.payments.pool.fetchval("SELECT count(*) FROM disputes") == 0

    tell(story)


def test_a_held_payment_is_disputed_once_it_is_captured(tell):
    async def story(w: World) -> None:
        held = await w.pay(10_000, card=FRAUDULENT, capture_method="manual")
        await chores.look_after(w.payments)
        assert await w.payments.pool.fetchval("SELECT count(*) FROM disputes") == 0
        await capture(w.payments, intent=held.intent, amount=7_000)
        await chores.look_after(w.payments)
        assert await w.payments.pool.fetchval("SELECT amount FROM disputes") == 7_000

    tell(story)


def test_a_charge_can_be_disputed_in_parts(tell):
    async def story(w: World) -> None:
        await disputed(w, 9_999, card=SEVERAL)
        rows = await w.payments.pool.fetch("SELECT amount, reason FROM disputes ORDER BY id")
        assert [tuple(row) for row in rows] == [
            (4_999, "product_not_received"),
            (5_000, "fraudulent"),
        ]
        assert await has(w, w.platform) == (0, 0, 0)

    tell(story)


def test_while_it_is_contested_nothing_is_refunded_or_passed_on(tell):
    """P14: what a dispute holds goes to nobody else meanwhile."""

    async def story(w: World) -> None:
        await w.pay(50_000)
        dispute = await disputed(w)
        charge = await charge_of(w, dispute)
        with pytest.raises(Refused) as refused:
            await refund(w.payments, charge=charge, amount=1)
        assert refused.value.code == "charge_disputed"
        with pytest.raises(Refused):
            await transfer(
                w.payments,
                giver=w.platform,
                destination=w.seller.id,
                amount=1,
                currency="mad",
                source_charge=charge,
            )

    tell(story)


def test_what_is_missing_is_owed_and_settled_when_the_money_comes_back(tell):
    """P23: the merchant's balance does not go below zero; what she lacks she owes."""

    async def story(w: World) -> None:
        paid = await w.pay(10_000, card=FRAUDULENT)
        passed = await transfer(
            w.payments,
            giver=w.platform,
            destination=w.seller.id,
            amount=8_000,
            currency="mad",
            source_charge=paid.charge,
        )
        await w.payments.writer.commit(passed.unit)
        await chores.look_after(w.payments)
        assert await has(w, w.platform) == (0, 0, 8_000)
        assert await has(w, w.seller) == (8_000, 0, 0)
        dispute = await store.first(w.payments.pool, Dispute, "true")
        assert dispute is not None
        await say(w, dispute, "winning_evidence")
        await chores.look_after(w.payments)
        assert await has(w, w.platform) == (0, 2_000, 0)

    tell(story)


def test_it_is_taken_from_what_is_available_then_from_what_is_pending(tell):
    async def story(w: World) -> None:
        await w.pay(3_000)
        w.clock.move(days=3)
        await release_available(w.payments)
        await w.pay(4_000)
        dispute = await disputed(w, 5_000)
        assert await has(w, w.platform) == (7_000, 0, 0)
        lines = await w.payments.pool.fetch(
            "SELECT status, net FROM balance_transactions WHERE source_id = $1 ORDER BY id",
            dispute.id,
        )
        assert [tuple(line) for line in lines] == [("available", -3_000), ("pending", -2_000)]
        w.clock.move(days=3)
        await release_available(w.payments)
        assert await has(w, w.platform) == (0, 7_000, 0)

    tell(story)


@pytest.mark.parametrize(("before", "after"), [(2_000, (500, 0, 0)), (0, (0, 0, 1_500))])
def test_the_fee_leaves_with_it_and_stays(tell, before, after):
    async def story(w: World) -> None:
        if before:
            await w.pay(before, card="pm_card_bypassPending")
        dispute = await disputed(w, 10_000)
        assert dispute.fee == 1_500
        assert await has(w, w.platform) == after
        await say(w, dispute, "winning_evidence")
        await chores.look_after(w.payments)
        assert sum(await has(w, w.platform)) == before + 10_000 - 1_500

    tell(story, dispute_fee=1_500)


def test_an_answer_without_a_reply_is_asked_again(tell):
    async def story(w: World) -> None:
        dispute = await disputed(w)
        await network(w, lose_replies=1)
        unsure = await say(w, dispute, "winning_evidence")
        assert (unsure.case.dispute.status, unsure.answer.status) == ("needs_response", "unknown")
        w.clock.move(minutes=1)
        await chores.look_after(w.payments)
        won = await again(w, dispute)
        assert (won.status, won.submission_count) == ("won", 1)

    tell(story)


def test_the_end_may_be_told_before_the_answer_was_confirmed(tell):
    async def story(w: World) -> None:
        dispute = await disputed(w)
        await network(w, lose_replies=1)
        await say(w, dispute, "winning_evidence")
        await chores.look_after(w.payments)
        assert (await again(w, dispute)).status == "won"
        w.clock.move(minutes=1)
        await chores.look_after(w.payments)
        assert (await again(w, dispute)).submission_count == 1
        assert await has(w, w.platform) == (0, 10_000, 0)
        # Whoever follows the events has the answer too.
        assert (await events(w, dispute.id))[-2:] == [
            "charge.dispute.closed",
            "charge.dispute.updated",
        ]

    tell(story)


def test_what_an_answer_that_came_too_late_laid_by_is_told(tell):
    """P29: it stays in the dispute, so whoever follows the events has it too."""

    async def story(w: World) -> None:
        dispute = await disputed(w)
        other = Representment(reference="elsewhere", case=dispute.case_reference, texts=())
        await w.payments.rails.disputes.accept(other, deadline_s=1)
        late = await say(w, dispute, "winning_evidence")
        assert (late.answer.status, late.case.dispute.submission_count) == ("declined", 0)
        assert late.case.dispute.evidence
        assert (await events(w, dispute.id))[-1] == "charge.dispute.updated"

    tell(story)


def test_an_answer_on_its_way_keeps_the_day_from_deciding(tell):
    async def story(w: World) -> None:
        dispute = await disputed(w)
        await network(w, down=True)
        await say(w, dispute, "winning_evidence")
        w.clock.move(days=20)
        await chores.look_after(w.payments)
        assert (await again(w, dispute)).status == "needs_response"
        await network(w, down=False)
        await chores.look_after(w.payments)
        assert (await again(w, dispute)).status == "lost"

    tell(story)


def test_evidence_and_giving_in_at_once_are_one_answer(tell):
    async def story(w: World) -> None:
        dispute = await disputed(w)
        said = [say(w, dispute, "winning_evidence") for _ in range(4)]
        said += [say(w, dispute, accept=True) for _ in range(4)]
        results = await asyncio.gather(*said, return_exceptions=True)
        assert sum(not isinstance(result, BaseException) for result in results) == 1
        await chores.look_after(w.payments)
        assert (await again(w, dispute)).status in ("won", "lost")

    tell(story)


def test_the_database_holds_the_same_table(payments_dsn):
    with psycopg.connect(payments_dsn.app) as connection:
        for now, then in product(DISPUTE_NEXT, DISPUTE_NEXT):
            row = connection.execute("SELECT dispute_may_move(%s, %s)", [now, then]).fetchone()
            assert row == (then in DISPUTE_NEXT[now],), f"{now} to {then}"


def test_the_trigger_refuses_a_move_that_is_not_in_the_table(tell):
    async def story(w: World) -> None:
        dispute = await disputed(w)
        await say(w, dispute, accept=True)
        back = changed(await again(w, dispute), status="under_review")
        with pytest.raises(UnitRefused) as refused:
            await w.payments.writer.commit(Unit().put(back))
        assert refused.value.word == "status_may_not_move"

    tell(story)


def test_the_database_refuses_a_dispute_that_its_charge_does_not_know_of(tell):
    async def story(w: World) -> None:
        dispute = await disputed(w)
        charge = await charge_of(w, dispute)
        wrong = changed(charge, amount_disputed=9_999)
        with pytest.raises(UnitRefused) as refused:
            await w.payments.writer.commit(Unit().put(wrong, changed(dispute)))
        assert refused.value.word == "disputes_add_up"

    tell(story)
