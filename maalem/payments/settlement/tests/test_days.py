"""When banks work, and when a payout arrives."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maalem.payments.settlement.days import arrival, is_banking_day, is_due, next_banking_day
from maalem.payments.settlement.records import Schedule

AT = datetime(2026, 3, 2, tzinfo=UTC)


def schedule(interval: str, **anchor: object) -> Schedule:
    return Schedule(
        id="acct_x",
        interval=interval,
        delay_days=0,
        minimum_amount=1,
        created_at=AT,
        **anchor,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-03-02", True),
        ("2026-03-01", False),  # a Sunday
        ("2026-01-14", False),  # Yennayer
        ("2023-01-14", False),  # a Saturday in any case
        ("2022-01-14", True),  # not a holiday yet
        ("2025-10-31", True),
        ("2028-10-31", False),
        ("2026-05-27", False),  # Aïd al-Adha, expected
        ("2026-05-29", False),  # the moon may put it off
        ("2026-06-01", True),
    ],
)
def test_banks_keep_weekends_and_feasts(day, works):
    assert is_banking_day(date.fromisoformat(day)) == works


def test_feasts_as_they_were_seen_stand_in_place_of_the_expected():
    seen = {date(2026, 5, 28), date(2026, 5, 29)}
    assert is_banking_day(date(2026, 5, 27), moved=seen)
    assert not is_banking_day(date(2026, 5, 28), moved=seen)
    assert not is_banking_day(date(2027, 5, 17), moved=seen)


@pytest.mark.parametrize(
    ("made", "arrives"),
    [
        ("2026-03-02T09:00", "2026-03-03"),
        ("2026-03-02T14:59", "2026-03-03"),
        ("2026-03-02T15:00", "2026-03-04"),  # too late for the day; in Ramadan, at UTC
        ("2026-07-06T13:59", "2026-07-07"),
        ("2026-07-06T14:00", "2026-07-08"),  # 15:00 in Morocco
        ("2026-10-05T14:59", "2026-10-06"),  # at UTC for good since September
        ("2026-10-05T15:00", "2026-10-07"),
        ("2026-03-06T09:00", "2026-03-09"),
        ("2026-03-07T09:00", "2026-03-10"),
        ("2026-11-05T09:00", "2026-11-09"),  # over the Green March
        ("2026-07-05T23:30", "2026-07-07"),  # Monday already in Morocco
    ],
)
def test_a_payout_arrives_a_banking_day_after_the_bank_has_it(made, arrives):
    at = datetime.fromisoformat(made).replace(tzinfo=UTC)
    assert arrival(at) == date.fromisoformat(arrives)


@pytest.mark.parametrize(
    ("plan", "day", "due"),
    [
        (schedule("daily"), "2026-03-02", True),
        (schedule("daily"), "2026-03-01", False),
        (schedule("manual"), "2026-03-02", False),
        (schedule("weekly", weekly_anchor="monday"), "2026-03-02", True),
        (schedule("weekly", weekly_anchor="monday"), "2026-03-03", False),
        (schedule("weekly", weekly_anchor="friday"), "2026-11-09", True),  # Friday was a feast
        (schedule("monthly", monthly_anchor=31), "2026-06-30", True),
        (schedule("monthly", monthly_anchor=31), "2026-03-02", True),  # February's end, a Saturday
        (schedule("monthly", monthly_anchor=31), "2026-03-03", False),
    ],
)
def test_a_schedule_has_its_days(plan, day, due):
    assert is_due(plan, date.fromisoformat(day)) == due


@given(st.dates(date(2026, 1, 1), date(2030, 12, 1)), st.integers(1, 31))
def test_a_monthly_schedule_pays_once_in_each_month(start, anchor):
    plan = schedule("monthly", monthly_anchor=anchor)
    day, dues = start, 0
    for _ in range(400):
        dues += is_due(plan, day)
        day = date.fromordinal(day.toordinal() + 1)
    assert 12 <= dues <= 14


@given(st.dates(date(2026, 1, 1), date(2030, 12, 1)))
def test_the_next_banking_day_is_never_far(day):
    assert 1 <= (next_banking_day(day) - day).days <= 9
