"""Payments that several share: where the money is after each verb, and that the books agree."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maalem.payments.acquiring import chores
from maalem.payments.acquiring import refund as refunding
from maalem.payments.acquiring.capture import capture
from maalem.payments.acquiring.connect import application_fee
from maalem.payments.acquiring.connect.taking_back import proportional
from maalem.payments.acquiring.connect.tests.shared import (
    books,
    both,
    charge_of,
    destination,
    direct,
    give_back,
)
from maalem.payments.acquiring.tests.test_money import has, rail, tell  # noqa: F401
from maalem.payments.acquiring.transfer import reverse
from maalem.payments.errors import Refused
from maalem.payments.ledger.balances import release_available
from maalem.payments.ledger.verify import verify
from maalem.payments.tests.world import World, world
from maalem.payments.units import UnitRefused

BOTH = {"reverse_transfer": True, "refund_fee": True}


def everyway(w: World) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each way to share a payment of 10,000, with the flags that take all of it back."""
    return [
        (destination(w, fee=1_234), BOTH),
        (destination(w, passed=8_001), {"reverse_transfer": True}),
        (destination(w), {"reverse_transfer": True}),
        (direct(w, fee=1_234), {"refund_fee": True}),
    ]


@pytest.mark.parametrize("delay", [172_800, 0])
@pytest.mark.parametrize("pieces", [(10_000,), (3_333, 3_333, 3_334), (1, 9_999)])
def test_a_full_refund_leaves_the_books_as_before_the_sale(tell, delay, pieces):  # noqa: F811
    """P13: with both flags, in one piece or in several, everybody has what she had."""

    async def story(w: World) -> None:
        await w.pay(5_000)
        before = await books(w)
        for terms, flags in everyway(w):
            paid = await w.pay(10_000, **terms)
            assert await books(w) != before
            for piece in pieces:
                done = await give_back(w, paid, amount=piece, **flags)
                assert done.refund.status == "succeeded"
            assert await books(w) == before
        w.clock.move(days=3)
        await release_available(w.payments)
        assert await has(w, w.seller) == (0, 0)
        assert await has(w, w.platform) == (0, 5_000)

    tell(story, settlement_delay_s=delay)


def test_a_refund_finds_the_money_where_it_is_by_then(tell):  # noqa: F811
    """P13: also after the settlement day, when all of it is available."""

    async def story(w: World) -> None:
        paid = [await w.pay(10_000, **terms) for terms, _ in everyway(w)]
        w.clock.move(days=3)
        await release_available(w.payments)
        for one, (_, flags) in zip(paid, everyway(w), strict=True):
            await give_back(w, one, **flags)
        assert await books(w) == {}

    tell(story)


def test_a_refund_without_flags_is_the_platforms_own_loss(tell):  # noqa: F811
    async def story(w: World) -> None:
        await w.pay(20_000)
        paid = await w.pay(10_000, **destination(w, fee=1_000))
        await give_back(w, paid, amount=4_000)
        assert (await has(w, w.platform), await has(w, w.seller)) == ((17_000, 0), (9_000, 0))
        await give_back(w, paid, amount=3_000, refund_fee=True)
        assert (await has(w, w.platform), await has(w, w.seller)) == ((13_700, 0), (9_300, 0))
        await give_back(w, paid, amount=3_000, reverse_transfer=True)
        assert (await has(w, w.platform), await has(w, w.seller)) == ((13_700, 0), (6_300, 0))

    tell(story)


def test_what_a_hold_promised_is_shared_when_it_is_taken(tell):  # noqa: F811
    async def story(w: World) -> None:
        for terms in (destination(w, fee=3_000), direct(w, fee=3_000)):
            held = await w.pay(10_000, capture_method="manual", **terms)
            assert (await both(w, held)) == (None, None)
            await capture(w.payments, intent=held.intent, amount=2_000)
            paid = await both(w, held)
            assert paid[1] is not None
            assert paid[1].amount == 2_000

    for delay in (172_800, 0):
        tell(story, settlement_delay_s=delay)


@pytest.mark.parametrize("delay", [172_800, 0])
def test_fees_that_a_sale_does_not_cover_are_owed_and_the_sale_stands(tell, delay):  # noqa: F811
    """P14: what the payer's bank promised is taken and shared, whoever is short of it."""

    async def story(w: World) -> None:
        for terms in (destination(w), direct(w, fee=10_000)):
            for held in (False, True):
                method = "manual" if held else "automatic"
                paid = await w.pay(10_000, capture_method=method, **terms)
                if held:
                    await capture(w.payments, intent=paid.intent)
                assert (await w.fresh(paid.intent)).status == "succeeded"
        # Twice 10,000 to the seller, twice her fee of 10,000 to the platform, 180 of ours each.
        found = await books(w)
        assert found[(w.platform.id, "owed")] == (-360, 0)
        assert found[(w.seller.id, "owed")] == (-360, 0)
        assert found[("house", "fees")] == (720, 0)
        w.clock.move(days=3)
        await release_available(w.payments)
        assert (await has(w, w.platform), await has(w, w.seller)) == ((0, 20_000), (0, 20_000))

    tell(story, settlement_delay_s=delay, fee_bps=180)


def test_a_refund_that_the_seller_can_not_pay_is_refused_and_nothing_is_asked(tell):  # noqa: F811
    async def story(w: World) -> None:
        paid = await w.pay(1_000, **destination(w))
        # A sale of her own that was refunded while the platform kept its fee.
        own = await w.pay(900, **direct(w, fee=800))
        await give_back(w, own)
        assert await has(w, w.seller) == (200, 0)
        before = await books(w)
        with pytest.raises(UnitRefused) as refused:
            await give_back(w, paid, reverse_transfer=True)
        assert refused.value.word == "exceeds_credits"
        assert await books(w) == before
        await give_back(w, paid, amount=200, reverse_transfer=True)

    tell(story)


def test_a_refund_that_the_network_refuses_gives_everybody_hers_back(tell):  # noqa: F811
    async def story(w: World) -> None:
        for terms, flags in everyway(w):
            paid = await w.pay(10_000, **terms)
            before = await books(w)
            await w.payments.pool.execute(
                "UPDATE simulator.answers SET amount = 1 WHERE reference = $1", paid.attempt.id
            )
            failed = await give_back(w, paid, amount=5_000, **flags)
            assert failed.refund.status == "failed"
            assert await books(w) == before
            transfer, fee = await both(w, paid)
            assert transfer is None or (transfer.amount_reversed, transfer.left) == (
                0,
                transfer.amount,
            )
            assert fee is None or (fee.amount_refunded, fee.left) == (0, fee.amount)
            charge = await charge_of(w, paid)
            assert charge.amount_refunded == 0

    tell(story)


def test_whoever_finishes_a_shared_refund_second_finds_it_finished(tell):  # noqa: F811
    """P1: the job and a retry have read the same waiting refund; one finds everything done."""

    async def story(w: World) -> None:
        paid = await w.pay(10_000, **destination(w, fee=1_000))
        await rail(w, down=True)
        waiting = (await give_back(w, paid, amount=4_000, **BOTH)).refund
        await rail(w, down=False)
        assert waiting.status == "pending"
        for _ in range(2):
            done = await refunding.go_on(w.payments, waiting)
            assert done.refund.status == "succeeded"
        assert (await has(w, w.platform), await has(w, w.seller)) == ((600, 0), (5_400, 0))

    tell(story)


def test_what_a_refund_waits_to_take_back_nobody_else_takes(tell):  # noqa: F811
    """P12: the parts of a refund whose answer was lost are spoken for until it is found."""

    async def story(w: World) -> None:
        paid = await w.pay(10_000, **destination(w, fee=1_000))
        await rail(w, lose_replies=1)
        waiting = await give_back(w, paid, amount=6_000, **BOTH)
        assert waiting.refund.status == "pending"
        transfer, fee = await both(w, paid)
        assert transfer is not None
        assert fee is not None
        assert (transfer.left, fee.left) == (4_000, 400)
        with pytest.raises(Refused):
            await reverse(w.payments, given=transfer, amount=4_001)
        with pytest.raises(Refused):
            await application_fee.refund(w.payments, fee=fee, amount=401)
        rest = await reverse(w.payments, given=transfer, refund_fee=True)
        await w.payments.writer.commit(rest.unit)
        w.clock.move(minutes=1)
        assert await chores.resolve_unknown(w.payments) == 1
        transfer, fee = await both(w, paid)
        assert transfer is not None
        assert fee is not None
        assert (transfer.amount_reversed, transfer.amount_reserved) == (10_000, 0)
        assert (fee.amount_refunded, fee.amount_reserved) == (1_000, 0)

    tell(story)


def test_refunds_at_once_never_take_back_more_than_was_shared(tell):  # noqa: F811
    """P12: many refunds race, with and without flags: no sum passes its whole."""

    async def story(w: World) -> None:
        await w.pay(50_000)
        paid = await w.pay(1_000, **destination(w, fee=333))

        async def one(number: int) -> int:
            flags = {"reverse_transfer": bool(number % 2), "refund_fee": number % 3 > 0}
            try:
                done = await give_back(w, paid, amount=70 + number, **flags)
            except Refused:
                return 0
            return done.refund.amount

        given = sum(await asyncio.gather(*(one(number) for number in range(20))))
        charge = await charge_of(w, paid)
        assert given == charge.amount_refunded <= 1_000
        assert 1_000 - given < 90
        transfer, fee = await both(w, paid)
        assert transfer is not None
        assert fee is not None
        sums = await w.payments.pool.fetchrow(
            "SELECT sum(transfer_part)::bigint AS t, sum(fee_part)::bigint AS f FROM refunds"
        )
        assert (transfer.amount_reversed, fee.amount_refunded) == (sums["t"], sums["f"])

    tell(story)


@given(
    whole=st.integers(0, 10**10),
    pieces=st.lists(st.integers(1, 10**9), min_size=1, max_size=12),
)
def test_proportional_pieces_end_exactly_at_the_whole(whole, pieces):
    """P11: whatever is refunded in whatever pieces, the parts add up and none is far off."""
    of, part, gone = sum(pieces), 0, 0
    for piece in pieces:
        part += piece
        taken = proportional(whole, part=part, of=of, gone=gone)
        assert abs(taken * of - whole * piece) <= of
        gone += taken
    assert gone == whole


def test_any_payment_is_shared_and_taken_back_to_the_centime(fresh_payments_dsn):
    """P11, P13: for any amount, fee and pieces the parts sum to the whole and nothing is left."""

    @settings(
        max_examples=20,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(data=st.data())
    def run(data: Any) -> None:
        amount = data.draw(st.integers(1, 99_999_999))
        cuts = data.draw(st.lists(st.integers(1, amount), max_size=4))
        edges = sorted({0, amount, *cuts})
        pieces = [high - low for low, high in pairwise(edges)]
        way = data.draw(st.sampled_from(["fee", "passed", "direct"]))
        part = data.draw(st.integers(1, amount))
        asyncio.run(whole(amount, pieces, way=way, part=part))

    async def whole(amount: int, pieces: list[int], *, way: str, part: int) -> None:
        async with world(fresh_payments_dsn.app) as w:
            terms: Any = {
                "fee": lambda: destination(w, fee=part),
                "passed": lambda: destination(w, passed=part),
                "direct": lambda: direct(w, fee=part),
            }[way]()
            paid = await w.pay(amount, **terms)
            theirs = [await has(w, owner) for owner in (w.platform, w.seller)]
            assert sum(pending for pending, _ in theirs) == amount
            flags = {"reverse_transfer": way != "direct", "refund_fee": way != "passed"}
            for piece in pieces:
                await give_back(w, paid, amount=piece, **flags)
            assert [await has(w, owner) for owner in (w.platform, w.seller)] == [(0, 0), (0, 0)]

    run()
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert report.clean, report.findings
