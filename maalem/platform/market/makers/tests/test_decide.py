"""Dividing what a co-operative sold: any rules, any sales, and not a centime made or lost."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maalem.platform.market.makers.decide import FUND, Rule, Sold, back, divide, in_force

DAY = date(2026, 11, 23)
FADMA, ITTO, RKIA = 1, 2, 3
RULE = Rule(DAY, maker_bps=7_000, fund_bps=1_000, equal_bps=2_000)


@st.composite
def rules(draw) -> Rule:
    first, second = sorted(draw(st.tuples(*[st.integers(0, 10_000)] * 2)))
    return Rule(DAY, maker_bps=first, fund_bps=second - first, equal_bps=10_000 - second)


SALES = st.lists(
    st.builds(
        Sold, maker=st.one_of(st.none(), st.integers(1, 6)), total_minor=st.integers(1, 10**8)
    ),
    min_size=1,
    max_size=6,
)
AMOUNTS = st.integers(0, 10**9)


@given(
    AMOUNTS,
    SALES,
    st.sets(st.integers(1, 8), max_size=8),
    st.one_of(st.none(), rules()),
    st.integers(0, 99),
)
def test_the_parts_of_any_sale_add_up_to_it(amount, sold, active, rule, turn):
    parts = divide(amount, sold=sold, active=active, rule=rule, turn=turn)
    assert sum(parts.values()) == amount
    assert min(parts.values()) >= 0
    assert set(parts) <= active | {line.maker for line in sold} | {FUND}


@given(AMOUNTS, SALES, rules(), st.lists(st.integers(1, 10**9), max_size=6))
def test_nobody_gives_back_more_than_she_has_however_often(amount, sold, rule, asked):
    standing = divide(amount, sold=sold, active=[FADMA, ITTO], rule=rule)
    for wish in asked:
        left = sum(standing.values())
        taken = min(wish, left)
        if not taken:
            break
        given_back = back(taken, standing=standing)
        assert sum(given_back.values()) == taken
        standing = {owner: part - given_back.get(owner, 0) for owner, part in standing.items()}
        assert min(standing.values()) >= 0
    left = sum(standing.values())
    if left:
        assert back(left, standing=standing) == {o: part for o, part in standing.items() if part}


def test_a_piece_pays_its_maker_the_fund_and_all():
    parts = divide(100_000, sold=[Sold(FADMA, 120_000)], active=[FADMA, ITTO], rule=RULE)
    assert parts == {FUND: 10_000, FADMA: 80_000, ITTO: 10_000}


def test_a_piece_without_a_maker_goes_by_the_other_two_parts():
    parts = divide(90_000, sold=[Sold(None, 90_000)], active=[FADMA, ITTO], rule=RULE)
    assert parts == {FUND: 30_000, FADMA: 30_000, ITTO: 30_000}


def test_a_piece_without_a_maker_is_the_funds_where_makers_alone_are_paid():
    all_to_makers = Rule(DAY, maker_bps=10_000, fund_bps=0, equal_bps=0)
    parts = divide(500, sold=[Sold(None, 500)], active=[FADMA], rule=all_to_makers)
    assert {owner: part for owner, part in parts.items() if part} == {FUND: 500}


def test_a_maker_who_left_still_earns_by_her_own_pieces_and_not_by_others():
    parts = divide(20_000, sold=[Sold(RKIA, 1), Sold(FADMA, 1)], active=[FADMA, ITTO], rule=RULE)
    assert parts == {FUND: 2_000, RKIA: 7_000, FADMA: 9_000, ITTO: 2_000}


def test_without_a_rule_all_is_the_common_funds():
    assert divide(777, sold=[Sold(FADMA, 9)], active=[FADMA], rule=None) == {FUND: 777}


def test_with_no_active_maker_the_equal_part_is_the_funds():
    parts = divide(1_000, sold=[Sold(RKIA, 9)], active=[], rule=RULE)
    assert parts == {FUND: 300, RKIA: 700}


def test_the_odd_centime_goes_around():
    equal = Rule(DAY, maker_bps=0, fund_bps=0, equal_bps=10_000)
    luck = [
        max((part, who) for who, part in parts.items() if who is not FUND)[1]
        for turn in range(3)
        for parts in [
            divide(100, sold=[Sold(None, 1)], active=[FADMA, ITTO, RKIA], rule=equal, turn=turn)
        ]
    ]
    assert luck == [FADMA, ITTO, RKIA]


def test_the_rule_of_the_day_of_the_sale_counts():
    early = Rule(date(2026, 1, 1), 10_000, 0, 0)
    late = Rule(date(2026, 6, 1), 0, 10_000, 0)
    corrected = Rule(date(2026, 6, 1), 5_000, 5_000, 0)
    published = [early, late, corrected]
    assert in_force(published, on=date(2025, 12, 31)) is None
    assert in_force(published, on=date(2026, 5, 31)) == published.index(early)
    assert in_force(published, on=date(2026, 6, 1)) == published.index(corrected)


@pytest.mark.parametrize("parts", [(10_000, 1, 0), (5_000, 4_999, 0), (11_000, -1_000, 0)])
def test_a_rule_that_does_not_make_a_whole_is_refused(parts):
    with pytest.raises(ValueError, match="10,000"):
        Rule(DAY, *parts)


@pytest.mark.parametrize("amount", [0, -1, 101])
def test_more_than_stands_is_not_taken_back(amount):
    with pytest.raises(ValueError, match="still stands"):
        back(amount, standing={FADMA: 60, FUND: 40})
