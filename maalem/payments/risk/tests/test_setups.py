"""Rules at work on cards that are kept: whoever tries stolen ones tries them for nothing first."""

import asyncio
from typing import Any

import pytest

from maalem.kit.ids import new_id, secret
from maalem.payments import store
from maalem.payments.accounts import methods
from maalem.payments.acquiring.disputes import chores
from maalem.payments.acquiring.disputes.tests.stories import INQUIRY, say
from maalem.payments.acquiring.disputes.tests.stories import disputed as dispute_of
from maalem.payments.acquiring.setup.confirm import confirm, load, resolve
from maalem.payments.acquiring.setup.judge import Set
from maalem.payments.acquiring.setup.records import SetupAttempt, SetupIntent
from maalem.payments.records import changed
from maalem.payments.risk.records import Review
from maalem.payments.risk.tests.test_payments import (
    asked_of_the_network,
    listed,
    rule,
    told,
    velocity,
)
from maalem.payments.tests.world import World
from maalem.payments.units import Unit

ANY_CARD = [{"fact": "rail", "is": "is", "value": "card"}]


async def set_up(w: World, card: str = "pm_card_visa") -> Set:
    taken = await methods.chosen(w.payments, w.platform.id, card)
    setup_id = new_id("seti")
    setup = SetupIntent(
        id=setup_id,
        account_id=w.platform.id,
        status="requires_confirmation",
        client_secret=secret(f"{setup_id}_secret_", length=25),
        payment_method_id=taken.method.id,
        payment_method_types=["card"],
        metadata={},
        created_at=w.clock.now(),
    )
    also = tuple(record for _, record in taken.unit.puts)
    return await confirm(w.payments, setup=setup, method=taken.method, stored=False, also=also)


def test_a_blocked_card_is_not_kept_and_its_issuer_not_asked(fresh_payments_dsn):
    async def story(w: World) -> None:
        made = await rule(w, "block", ANY_CARD)
        done = await set_up(w)
        assert done.refusal is not None
        error = done.refusal.fields
        assert (error["code"], error["decline_code"]) == ("card_declined", "fraudulent")
        assert done.setup.status == "requires_payment_method"
        assert await asked_of_the_network(w) == 0
        kept = await store.get(w.payments.pool, SetupAttempt, done.attempt.id)
        assert kept is not None
        assert (kept.risk or {})["rule"] == made.id

    told(fresh_payments_dsn, story)


def test_whoever_finishes_a_blocked_setup_does_not_ask_either(fresh_payments_dsn):
    async def story(w: World) -> None:
        await rule(w, "block", ANY_CARD)
        real, w.payments.writer.commit = w.payments.writer.commit, only_the_first(w)
        with pytest.raises(RuntimeError, match="died here"):
            await set_up(w)
        w.payments.writer.commit = real  # type: ignore[method-assign]
        (left,) = await store.select(w.payments.pool, SetupAttempt, "status = 'sent'")
        done = await resolve(w.payments, await load(w.payments, left.id))
        assert done.refusal is not None
        assert done.refusal.fields["decline_code"] == "fraudulent"
        assert await asked_of_the_network(w) == 0

    told(fresh_payments_dsn, story)


def only_the_first(w: World) -> Any:
    """A writer that dies after one commit."""
    commit, times = w.payments.writer.commit, iter([True])

    async def once(unit: Unit, **answer: Any) -> Any:
        if not next(times, False):
            raise RuntimeError("the process died here")
        return await commit(unit, **answer)

    return once


def test_a_rule_asks_for_the_holder(fresh_payments_dsn):
    async def story(w: World) -> None:
        await rule(w, "challenge", ANY_CARD)
        done = await set_up(w, "pm_card_threeDSecureOptional")
        assert done.setup.status == "requires_action"

    told(fresh_payments_dsn, story)


def test_there_is_nothing_to_review(fresh_payments_dsn):
    async def story(w: World) -> None:
        await rule(w, "review", ANY_CARD)
        assert (await set_up(w)).setup.status == "succeeded"
        assert await store.select(w.payments.pool, Review, "true") == []

    told(fresh_payments_dsn, story)


def test_setups_count_among_the_tries_of_a_card(fresh_payments_dsn):
    async def story(w: World) -> None:
        await rule(w, "block", [velocity(value=3)])
        assert [(await set_up(w)).setup.status for _ in range(2)] == ["succeeded"] * 2
        paid = await w.pay(1_000)
        assert paid.refusal is not None
        assert (await set_up(w, "pm_card_mastercard")).setup.status == "succeeded"

    told(fresh_payments_dsn, story)


def test_declined_setups_count_among_the_declines(fresh_payments_dsn):
    async def story(w: World) -> None:
        await rule(w, "block", [velocity("declines", 2)])
        said = []
        for _ in range(3):
            done = await set_up(w, "pm_card_visa_chargeDeclined")
            assert done.refusal is not None
            said.append(done.refusal.fields["decline_code"])
        assert said == ["generic_decline", "generic_decline", "fraudulent"]

    told(fresh_payments_dsn, story)


def test_of_setups_that_race_none_slips_through_a_limit(fresh_payments_dsn):
    async def story(w: World) -> None:
        await rule(w, "block", [velocity(value=3)])
        done = await asyncio.gather(*(set_up(w) for _ in range(6)))
        assert sorted(each.setup.status for each in done).count("succeeded") == 2

    told(fresh_payments_dsn, story)


def test_a_card_on_a_list_is_not_kept(fresh_payments_dsn):
    async def story(w: World) -> None:
        seen = (await set_up(w)).method.fingerprint
        home = await listed(w, seen or "")
        await rule(w, "block", [{"fact": "card", "is": "in_list", "value": home}])
        assert (await set_up(w)).refusal is not None

    told(fresh_payments_dsn, story)


async def review_of(w: World) -> Review:
    (found,) = await store.select(w.payments.pool, Review, "true")
    return found


def test_a_chargeback_closes_the_review_of_its_payment(fresh_payments_dsn):
    async def story(w: World) -> None:
        await rule(w, "review", ANY_CARD)
        await dispute_of(w)
        closed = await review_of(w)
        assert (closed.open, closed.closed_reason) == (False, "disputed")
        types = await w.payments.pool.fetch(
            "SELECT type FROM events WHERE object_id = $1", closed.id
        )
        assert [row["type"] for row in types] == ["review.opened", "review.closed"]

    told(fresh_payments_dsn, story)


def test_an_inquiry_leaves_the_review_open_until_it_is_escalated_and_lost(fresh_payments_dsn):
    async def story(w: World) -> None:
        await rule(w, "review", ANY_CARD)
        dispute = await dispute_of(w, card=INQUIRY)
        assert (await review_of(w)).open
        await say(w, dispute, "escalate_inquiry_evidence")
        await chores.look_after(w.payments)
        assert (await review_of(w)).closed_reason == "disputed"

    told(fresh_payments_dsn, story)


def test_a_review_that_was_closed_by_a_person_stays_hers(fresh_payments_dsn):
    async def story(w: World) -> None:
        await rule(w, "review", ANY_CARD)
        paid = await w.pay(10_000, card="pm_card_createDispute")
        open_one = await review_of(w)
        now = w.clock.now()
        approved = changed(
            open_one, open=False, closed_reason="approved", closed_by="naima", closed_at=now
        )
        await w.payments.writer.commit(Unit().put(approved))
        await chores.look_after(w.payments)
        assert paid.charge is not None
        assert (await review_of(w)).closed_reason == "approved"

    told(fresh_payments_dsn, story)
