"""One payment's fees, by rates of its day."""

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maalem.payments.fees.decide import (
    ChargeFacts,
    Schedule,
    day_of,
    fee_for,
    origin_of,
    returned,
)
from maalem.payments.fees.records import Rate, Terms, returnable

DAY = date(2026, 11, 22)


def rate(id: str, line: str = "service", /, **fields: Any) -> Rate:
    plan = {"plan_id": "standard"} if line == "service" else {}
    return Rate(
        **{"id": id, "line": line, "share_bps": 0, "valid_from": date(2020, 1, 1), **plan, **fields}
    )


def facts(amount: int = 10_000, **fields: Any) -> ChargeFacts:
    given = {"account_id": "acct_souk", "currency": "mad", "rail": "card", "origin": "domestic"}
    return ChargeFacts(amount=amount, **{**given, **fields})


def service(schedule: Schedule, asked: ChargeFacts, on: date = DAY) -> str | None:
    line = fee_for(asked, schedule, on=on).service
    return line and line.rate


BOOK = Schedule(
    rates=(
        rate("any", share_bps=200),
        rate("wallet", share_bps=90, rail="wallet"),
        rate("home", share_bps=140, rail="card", origin="domestic"),
        rate("home-debit", share_bps=110, rail="card", origin="domestic", funding="debit"),
        rate("coop", share_bps=80, plan_id="co_operative"),
        rate("school", share_bps=50, plan_id="co_operative", merchant_kind="school"),
        rate("old", "interchange", share_bps=120, origin="domestic", valid_until=date(2024, 10, 1)),
        rate("cap", "interchange", share_bps=65, origin="domestic", valid_from=date(2024, 10, 1)),
    ),
    terms={
        "acct_coop": (Terms(account_id="acct_coop", plan_id="co_operative", valid_from=DAY),),
        "acct_school": (
            Terms(
                account_id="acct_school",
                plan_id="co_operative",
                merchant_kind="school",
                valid_from=DAY,
            ),
        ),
    },
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (facts(), "home"),
        (facts(funding="debit"), "home-debit"),
        (facts(funding="credit"), "home"),
        (facts(origin="foreign"), "any"),
        (facts(origin=None), "any"),
        (facts(rail="wallet", origin=None), "wallet"),
        (facts(account_id="acct_coop"), "coop"),
        (facts(account_id="acct_school"), "school"),
    ],
)
def test_the_most_exact_rate_counts(asked, found):
    assert service(BOOK, asked) == found


def test_terms_count_from_their_day():
    assert service(BOOK, facts(account_id="acct_coop"), date(2026, 11, 21)) == "home"


@pytest.mark.parametrize(
    ("on", "amount"), [(date(2024, 9, 30), 120), (date(2024, 10, 1), 65), (DAY, 65)]
)
def test_interchange_at_home_is_of_its_day(on, amount):
    line = fee_for(facts(10_000), BOOK, on=on).interchange
    assert line is not None
    assert line.amount == amount


def test_foreign_cards_have_no_interchange_of_ours():
    assert fee_for(facts(origin="foreign"), BOOK, on=DAY).interchange is None


@pytest.mark.parametrize(
    ("amount", "fields", "fee"),
    [
        (10_000, {"share_bps": 145}, 145),
        (10_000, {"share_bps": 145, "fixed": 200}, 345),
        (10_000_000, {"share_bps": 145, "fixed": 200, "cap": 50_000}, 50_000),
        (150, {"fixed": 200}, 150),
        (100, {"share_bps": 50}, 1),  # half a centime is rounded up
        (99, {"share_bps": 50}, None),
        (1, {"share_bps": 0}, None),
    ],
)
def test_a_share_and_a_fixed_part_up_to_a_cap_and_the_amount(amount, fields, fee):
    book = Schedule(rates=(rate("one", currency="mad", **fields),))
    line = fee_for(facts(amount), book, on=DAY).service
    assert (line and line.amount) == fee


def test_without_a_rate_the_setting_is_the_share():
    fees = fee_for(facts(), Schedule(default_bps=180), on=DAY)
    assert (fees.fee, fees.costs) == (180, 0)
    assert fees.frozen() == [
        {
            "line": "service",
            "of": 10_000,
            "amount": 180,
            "rate": "setting",
            "share_bps": 180,
        }
    ]
    assert fee_for(facts(), Schedule(), on=DAY).frozen() is None


def test_a_day_is_the_institutions():
    assert day_of(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)
    assert [origin_of(c) for c in ("MA", "FR", None)] == ["domestic", "foreign", None]


@given(
    amount=some.integers(1, 99_999_999),
    bps=some.integers(0, 10_000),
    fixed=some.integers(0, 10_000_000),
)
def test_no_fee_is_more_than_the_payment_nor_interchange_than_its_share(amount, bps, fixed):
    book = Schedule(
        rates=(
            rate("ours", share_bps=bps, fixed=fixed, currency="mad", on_refund="returned"),
            rate("theirs", "interchange", share_bps=65, origin="domestic"),
        )
    )
    fees = fee_for(facts(amount), book, on=DAY)
    assert 0 <= fees.fee <= amount
    assert fees.costs * 10_000 <= amount * 65
    kept = fees.frozen(after=fees.frozen())
    assert returnable(kept, "service") == 2 * fees.fee
    assert returnable(kept, "interchange") == 0


@given(
    fee=some.integers(0, 5_000),
    cuts=some.lists(some.integers(1, 4_999), unique=True, max_size=6),
)
def test_refunds_of_a_whole_charge_give_back_the_whole_fee_and_never_more(fee, cuts):
    """P13: whatever the parts, a fee that is returned is returned to the centime."""
    before = 0
    for start, end in pairwise([0, *sorted(cuts), 5_000]):
        back = returned(fee, amount=end - start, captured=5_000, refunded=end, before=before)
        assert 0 <= back <= end - start
        before += back
        assert before <= fee
    assert before == fee
