"""An amount as the notes and coins that make it, for who reads money better than numbers.

Notes and coins of the dirham in use (Bank Al-Maghrib): 200, 100, 50 and 20; 10, 5, 2 and 1.
"""

from typing import NamedTuple

VALUES = (200, 100, 50, 20, 10, 5, 2, 1)
_COINS_BELOW = 20


class Cash(NamedTuple):
    """So many notes or coins of one value, in dirhams."""

    value: int
    count: int

    @property
    def is_coin(self) -> bool:
        return self.value < _COINS_BELOW


def in_cash(dirhams: int) -> list[Cash]:
    """The fewest notes and coins that make a whole amount, the largest first."""
    left, made = dirhams, []
    for value in VALUES:
        count, left = divmod(left, value)
        if count:
            made.append(Cash(value, count))
    return made
