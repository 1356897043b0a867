"""Every centime that a buyer pays goes to somebody, for any amounts."""

import os
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maalem.platform.market.commission.decide import (
    BrokenRule,
    Item,
    NoRule,
    Rule,
    first_fit,
    parse_rule,
    split_for_seller,
)

DAY = date(2026, 3, 2)
FACTS = {"kind": "artisan", "craft": "rugs", "region": "08", "artisan": "fadma-ait-baha"}


def rule(name: str = "all", *, rate_bps: int = 800, **conditions: list[str]) -> Rule:
    return parse_rule(name, conditions=conditions, rate_bps=rate_bps, starts_on=date(2026, 1, 1))


rates = st.integers(0, 5_000)
rules = st.builds(
    lambda number, rate: rule(f"r{number}-{rate}", rate_bps=rate), st.integers(0, 3), rates
)
items = st.lists(
    st.builds(Item, total_minor=st.integers(1, 10**12), rule=rules), min_size=1, max_size=12
)


@settings(max_examples=100_000 if "MAALEM_NIGHTLY" in os.environ else 2_000, deadline=None)
@given(st.lists(st.tuples(items, st.integers(0, 10**9)), min_size=1, max_size=5))
def test_the_parts_of_every_seller_add_up_to_what_the_buyer_pays(sellers):
    """P11: for any amounts, sellers and rules."""
    buyer_pays = sum(item.total_minor for parcel, _ in sellers for item in parcel) + sum(
        shipping for _, shipping in sellers
    )
    splits = [split_for_seller(parcel, shipping_minor=fee) for parcel, fee in sellers]
    parts = sum(s.seller_net_minor + s.commission_minor + s.commission_vat_minor for s in splits)
    assert parts == buyer_pays == sum(s.buyer_pays_minor for s in splits)
    for (parcel, _), done in zip(sellers, splits, strict=True):
        assert sum(done.commissions) == done.commission_minor
        assert done.seller_net_minor >= 0
        assert all(part >= 0 for part in done.commissions)
        assert len(done.commissions) == len(parcel)


def test_the_commission_is_a_share_of_the_goods_and_its_tax_a_share_of_it():
    done = split_for_seller([Item(240_000, rule(rate_bps=800))], shipping_minor=6_000)
    assert done.commission_minor == 19_200
    assert done.commission_vat_minor == 3_840
    assert done.seller_net_minor == 240_000 + 6_000 - 19_200 - 3_840


def test_shipping_goes_whole_to_the_seller():
    without = split_for_seller([Item(10_000, rule())], shipping_minor=0)
    with_it = split_for_seller([Item(10_000, rule())], shipping_minor=4_321)
    assert with_it.seller_net_minor - without.seller_net_minor == 4_321


def test_a_commission_is_rounded_once_then_divided_among_the_lines():
    done = split_for_seller([Item(333, rule(rate_bps=1_000))] * 3, shipping_minor=0)
    assert done.commission_minor == 100
    assert done.commissions == (34, 33, 33)


def test_the_first_rule_that_fits_decides():
    rules = [
        rule("weavers", rate_bps=300, craft=["rugs"], kind=["cooperative", "artisan"]),
        rule("south", rate_bps=400, region=["08"]),
        rule("all"),
    ]
    assert first_fit(rules, facts=FACTS, on=DAY).name == "weavers"
    assert first_fit(rules, facts={**FACTS, "kind": "enterprise"}, on=DAY).name == "south"
    assert first_fit(rules, facts={**FACTS, "craft": "pots", "region": "01"}, on=DAY).name == "all"


def test_a_rule_counts_only_between_its_dates():
    spring = parse_rule(
        "spring",
        conditions={},
        rate_bps=0,
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 3, 31),
    )
    rules = [spring, rule("all")]
    assert first_fit(rules, facts=FACTS, on=date(2026, 3, 31)).name == "spring"
    assert first_fit(rules, facts=FACTS, on=date(2026, 4, 1)).name == "all"
    assert first_fit(rules, facts=FACTS, on=date(2026, 2, 28)).name == "all"


@pytest.mark.parametrize(
    "conditions",
    [
        {"krafts": ["rugs"]},
        {"craft": []},
        {"craft": "rugs"},
        {"craft": ["rugs", ""]},
        {"craft": [7]},
        ["craft"],
        None,
    ],
)
def test_a_broken_rule_is_refused_and_never_widened(conditions):
    with pytest.raises(BrokenRule):
        parse_rule("broken", conditions=conditions, rate_bps=800, starts_on=DAY)


@pytest.mark.parametrize("rate_bps", [-1, 5_001, "800", 8.0, True, None])
def test_a_rate_out_of_bounds_is_refused(rate_bps):
    with pytest.raises(BrokenRule):
        parse_rule("broken", conditions={}, rate_bps=rate_bps, starts_on=DAY)


def test_no_fitting_rule_stops_the_sale():
    with pytest.raises(NoRule):
        first_fit([rule("south", region=["09"])], facts=FACTS, on=DAY)
