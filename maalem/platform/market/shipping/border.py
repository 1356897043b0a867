"""What a buyer is told of a border before paying, as pages show it and as an order keeps it.

An estimate: it is paid to the carrier on arrival, never to us, and the carrier may add a fee.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from maalem.platform.ground.rates.models import CURRENCIES
from maalem.platform.ground.rates.queries import rate_of
from maalem.platform.market.shipping import hs
from maalem.platform.market.shipping.countries import HOME
from maalem.platform.market.shipping.landed import (
    CURRENCY,
    Cost,
    Exchange,
    Item,
    Parcel,
    Part,
    Rule,
    landed,
    rules,
)
from maalem.platform.market.shipping.measures import BrokenFile

log = logging.getLogger(__name__)

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Due:
    """A duty or the tax on arrival: centimes, or None and why. `basis`: by which rule."""

    part: str
    minor: int | None
    why: str
    basis: Mapping[str, str]

    @property
    def said(self) -> str:
        """The rule in the language of the page."""
        return self.basis.get((get_language() or "fr")[:2], "")


@dataclass(frozen=True, slots=True)
class Border:
    """What is due where a parcel arrives, by the rules and rates of the day `on`.

    `total_minor` is everything until it is in the buyer's hands, in centimes: the parcel itself
    too. None while a single line is not known.
    """

    on: str
    dues: tuple[Due, ...]
    total_minor: int | None

    def kept(self) -> dict[str, Any]:
        """As an order keeps it (JSON); `of_kept` reads it back."""
        return asdict(self)


def of_kept(kept: Mapping[str, Any]) -> Border:
    """What an order kept."""
    dues = tuple(Due(**due) for due in kept["dues"])
    return Border(kept["on"], dues, kept["total_minor"])


def things(pieces: Iterable[tuple[str, int]]) -> tuple[Item, ...]:
    """Items of Moroccan origin from (customs code, value in centimes) pairs.

    A code that could not be written on a declaration is none.
    """
    return tuple(Item(_digits(code), HOME, value_minor) for code, value_minor in pieces)


def _digits(code: str) -> str:
    try:
        return hs.parse(code)
    except hs.NoCode:
        return ""


def at_the_border(
    items: tuple[Item, ...], *, destination: str, shipping_minor: int, on: date
) -> Border | None:
    """What is due for a parcel of `items` sent from Morocco; None within the country."""
    if destination == HOME:
        return None
    rates = {
        code: Exchange(rate.mad_millionths, _MILLION)
        for code in CURRENCIES
        if (rate := rate_of(code)) is not None
    }
    parcel = Parcel(items, destination, on=on, shipping_minor=shipping_minor)
    found = landed(parcel, by=_rules(), exchange=rates)
    dues = tuple(
        _due([cost for cost in found.costs if cost.part is part], rates=rates)
        for part in (Part.DUTY, Part.IMPORT_VAT)
    )
    return Border(on.isoformat(), dues, found.total_minor)


def _rules() -> tuple[Rule, ...]:
    """The rules; none while their file can't be read: then all is told as not known."""
    try:
        return rules()
    except BrokenFile:
        log.exception("the duties can't be read")
        return ()


def _due(costs: list[Cost], *, rates: Mapping[str, Exchange]) -> Due:
    """One line for all costs of a part: they come from one rule."""
    first = costs[0]
    unknown = next((cost.unknown for cost in costs if cost.unknown), None)
    minor = None if unknown else sum(_in_mad(cost, rates=rates) for cost in costs)
    return Due(first.part.value, minor, unknown.value if unknown else "", first.basis or {})


def _in_mad(cost: Cost, *, rates: Mapping[str, Exchange]) -> int:
    assert cost.minor is not None
    return cost.minor if cost.currency == CURRENCY else rates[cost.currency].in_mad(cost.minor)
