import asyncio
from pathlib import Path

import pytest

from maalem.payments.rails.magic import ALL, CODE, WALLET_PIN, by_token
from maalem.payments.rails.ports import (
    Authorised,
    ChallengeKind,
    ChallengeRequired,
    Declined,
    Followup,
    NeverSeen,
    Unknown,
)
from maalem.payments.rails.tests.conftest import ALWAYS_3DS, GOOD, INSUFFICIENT, World
from maalem.payments.vault.digits import luhn_ok

DOCUMENTED = {
    "4000000000000002": ("card_declined", "generic_decline"),
    INSUFFICIENT: ("card_declined", "insufficient_funds"),
    "4000000000009987": ("card_declined", "lost_card"),
    "4000000000009979": ("card_declined", "stolen_card"),
    "4000000000000069": ("expired_card", None),
    "4000000000000119": ("processing_error", None),
    "4000000000006975": ("card_declined", "card_velocity_exceeded"),
    "4000000000000341": ("card_declined", "generic_decline"),
    "4100000000000019": ("card_declined", "fraudulent"),
}


def test_it_gives_the_documented_answer_to_every_documented_card(outside):
    async def story(world: World) -> None:
        for number, (code, decline_code) in DOCUMENTED.items():
            answer = await world.pay(number)
            assert isinstance(answer, Declined), number
            assert (answer.code, answer.decline_code) == (code, decline_code), number
        assert isinstance(await world.pay(GOOD), Authorised)
        at_once = await world.pay("4000000000000077")
        assert at_once.available_at_once

    outside(story)


def test_every_documented_number_has_its_check_digit_and_its_own_name():
    assert all(luhn_ok(card.number) for card in ALL)
    tokens = [card.token for card in ALL if card.token]
    assert len(tokens) == len(set(tokens))
    assert by_token("pm_card_visa") is by_token("tok_visa") is not None


def test_it_refuses_a_card_that_could_be_somebodys_own(outside):
    async def story(world: World) -> None:
        answer = await world.pay("4012888888881881")
        assert isinstance(answer, Declined)
        assert answer.decline_code == "test_mode_live_card"

    outside(story)


def test_it_refuses_a_card_after_its_month(outside):
    async def story(world: World) -> None:
        assert isinstance(await world.pay(GOOD, exp_month=3, exp_year=2026), Authorised)
        answer = await world.pay(GOOD, exp_month=2, exp_year=2026)
        assert isinstance(answer, Declined)
        assert answer.code == "expired_card"

    outside(story)


def test_it_answers_the_same_to_the_same_reference(outside):
    async def story(world: World) -> None:
        first = await world.pay(GOOD, "ref")
        again = await asyncio.gather(*(world.pay(GOOD, "ref") for _ in range(20)))
        assert all(answer == first for answer in again)
        assert await world.pool.fetchval("SELECT count(*) FROM simulator.answers") == 1

    outside(story)


@pytest.mark.parametrize(
    ("number", "then"),
    [
        (ALWAYS_3DS, Authorised),
        ("4000002500003155", Authorised),
        ("4000003800000446", Authorised),
        ("4000008260003178", Declined),
        ("4000008400001629", Declined),
        ("4000000000003220", Authorised),
    ],
)
def test_it_wants_a_challenge_first_and_then_answers(outside, number, then):
    async def story(world: World) -> None:
        asked = await world.pay(number, "ref")
        assert isinstance(asked, ChallengeRequired)
        assert await world.pay(number, "ref") == asked
        passed = await world.rails.desk.respond(asked.challenge, secret="123456")
        assert passed is not None
        final = await world.pay(number, "ref")
        assert isinstance(final, then)
        assert final.authenticated
        assert await world.rails.card.lookup("ref") == final

    outside(story)


def test_a_challenge_is_failed_after_three_wrong_codes(outside):
    async def story(world: World) -> None:
        asked = await world.pay(ALWAYS_3DS, "ref")
        for left in (2, 1, 0):
            shown = await world.rails.desk.respond(asked.challenge, secret="999999")
            assert shown is not None
            assert shown.tries_left == left
        await world.rails.desk.respond(asked.challenge, secret="123456")
        answer = await world.pay(ALWAYS_3DS, "ref")
        assert isinstance(answer, Declined)
        assert answer.code == "payment_intent_authentication_failure"

    outside(story)


def test_a_challenge_nobody_answers_is_abandoned(outside):
    async def story(world: World) -> None:
        asked = await world.pay(ALWAYS_3DS, "ref")
        world.clock.move(minutes=11)
        late = await world.rails.desk.respond(asked.challenge, secret="123456")
        assert late is not None
        assert late.state == "abandoned"
        assert isinstance(await world.rails.card.lookup("ref"), Declined)

    outside(story)


def test_off_session_it_says_that_authentication_is_required(outside):
    async def story(world: World) -> None:
        answer = await world.pay(ALWAYS_3DS, off_session=True)
        assert isinstance(answer, Declined)
        assert answer.code == "authentication_required"
        ready = await world.pay("4000003800000446", off_session=True)
        assert isinstance(ready, Authorised)
        unknown = await world.pay("4000002500003155", off_session=True)
        assert isinstance(unknown, Declined)
        agreed = await world.pay("4000002500003155", off_session=True, agreement="nt_setatt_1")
        assert isinstance(agreed, Authorised)

    outside(story)


def test_it_challenges_a_supporting_card_only_when_asked(outside):
    async def story(world: World) -> None:
        assert isinstance(await world.pay("4000000000003055"), Authorised)
        asked = await world.pay("4000000000003055", force_challenge=True)
        assert isinstance(asked, ChallengeRequired)
        assert asked.kind is ChallengeKind.CODE
        assert isinstance(await world.pay("378282246310005", force_challenge=True), Authorised)

    outside(story)


def test_a_lost_reply_is_unknown_and_found_again_by_lookup(outside):
    async def story(world: World) -> None:
        await world.conduct(lose_replies=1)
        assert isinstance(await world.pay(GOOD, "ref"), Unknown)
        assert isinstance(await world.rails.card.lookup("ref"), Authorised)

    outside(story)


def test_a_slow_answer_is_unknown_and_happens_all_the_same(outside):
    async def story(world: World) -> None:
        await world.conduct(slow_ms=200)
        assert isinstance(await world.pay(GOOD, "ref", deadline_s=0.02), Unknown)
        await asyncio.sleep(0.4)
        assert isinstance(await world.rails.card.lookup("ref"), Authorised)

    outside(story)


def test_a_lookup_closes_a_reference_that_is_still_on_its_way(outside):
    async def story(world: World) -> None:
        await world.conduct(slow_ms=200)
        assert isinstance(await world.pay(GOOD, "ref", deadline_s=0.02), Unknown)
        assert isinstance(await world.rails.card.lookup("ref"), NeverSeen)
        await asyncio.sleep(0.4)
        assert isinstance(await world.rails.card.lookup("ref"), NeverSeen)
        assert isinstance(await world.pay(GOOD, "ref"), Declined)

    outside(story)


def test_a_network_that_is_down_says_no_to_a_new_payment_and_nothing_of_an_old_one(outside):
    async def story(world: World) -> None:
        await world.pay(GOOD, "old")
        await world.conduct(down=True)
        fresh = await world.pay(GOOD, "new")
        assert isinstance(fresh, Declined)
        assert fresh.decline_code == "issuer_not_available"
        assert isinstance(await world.pay(GOOD, "old"), Unknown)
        assert isinstance(await world.rails.card.lookup("old"), Unknown)
        await world.conduct(down=False)
        assert isinstance(await world.rails.card.lookup("old"), Authorised)

    outside(story)


def test_it_refunds_no_more_than_was_taken(outside):
    async def story(world: World) -> None:
        await world.pay(GOOD, "ref")
        first = await world.rails.card.refund(Followup("re_1", "ref", 60_00))
        again = await world.rails.card.refund(Followup("re_1", "ref", 60_00))
        assert first == again
        second = await world.rails.card.refund(Followup("re_2", "ref", 60_00))
        assert isinstance(second, Declined)

    outside(story)


def test_its_book_holds_no_card_number(outside):
    async def story(world: World) -> None:
        await world.pay(GOOD)
        await world.pay(ALWAYS_3DS)
        rows = await world.pool.fetch("SELECT a::text AS line FROM simulator.answers a")
        assert not any(number in row["line"] for row in rows for number in (GOOD, ALWAYS_3DS))

    outside(story)


def test_every_card_stands_in_the_document():
    page = Path("docs/test-cards.md").read_text(encoding="utf-8").replace(" ", "")
    assert [card.number for card in ALL if f"`{card.number}`" not in page] == []
    assert f"`{CODE}`" in page
    assert f"`{WALLET_PIN}`" in page
