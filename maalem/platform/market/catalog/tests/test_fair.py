"""What a price is made of adds up, and an hour's pay is never told as more than it is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maalem.platform.market.catalog.fair import card
from maalem.platform.market.commission.decide import NoRule, parse_rule

DAY = date(2026, 11, 23)
FACTS = {"kind": "artisan", "craft": "rugs", "region": "08", "artisan": "fadma"}


def rule(bps):
    return parse_rule("all", conditions={}, rate_bps=bps, starts_on=date(2026, 1, 1))


def of(price, *, materials=0, minutes=60, bps=800):
    return card(
        price, materials_minor=materials, minutes=minutes, rules=[rule(bps)], facts=FACTS, on=DAY
    )


def test_a_carpet_of_forty_hours():
    found = of(120_000, materials=30_000, minutes=40 * 60)
    # 8 % of commission and a fifth of tax on it.
    assert found.platform_minor == 9_600 + 1_920
    assert found.work_minor == 120_000 - 11_520 - 30_000
    assert found.hourly_minor == 1_962
    assert found.percents == (25, 65, 10)
    assert found.is_under(1_963)
    assert not found.is_under(1_962)


@given(
    some.integers(100, 10**8),
    some.integers(0, 10**8),
    some.integers(1, 10**5),
    some.integers(0, 5_000),
)
def test_the_parts_are_the_price_and_the_bar_is_whole(price, materials, minutes, bps):
    found = of(price, materials=materials, minutes=minutes, bps=bps)
    assert found.materials_minor + found.platform_minor + found.work_minor == price
    assert sum(found.percents) == 100
    assert min(found.percents) >= 0
    assert found.hourly_minor * minutes <= found.work_minor * 60
    assert not found.is_under(0) or found.work_minor < 0


def test_without_a_rule_nothing_is_guessed():
    with pytest.raises(NoRule):
        card(1_000, materials_minor=0, minutes=1, rules=[], facts=FACTS, on=DAY)
