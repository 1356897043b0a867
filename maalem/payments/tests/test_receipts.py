"""Every payment that succeeded has a short number that nobody else has."""

import asyncio
import re

from hypothesis import given
from hypothesis import strategies as st

from maalem.payments import receipts
from maalem.payments.receipts import BLOCK, Receipts, receipt_number
from maalem.payments.tests.world import world

PLACES = st.integers(0, 21**8 - 1)


@given(one=PLACES, other=PLACES)
def test_two_places_have_two_numbers(one, other):
    assert (receipt_number(one) == receipt_number(other)) == (one == other)
    assert re.fullmatch(r"[2-9CFGHJKMPQRVWX]{4}-[2-9CFGHJKMPQRVWX]{4}", receipt_number(one))


def test_neighbours_look_nothing_alike():
    first, second, third = (receipt_number(place) for place in (10_000, 10_001, 10_002))
    assert len({first[:4], second[:4], third[:4]}) == 3


def test_processes_never_share_a_number_and_ask_once_for_ten_thousand(payments_dsn, monkeypatch):
    monkeypatch.setattr(receipts, "BLOCK", 5)

    async def story() -> list[str]:
        async with world(payments_dsn.app) as w:
            one, other = Receipts(w.payments.pool), Receipts(w.payments.pool)
            return await asyncio.gather(*(each.take() for each in (one, other) for _ in range(12)))

    numbers = asyncio.run(story())
    assert len(set(numbers)) == 24
    assert BLOCK == 10_000


def test_a_payment_has_one_when_it_succeeds_and_none_when_it_fails(payments_dsn):
    async def story() -> None:
        async with world(payments_dsn.app) as w:
            paid = await w.pay(5_000)
            held = await w.pay(5_000, capture_method="manual")
            refused = await w.pay(5_000, card="pm_card_visa_chargeDeclined")
            assert paid.charge is not None
            assert held.charge is not None
            assert refused.charge is not None
            assert paid.charge.receipt_number
            assert held.charge.receipt_number
            assert paid.charge.receipt_number != held.charge.receipt_number
            assert refused.charge.receipt_number is None
            stored = await w.payments.pool.fetchval(
                "SELECT receipt_number FROM charges WHERE id = $1", paid.charge.id
            )
            assert stored == paid.charge.receipt_number

    asyncio.run(story())
