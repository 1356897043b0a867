"""What several share, folded into accounts: who has what afterwards."""

import pytest

from maalem.payments.ledger import recipes
from maalem.payments.ledger.tests.test_recipes import OWNER, SELLER, fold

SALE = {"owner": OWNER, "by": "card", "amount": 1_000, "fee": 0, "currency": "mad"}
RAIL = ("house", "rail_card")


def destination_charge() -> recipes.Chain:
    alike = {"currency": "mad", "bucket": "pending"}
    return (
        recipes.charge("ch_1", **SALE, bucket="pending")
        + recipes.transfer("tr_1", owner=OWNER, to=SELLER, amount=1_000, **alike)
        + recipes.application_fee("fee_1", owner=OWNER, paid_by=SELLER, amount=120, **alike)
    )


def shares(platform: int, seller: int) -> list[recipes.Share]:
    return [
        recipes.Share(OWNER, "pending", platform),
        recipes.Share(SELLER, "pending", seller),
    ]


def test_a_destination_charge_leaves_the_fee_with_the_platform_and_the_rest_with_the_seller():
    posted, held = fold(destination_charge())
    assert posted == {RAIL: -1_000, (OWNER, "pending"): 120, (SELLER, "pending"): 880}
    assert held == {}


def test_a_shared_refund_is_held_where_it_is_and_leaves_nothing():
    what = {"shares": shares(120, 880), "by": "card", "currency": "mad"}
    reserve = recipes.shared_reserve("re_1", **what)
    _, held = fold(reserve)
    assert held == {RAIL: 1_000, (OWNER, "pending"): -120, (SELLER, "pending"): -880}
    alike = {"currency": "mad", "bucket": "pending"}
    given = (
        recipes.shared_freed("re_1", **what)
        + recipes.reversal("trr_1", owner=OWNER, back_from=SELLER, amount=1_000, **alike)
        + recipes.application_fee_refund("fr_1", owner=OWNER, paid_by=SELLER, amount=120, **alike)
        + recipes.shared_refund("re_1", owner=OWNER, by="card", amount=1_000, **alike)
    )
    assert fold(destination_charge(), reserve, given) == ({}, {})
    assert fold(reserve, recipes.shared_freed("re_1", **what)) == ({}, {})


@pytest.mark.parametrize("fee", [0, 30])
def test_who_pays_nothing_of_a_refund_has_nothing_held(fee):
    what = {"shares": shares(0, 970), "by": "card", "currency": "mad", "fee": fee}
    reserve = recipes.shared_reserve("re_1", **what)
    assert len(reserve.transfers) == 1 + bool(fee)
    assert fold(reserve, recipes.shared_freed("re_1", **what)) == ({}, {})


def test_an_advance_is_owed():
    posted, _ = fold(
        recipes.advance("ch_1", owner=OWNER, amount=25, currency="mad", bucket="pending")
    )
    assert posted == {(OWNER, "owed"): -25, (OWNER, "pending"): 25}
