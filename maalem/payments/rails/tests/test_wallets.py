from datetime import date

import pytest

from maalem.payments.rails import decide
from maalem.payments.rails.ports import Authorised, ChallengeRequired, Declined
from maalem.payments.rails.tests.conftest import World
from maalem.payments.rails.wallet_levels import cap, highest_cap

PHONE = "+212661000101"


def test_a_wallet_pays_once_its_holder_has_approved(outside):
    async def story(world: World) -> None:
        asked = await world.ask_wallet(PHONE, 150_00, "ref")
        assert isinstance(asked, ChallengeRequired)
        assert asked.kind == "wallet"
        await world.rails.desk.respond(asked.challenge, secret="1234")
        assert isinstance(await world.ask_wallet(PHONE, 150_00, "ref"), Authorised)
        left = await world.pool.fetchval("SELECT balance FROM simulator.wallets")
        assert left == 20_000_00 - 150_00

    outside(story)


def test_a_wallet_that_refuses_is_a_decline(outside):
    async def story(world: World) -> None:
        asked = await world.ask_wallet(PHONE, 150_00, "ref")
        await world.rails.desk.refuse(asked.challenge)
        assert isinstance(await world.ask_wallet(PHONE, 150_00, "ref"), Declined)

    outside(story)


@pytest.mark.parametrize(
    ("phone", "amount", "decline_code"),
    [
        (decide.PHONE_NO_FUNDS, 100_00, "insufficient_funds"),
        (decide.PHONE_SMALL_CAP, 200_01, "withdrawal_count_limit_exceeded"),
        (PHONE, 20_000_01, "withdrawal_count_limit_exceeded"),
        (decide.PHONE_REFUSES, 100_00, "do_not_honor"),
    ],
)
def test_it_says_why_a_wallet_can_not_pay(outside, phone, amount, decline_code):
    async def story(world: World) -> None:
        asked = await world.ask_wallet(phone, amount, "ref")
        await world.rails.desk.respond(asked.challenge, secret="1234")
        answer = await world.ask_wallet(phone, amount, "ref")
        assert isinstance(answer, Declined)
        assert answer.decline_code == decline_code

    outside(story)


def test_a_telephone_without_a_wallet_is_told_at_once(outside):
    async def story(world: World) -> None:
        answer = await world.ask_wallet(decide.PHONE_NO_WALLET, 100_00)
        assert isinstance(answer, Declined)
        assert answer.decline_code == "invalid_account"

    outside(story)


def test_a_wallet_empties_and_is_filled_the_next_day(outside):
    async def story(world: World) -> None:
        for reference, expected in (("a", Authorised), ("b", Declined)):
            asked = await world.ask_wallet(PHONE, 15_000_00, reference)
            await world.rails.desk.respond(asked.challenge, secret="1234")
            assert isinstance(await world.ask_wallet(PHONE, 15_000_00, reference), expected)
        world.clock.move(days=1)
        asked = await world.ask_wallet(PHONE, 15_000_00, "c")
        await world.rails.desk.respond(asked.challenge, secret="1234")
        assert isinstance(await world.ask_wallet(PHONE, 15_000_00, "c"), Authorised)

    outside(story)


def test_the_caps_are_those_of_the_three_levels():
    day = date(2026, 3, 2)
    assert [cap(level, on=day) for level in (1, 2, 3)] == [200_00, 5_000_00, 20_000_00]
    assert highest_cap(on=day) == 20_000_00
