"""What a review showed, signed into its form, so that a difference can be shown afterwards.

The figures in it are for display alone: the digest is what the buyer agrees to, and the server
works it out again from its own rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core import signing

from maalem.platform.market.cart.queries import Line
from maalem.platform.market.checkout.plan import Plan

SALT = "maalem.checkout.shown"
KEPT_FOR_S = 24 * 3600


@dataclass(frozen=True)
class Shown:
    """`prices` by variant id, `quantities` likewise; centimes."""

    agreed: str = ""
    total_minor: int = 0
    shipping_minor: int = 0
    prices: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """A price that changed under the buyer's eyes: the thing, what it was, what it is."""

    line: Line
    was_minor: int


def seal(plan: Plan) -> str:
    """What `plan` shows, as a signed field of the form."""
    prices = {line.piece.variant: line.price_minor for one in plan.parcels for line in one.lines}
    return signing.dumps([plan.agreed, plan.total_minor, plan.shipping_minor, prices], salt=SALT)


def open_seal(text: str) -> Shown:
    """What was shown; nothing at all for a field that somebody wrote themselves."""
    try:
        agreed, total, shipping, prices = signing.loads(text, salt=SALT, max_age=KEPT_FOR_S)
    except (signing.BadSignature, ValueError, TypeError):
        return Shown()
    return Shown(agreed, total, shipping, {int(pk): price for pk, price in prices.items()})


def differences(shown: Shown, *, plan: Plan) -> Iterator[Difference]:
    """The things whose price is another than it was on the page."""
    for parcel in plan.parcels:
        for line in parcel.lines:
            was = shown.prices.get(line.piece.variant, line.price_seen_minor)
            if was != line.price_minor:
                yield Difference(line, was)
