import pytest
from hypothesis import given
from hypothesis import strategies as st

from maalem.kit.money import CurrencyMismatch, Money, share, split

amounts = st.integers(min_value=-(10**12), max_value=10**12)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any)


@given(amounts, weights)
def test_the_parts_of_a_split_add_up_to_the_whole(amount: int, given_weights: list[int]):
    assert sum(split(amount, weights=given_weights)) == amount


@given(amounts, weights)
def test_no_part_is_more_than_one_unit_from_its_exact_share(amount: int, given_weights: list[int]):
    total = sum(given_weights)
    for part, weight in zip(split(amount, weights=given_weights), given_weights, strict=True):
        assert abs(part * total - amount * weight) < total


def test_equal_remainders_go_to_the_earlier_part():
    assert split(100, weights=[1, 1, 1]) == [34, 33, 33]
    assert split(-100, weights=[1, 1, 1]) == [-34, -33, -33]


def test_a_weight_of_zero_gets_nothing():
    assert split(5, weights=[0, 1]) == [0, 5]


@pytest.mark.parametrize("bad", [[], [0, 0], [-1, 2]])
def test_it_refuses_weights_that_share_nothing(bad: list[int]):
    with pytest.raises(ValueError):
        split(5, weights=bad)


@pytest.mark.parametrize(
    ("amount", "bps", "expected"),
    [(10_000, 650, 650), (50, 100, 1), (49, 100, 0), (-50, 100, -1), (333, 2000, 67), (0, 50, 0)],
)
def test_a_rate_rounds_half_away_from_zero(amount: int, bps: int, expected: int):
    assert share(amount, bps=bps) == expected


def test_no_float_comes_near():
    with pytest.raises(TypeError):
        Money(0.1 + 0.2)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True)  # bool is an int to isinstance, and no amount
    with pytest.raises(TypeError):
        Money(100) * 1.5  # type: ignore[operator]
    with pytest.raises(TypeError):
        share(100, bps=2.5)  # type: ignore[arg-type]


def test_two_currencies_never_mix():
    for mix in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(CurrencyMismatch):
            mix(Money(1, "MAD"), Money(1, "EUR"))


def test_an_unknown_currency_is_refused():
    with pytest.raises(ValueError, match="unknown currency"):
        Money(1, "XXX")


def test_it_adds_takes_away_and_compares():
    assert Money(5) + Money(7) - Money(2) == Money(10)
    assert -Money(5) < Money(0) <= Money(0)
    assert Money(3) * 4 == Money(12)
    assert not Money(0)
    assert [part.minor for part in Money(10).split([1, 3])] == [3, 7]
    assert Money(10_000).rate(125) == Money(125)
