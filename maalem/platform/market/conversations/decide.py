"""Who may say what until when, and who is told of it. Pure."""

from datetime import date, timedelta

from maalem.platform.market.conversations.models import MOST_ENTRIES
from maalem.platform.market.conversations.states import Side
from maalem.platform.market.orders.states import OrderStatus

# As long as something may be claimed of it (returns/data), and a month to talk about that.
AFTER_DELIVERY = timedelta(days=90)
TALKING = (OrderStatus.TO_PREPARE, OrderStatus.DISPATCHED, OrderStatus.DELIVERED)


def why_closed(*, status: str, delivered_on: date | None, today: date, said: int) -> str:
    """Why nothing more can be said about a parcel, a key of words.REFUSALS; mostly empty."""
    if status not in TALKING:
        return "closed"
    if delivered_on is not None and today > delivered_on + AFTER_DELIVERY:
        return "over"
    return "too_many" if said >= MOST_ENTRIES else ""


def told_as(number: str, *, side: Side, answered: int, today: date) -> str:
    """The key under which the other side is told.

    One who says five things in a row is told of once a day; an answer in between (the id of the
    last one, `answered`) makes the next thing news again.
    """
    return f"word-{side}-{number}-{answered}-{today:%Y%m%d}"
