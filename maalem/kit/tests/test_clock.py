from datetime import UTC, datetime, timedelta

from maalem.kit.clock import FixedClock, SystemClock


def test_the_system_clock_is_aware():
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_fixed_clock_moves_when_told():
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.move(days=1, seconds=2) == datetime(2026, 1, 2, 0, 0, 2, tzinfo=UTC)
    assert clock.now() == clock.at
