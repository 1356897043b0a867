"""The three levels of a Moroccan payment account, and how much each may hold.

Dated configuration: a cap holds from its day on. Source: Bank Al-Maghrib's circular on payment
institutions as reported by the press in 2018 to 2020 (200, 5,000 and 20,000 dirhams with growing
knowledge of the holder).
"""

from datetime import date

LEVELS = (1, 2, 3)
_CAPS: tuple[tuple[date, dict[int, int]], ...] = (
    (date(2018, 11, 1), {1: 200_00, 2: 5_000_00, 3: 20_000_00}),
)


def cap(level: int, *, on: date) -> int:
    """The most, in centimes, that an account of `level` may hold on a day; KeyError if none."""
    held = [caps for since, caps in _CAPS if since <= on]
    return held[-1][level]


def highest_cap(*, on: date) -> int:
    """No wallet can hold more, so no single payment can be larger."""
    return max(cap(level, on=on) for level in LEVELS)
