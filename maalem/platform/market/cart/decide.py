"""What is wrong with a line of a cart, and what may be done about it. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from maalem.platform.market.cart.models import MAX_QUANTITY


class Trouble(StrEnum):
    """Why a line can't be bought as it stands. Only a changed price lets the sale go on."""

    WITHDRAWN = "withdrawn"
    SELLER_CLOSED = "seller_closed"
    SOLD_OUT = "sold_out"
    TOO_FEW = "too_few"
    PRICE_CHANGED = "price_changed"


STOPS = frozenset(Trouble) - {Trouble.PRICE_CHANGED}


@dataclass(frozen=True, slots=True)
class Facts:
    """A line beside its variant as it is now. `free` is None where it is made to order."""

    quantity: int
    price_seen_minor: int
    price_minor: int
    published: bool
    seller_open: bool
    free: int | None


def trouble(facts: Facts) -> Trouble | None:
    """The one thing to say about a line: the gravest first."""
    if not facts.published:
        return Trouble.WITHDRAWN
    if not facts.seller_open:
        return Trouble.SELLER_CLOSED
    if facts.free is not None and facts.free <= 0:
        return Trouble.SOLD_OUT
    if facts.free is not None and facts.free < facts.quantity:
        return Trouble.TOO_FEW
    if facts.price_seen_minor != facts.price_minor:
        return Trouble.PRICE_CHANGED
    return None


def most(free: int | None) -> int:
    """How many of a thing one cart may hold, given the pieces that are free."""
    return MAX_QUANTITY if free is None else max(0, min(MAX_QUANTITY, free))
