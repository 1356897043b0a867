"""When an earlier price may be shown beside a lower one, and which. Pure.

Directive 98/6/EC, article 6a (inserted by Directive (EU) 2019/2161, article 2): whoever announces
a price reduction indicates the prior price, which is the lowest price applied during a period of
not less than 30 days before the reduction. Of what a member state may choose (a shorter period
for what is new, the first price of a reduction in steps) nothing is used: the strict rule holds
everywhere.

The thirty days are days on the shelf: weeks during which nobody could buy the piece don't count,
so that a price from before them is not forgotten. For how long a reduction is one, the directive
does not say; after `SHOWN_DAYS` we call the price the price.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

PRIOR_DAYS = 30
SHOWN_DAYS = 30
_DAY_S = 86_400


class Applied(NamedTuple):
    """From `at` (seconds since 1970) on this price applied; None: it was not for sale."""

    at: int
    price_minor: int | None


class Kind(StrEnum):
    """What is to be said of a price."""

    SHOWN = "shown"  # the earlier price is shown
    NOT_LOWERED = "not_lowered"  # the first price, a risen one, or none at all
    OVER = "over"  # lowered long ago
    TOO_NEW = "too_new"  # not yet thirty days on the shelf before
    WAS_CHEAPER = "was_cheaper"  # in these thirty days it once cost no more than now


class Verdict(NamedTuple):
    """`was_minor` is the lowest price before, where there are thirty days of it; `since` is when
    the present price began."""

    kind: Kind
    was_minor: int | None = None
    since: int | None = None


def verdict(history: Sequence[Applied], *, now: int) -> Verdict:
    """What `history`, oldest first, lets us say at `now` (seconds since 1970)."""
    current = history[-1].price_minor if history else None
    if current is None:
        return Verdict(Kind.NOT_LOWERED)
    begun = _begin(history, current)
    since, earlier = history[begun].at, history[:begun]
    last = next((one.price_minor for one in reversed(earlier) if one.price_minor is not None), 0)
    if last <= current:
        return Verdict(Kind.NOT_LOWERED, since=since)
    if now - since >= SHOWN_DAYS * _DAY_S:
        return Verdict(Kind.OVER, since=since)
    lowest = _lowest(earlier, until=since)
    if lowest is None:
        return Verdict(Kind.TOO_NEW, since=since)
    if lowest <= current:
        return Verdict(Kind.WAS_CHEAPER, was_minor=lowest, since=since)
    return Verdict(Kind.SHOWN, was_minor=lowest, since=since)


def _begin(history: Sequence[Applied], current: int) -> int:
    """Where the present price began; leaving the shelf and coming back begins no new one."""
    begun = len(history) - 1
    for place in range(len(history) - 1, -1, -1):
        price = history[place].price_minor
        if price == current:
            begun = place
        elif price is not None:
            break
    return begun


def _lowest(earlier: Sequence[Applied], *, until: int) -> int | None:
    """The lowest price of the last thirty days on the shelf before `until`; None if fewer."""
    lowest, wanted, end = None, PRIOR_DAYS * _DAY_S, until
    for one in reversed(earlier):
        if one.price_minor is not None:
            lowest = one.price_minor if lowest is None else min(lowest, one.price_minor)
            wanted -= end - one.at
            if wanted <= 0:
                return lowest
        end = one.at
    return None
