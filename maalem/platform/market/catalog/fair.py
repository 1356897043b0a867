"""What a price is made of: materials, the platform's part, and what is left for the work.

Amounts are centimes of dirhams for one piece. Carriage is paid on top of the price and goes whole
to the seller, who pays the carrier; the cost of the payment is within the platform's part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from maalem.kit.money import split
from maalem.platform.market.commission.decide import (
    BrokenRule,
    Item,
    NoRule,
    Rule,
    first_fit,
    split_for_seller,
)
from maalem.platform.market.commission.queries import rules

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Card:
    """The parts of a price; `work_minor` may be below zero, where the price does not bear them."""

    price_minor: int
    materials_minor: int
    platform_minor: int
    work_minor: int
    minutes: int

    @property
    def hourly_minor(self) -> int:
        """What an hour of the work brings, rounded down: nobody is told more than she gets."""
        return self.work_minor * 60 // self.minutes

    @property
    def percents(self) -> tuple[int, int, int]:
        """Materials, work and platform in whole per cent; they add up to a hundred."""
        parts = [self.materials_minor, max(0, self.work_minor), self.platform_minor]
        materials, work, platform = split(_WHOLE, weights=parts)
        return materials, work, platform

    def is_under(self, floor_minor: int) -> bool:
        """Whether an hour brings less than `floor_minor`; 0 is no floor."""
        return self.work_minor * 60 < floor_minor * self.minutes


def card(
    price_minor: int,
    *,
    materials_minor: int,
    minutes: int,
    rules: Sequence[Rule],
    facts: Mapping[str, str],
    on: date,
) -> Card:
    """The card of a price by `rules`. Pure.

    `facts` are those of a commission rule. Raises `NoRule` as the sale itself would.
    """
    rule = first_fit(rules, facts=facts, on=on)
    sold = split_for_seller([Item(price_minor, rule)], shipping_minor=0)
    platform = sold.commission_minor + sold.commission_vat_minor
    return Card(
        price_minor=price_minor,
        materials_minor=materials_minor,
        platform_minor=platform,
        work_minor=price_minor - platform - materials_minor,
        minutes=minutes,
    )


def card_today(
    price_minor: int, *, materials_minor: int, minutes: int, facts: Mapping[str, str], on: date
) -> Card | None:
    """The card by the operator's rules of today; None while they can't say."""
    try:
        return card(
            price_minor,
            materials_minor=materials_minor,
            minutes=minutes,
            rules=rules(),
            facts=facts,
            on=on,
        )
    except (BrokenRule, NoRule):
        return None
