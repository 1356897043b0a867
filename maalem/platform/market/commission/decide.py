"""Who gets what of a purchase: commission, VAT on the commission, the seller's share. Pure.

Prices include whatever taxes the seller owes. The platform keeps its commission on the goods, and
20 % VAT on that commission (CGI, normal rate); shipping goes whole to the seller, who pays the
carrier. Rates are basis points, amounts centimes; a commission is rounded once per rule and
seller, half away from zero, then divided among the lines by largest remainder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from maalem.kit.money import share, split

VAT_BPS = 2_000
MAX_RATE_BPS = 5_000
CONDITIONS = frozenset({"kind", "craft", "region", "artisan"})


class BrokenRule(ValueError):
    """A commission rule that can't be understood. The sale stops: nothing is guessed."""


class NoRule(LookupError):
    """No rule fits: the operator's list has no last line that fits everything."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the operator's list; `conditions` maps a condition to the codes that fit."""

    name: str
    conditions: Mapping[str, frozenset[str]]
    rate_bps: int
    starts_on: date
    ends_on: date | None = None

    def fits(self, facts: Mapping[str, str], *, on: date) -> bool:
        """Whether every condition fits `facts`, and the rule is in force on that day."""
        if on < self.starts_on or (self.ends_on is not None and on > self.ends_on):
            return False
        return all(facts[name] in codes for name, codes in self.conditions.items())


def parse_rule(
    name: str, *, conditions: object, rate_bps: object, starts_on: date, ends_on: date | None = None
) -> Rule:
    """A rule from its stored row, or `BrokenRule` with what is wrong with it."""
    if not isinstance(conditions, Mapping):
        raise BrokenRule(f"{name}: conditions are a mapping")
    strange = set(conditions) - CONDITIONS
    if strange:
        raise BrokenRule(f"{name}: unknown condition {', '.join(sorted(map(str, strange)))}")
    parsed = {}
    for condition, codes in conditions.items():
        if not isinstance(codes, list) or not codes:
            raise BrokenRule(f"{name}: {condition} needs a list of at least one code")
        if not all(isinstance(code, str) and code for code in codes):
            raise BrokenRule(f"{name}: {condition} holds something that is no code")
        parsed[condition] = frozenset(codes)
    if type(rate_bps) is not int or not 0 <= rate_bps <= MAX_RATE_BPS:
        raise BrokenRule(f"{name}: a rate is 0 to {MAX_RATE_BPS} basis points")
    if ends_on is not None and ends_on < starts_on:
        raise BrokenRule(f"{name}: it ends before it starts")
    return Rule(name, parsed, rate_bps, starts_on, ends_on)


def first_fit(rules: Sequence[Rule], *, facts: Mapping[str, str], on: date) -> Rule:
    """The first rule of the ordered list that fits; `NoRule` if none does."""
    for rule in rules:
        if rule.fits(facts, on=on):
            return rule
    raise NoRule(f"no commission rule fits {dict(facts)} on {on}")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a seller's parcel: its price times quantity, and the rule that fits it."""

    total_minor: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class Split:
    """What becomes of the buyer's money for one seller. `commissions` is in the items' order."""

    goods_minor: int
    shipping_minor: int
    commission_minor: int
    commission_vat_minor: int
    seller_net_minor: int
    commissions: tuple[int, ...]

    @property
    def buyer_pays_minor(self) -> int:
        return self.goods_minor + self.shipping_minor


def split_for_seller(items: Sequence[Item], *, shipping_minor: int) -> Split:
    """Divide what one parcel costs: commission, its VAT and the seller's net add up to it.

    >>> from datetime import date
    >>> eight = parse_rule("all", conditions={}, rate_bps=800, starts_on=date(2026, 1, 1))
    >>> done = split_for_seller([Item(120_000, eight)], shipping_minor=4_500)
    >>> (done.commission_minor, done.commission_vat_minor, done.seller_net_minor)
    (9600, 1920, 112980)
    """
    if not items or shipping_minor < 0 or min(item.total_minor for item in items) <= 0:
        raise ValueError(
            "a parcel holds things that cost something, and is carried for nothing less"
        )
    commissions = [0] * len(items)
    for rule in dict.fromkeys(item.rule.name for item in items):
        places = [place for place, item in enumerate(items) if item.rule.name == rule]
        amounts = [items[place].total_minor for place in places]
        fee = share(sum(amounts), bps=items[places[0]].rule.rate_bps)
        for place, part in zip(places, split(fee, weights=amounts), strict=True):
            commissions[place] = part
    goods, commission = sum(item.total_minor for item in items), sum(commissions)
    vat = share(commission, bps=VAT_BPS)
    return Split(
        goods_minor=goods,
        shipping_minor=shipping_minor,
        commission_minor=commission,
        commission_vat_minor=vat,
        seller_net_minor=goods + shipping_minor - commission - vat,
        commissions=tuple(commissions),
    )
