"""Rules at work on payments: what is blocked, proved, queued or let through, and why."""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.acquiring import attempts, wire
from maalem.payments.acquiring.confirm import confirm, load, lookup
from maalem.payments.acquiring.records import Charge
from maalem.payments.acquiring.refund import refund
from maalem.payments.ledger.verify import verify
from maalem.payments.rails.ports import Declined
from maalem.payments.records import changed
from maalem.payments.risk.book import forget_counts
from maalem.payments.risk.records import Review, Rule, ValueList, ValueListItem
from maalem.payments.tests.world import World, world
from maalem.payments.units import Unit

FROM_500 = [
    {"fact": "amount", "is": "at_least", "value": 50_000},
    {"fact": "currency", "is": "is", "value": "mad"},
]


def told(dsn: Any, story: Any) -> None:
    """Run a story; afterwards the books must be right."""

    async def whole() -> None:
        async with world(dsn.app) as w:
            await story(w)
        report = await verify(dsn.admin)
        assert report.clean, report.findings

    asyncio.run(whole())


def velocity(count: str = "attempts", value: int = 3, **fields: Any) -> dict[str, Any]:
    said = {"fact": "velocity", "is": "at_least", "value": value, "per": "card", "count": count}
    return {**said, "window_h": 24, **fields}


async def rule(w: World, action: str, conditions: list[dict[str, Any]], **fields: Any) -> Rule:
    now = w.clock.now()
    made = Rule(
        id=new_id("rule"),
        account_id=w.platform.id,
        action=action,
        conditions=conditions,
        reason=f"To {action}.",
        valid_from=fields.pop("valid_from", now),
        changed_by="naima",
        changed_at=now,
        created_at=now,
        **fields,
    )
    await w.payments.writer.commit(Unit().put(made))
    w.payments.risk.changing()
    return made


async def listed(w: World, value: str) -> str:
    now = w.clock.now()
    home = ValueList(
        id=new_id("rsl"),
        account_id=w.platform.id,
        alias=new_id("x"),
        name="Known",
        item_type="string",
        created_by="naima",
        metadata={},
        created_at=now,
    )
    item = ValueListItem(
        id=new_id("rsli"),
        account_id=w.platform.id,
        list_id=home.id,
        value=value,
        created_by="naima",
        created_at=now,
    )
    await w.payments.writer.commit(Unit().put(home, item))
    return home.id


def outcome(charge: Charge | None) -> dict[str, Any]:
    assert charge is not None
    shown: dict[str, Any] = wire.charge(charge)["outcome"]
    return shown


async def asked_of_the_network(w: World) -> int:
    return int(await w.payments.pool.fetchval("SELECT count(*) FROM simulator.answers"))


def test_a_blocked_payment_never_reaches_the_network(fresh_payments_dsn):
    async def story(w: World) -> None:
        made = await rule(w, "block", FROM_500)
        paid = await w.pay(50_000)
        assert paid.refusal is not None
        assert paid.refusal.status == 402
        error = paid.refusal.fields
        assert (error["code"], error["decline_code"]) == ("card_declined", "fraudulent")
        assert paid.intent.status == "requires_payment_method"
        assert await asked_of_the_network(w) == 0
        assert outcome(paid.charge) == {
            "network_decline_code": None,
            "network_status": "not_sent_to_network",
            "reason": "rule",
            "risk_level": "normal",
            "risk_score": 10,
            "rule": made.id,
            "seller_message": "To block.",
            "type": "blocked",
        }
        assert (await w.pay(49_999)).intent.status == "succeeded"

    told(fresh_payments_dsn, story)


def test_whoever_finishes_a_blocked_payment_does_not_ask_either(fresh_payments_dsn):
    """P18: the verdict is kept with the attempt, so a look-up finds it and not the network."""

    async def story(w: World) -> None:
        await rule(w, "block", FROM_500)
        paid = await w.pay(50_000)
        attempt = (await load(w.payments, paid.attempt.id)).attempt
        assert isinstance(await lookup(w.payments, attempt), Declined)

    told(fresh_payments_dsn, story)


def test_a_challenge_is_asked_for_by_rule(fresh_payments_dsn):
    async def story(w: World) -> None:
        free = await w.pay(50_000, card="pm_card_threeDSecureOptional")
        assert free.intent.status == "succeeded"
        await rule(w, "challenge", FROM_500)
        paid = await w.pay(50_000, card="pm_card_threeDSecureOptional")
        assert paid.intent.status == "requires_action"

    told(fresh_payments_dsn, story)


def test_a_review_is_opened_and_closed_by_the_refund(fresh_payments_dsn):
    async def story(w: World) -> None:
        made = await rule(w, "review", FROM_500)
        paid = await w.pay(50_000)
        assert paid.intent.status == "succeeded"
        shown = wire.charge(paid.charge)
        assert (shown["outcome"]["type"], shown["outcome"]["rule"]) == ("manual_review", made.id)
        review = await store.get(w.payments.pool, Review, shown["review"])
        assert review is not None
        assert (review.open, review.charge_id) == (True, paid.charge.id)
        part = await refund(w.payments, charge=paid.charge, amount=20_000)
        assert (await store.get(w.payments.pool, Review, review.id)).open
        await refund(w.payments, charge=part.charge, reason="fraudulent")
        closed = await store.get(w.payments.pool, Review, review.id)
        assert (closed.open, closed.closed_reason) == (False, "refunded_as_fraud")
        told_of = await w.payments.pool.fetch(
            "SELECT type FROM events WHERE object_id = $1 ORDER BY id", review.id
        )
        assert [row["type"] for row in told_of] == ["review.opened", "review.closed"]

    told(fresh_payments_dsn, story)


@pytest.mark.parametrize(
    ("number_name", "level", "type"),
    [("9235", "elevated", "authorized"), ("4954", "highest", "blocked")],
)
def test_the_documented_cards_take_the_same_road(fresh_payments_dsn, number_name, level, type):
    async def story(w: World) -> None:
        paid = await w.pay(1_000, card=await documented(w, number_name))
        found = outcome(paid.charge)
        assert (found["risk_level"], found["type"]) == (level, type)
        assert found["reason"] == f"{level}_risk_level"
        if type == "blocked":
            assert found["rule"] == "rule_house_highest"
            await rule(w, "allow", [{"fact": "currency", "is": "is", "value": "mad"}])
            allowed = await w.pay(1_000, card=await documented(w, number_name))
            assert allowed.intent.status == "succeeded"

    told(fresh_payments_dsn, story)


async def documented(w: World, end: str) -> str:
    """Give a documented card without a name one, for the length of the test."""
    from maalem.payments.rails import magic

    card = next(card for card in magic.ALL if card.number.endswith(end))
    magic.BY_TOKEN[f"test_{end}"] = card
    return f"pm_card_test_{end}"


def test_a_card_on_a_list_is_kept_out_until_it_is_taken_off(fresh_payments_dsn):
    async def story(w: World) -> None:
        method = await w.method()
        home = await listed(w, method.fingerprint)
        await rule(w, "block", [{"fact": "card", "is": "in_list", "value": home}])
        assert (await w.pay(1_000)).refusal is not None
        assert (await w.pay(1_000, card="pm_card_mastercard")).refusal is None
        item = await store.first(w.payments.pool, ValueListItem, "list_id = $1", home)
        await w.payments.writer.commit(Unit().put(changed(item, deleted=True)))
        w.payments.risk.changing()
        assert (await w.pay(1_000)).refusal is None

    told(fresh_payments_dsn, story)


def test_a_telephone_on_a_list_is_kept_out(fresh_payments_dsn):
    async def story(w: World) -> None:
        home = await listed(w, "+212661000105")
        await rule(w, "block", [{"fact": "phone", "is": "in_list", "value": home}])
        paid = await w.pay(1_000, card="+212661000105")
        assert paid.refusal is not None
        assert paid.intent.status == "requires_payment_method"

    told(fresh_payments_dsn, story)


@pytest.mark.parametrize(
    ("count", "value", "passes"), [("attempts", 3, 2), ("amount", 25_000, 2), ("attempts", 1, 0)]
)
def test_velocity_blocks_the_one_that_reaches_the_limit(fresh_payments_dsn, count, value, passes):
    async def story(w: World) -> None:
        await rule(w, "block", [velocity(count, value)])
        results = [(await w.pay(10_000)).refusal is None for _ in range(4)]
        assert results == [place < passes for place in range(4)]
        assert (await w.pay(10_000, card="pm_card_mastercard")).refusal is None or passes == 0
        w.clock.move(hours=25)
        assert ((await w.pay(10_000)).refusal is None) == (passes > 0)

    told(fresh_payments_dsn, story)


def test_declines_are_counted_when_the_network_declines(fresh_payments_dsn):
    async def story(w: World) -> None:
        await rule(w, "block", [velocity("declines", 2)])
        kinds = [
            outcome((await w.pay(1_000, card="pm_card_visa_chargeDeclined")).charge)["type"]
            for _ in range(4)
        ]
        assert kinds == ["issuer_declined", "issuer_declined", "blocked", "blocked"]

    told(fresh_payments_dsn, story)


@pytest.mark.parametrize("count", ["attempts", "amount"])
def test_of_payments_that_race_none_slips_through_a_limit(fresh_payments_dsn, count):
    """P23: a limit of five, twenty at once, and exactly four of them pass."""

    async def story(w: World) -> None:
        await rule(w, "block", [velocity(count, 5 if count == "attempts" else 5_000)])
        method = await w.method()
        intents = [await w.intent(1_000) for _ in range(20)]
        paid = await asyncio.gather(
            *(confirm(w.payments, intent=intent, method=method) for intent in intents)
        )
        assert sum(one.refusal is None for one in paid) == 4
        assert sum(outcome(one.charge)["type"] == "blocked" for one in paid) == 16

    told(fresh_payments_dsn, story)


def test_nothing_is_counted_or_asked_without_a_rule_that_counts(fresh_payments_dsn):
    async def story(w: World) -> None:
        await rule(w, "block", FROM_500)
        asked = []
        look = w.payments.risk._pool.fetch

        async def noted(*words: Any) -> Any:
            asked.append(words[0])
            return await look(*words)

        await w.pay(1_000)
        w.payments.risk._eager_until = 0.0
        w.payments.risk._pool = type("Noted", (), {"fetch": staticmethod(noted)})()
        await w.pay(1_000)
        assert asked == []
        assert await w.payments.pool.fetchval("SELECT count(*) FROM risk_counts") == 0

    told(fresh_payments_dsn, story)


def test_a_rule_to_come_and_a_rule_that_ended_do_nothing(fresh_payments_dsn):
    async def story(w: World) -> None:
        now = w.clock.now()
        await rule(w, "block", FROM_500, valid_from=now + timedelta(days=2))
        assert (await w.pay(50_000)).refusal is None
        w.clock.move(days=2)
        blocked = await w.pay(50_000)
        assert blocked.refusal is not None
        old = await store.get(w.payments.pool, Rule, blocked.charge.risk["rule"])
        later = w.clock.now()
        ended = changed(old, valid_until=later, changed_at=later, changed_by="youssef")
        await w.payments.writer.commit(Unit().put(ended))
        w.payments.risk.changing()
        assert (await w.pay(50_000)).refusal is None
        kept = await w.payments.pool.fetch(
            "SELECT version, changed_by FROM risk_rule_versions WHERE id = $1 ORDER BY version",
            old.id,
        )
        assert [tuple(row) for row in kept] == [(1, "naima"), (2, "youssef")]

    told(fresh_payments_dsn, story)


def test_old_counters_are_forgotten(fresh_payments_dsn):
    async def story(w: World) -> None:
        await rule(w, "block", [velocity()])
        await w.pay(1_000)
        assert await forget_counts(w.payments.pool, now=w.clock.now()) == 0
        w.clock.move(days=40)
        assert await forget_counts(w.payments.pool, now=w.clock.now()) == 1

    told(fresh_payments_dsn, story)


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM risk_rules",
        "UPDATE risk_rule_versions SET changed_by = 'nobody'",
        "DELETE FROM risk_rule_versions",
    ],
)
def test_no_rule_and_none_of_its_versions_is_lost(fresh_payments_dsn, deed):
    with (
        psycopg.connect(fresh_payments_dsn.admin) as owner,
        pytest.raises(psycopg.errors.CheckViolation, match="rules_are_kept"),
    ):
        owner.execute(deed)


def test_an_attempt_keeps_which_version_decided(fresh_payments_dsn):
    async def story(w: World) -> None:
        made = await rule(w, "block", FROM_500)
        now = w.clock.now()
        stricter = changed(made, reason="Later words.", changed_at=now, changed_by="youssef")
        first = await w.pay(50_000)
        await w.payments.writer.commit(Unit().put(stricter))
        w.payments.risk.changing()
        second = await w.pay(50_000)
        kept = await attempts.find(w.payments.pool, first.attempt.id)
        assert (kept.risk["rule_version"], kept.risk["message"]) == (1, "To block.")
        assert (second.charge.risk["rule_version"], outcome(second.charge)["seller_message"]) == (
            2,
            "Later words.",
        )

    told(fresh_payments_dsn, story)
