"""What a parcel costs until it is in the buyer's hands, as far as it can be known. Pure.

Goods and carriage are known. Duty and the tax on arrival are reckoned only where data/duties.toml,
or the operator's own file before it (setting DUTIES), has a rule with figures; everything else is
told as not known, never as nothing. Amounts are whole minor units. Nobody is charged by this.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.conf import settings

from maalem.kit.money import EXPONENTS, share
from maalem.platform.market.shipping import hs
from maalem.platform.market.shipping.countries import HOME
from maalem.platform.market.shipping.measures import LANGUAGES, BrokenFile, is_in, within

CURRENCY = "MAD"


class Kind(StrEnum):
    """How a rule reckons. `TARIFF`: due by a tariff that we don't have; `NONE`: nothing is due."""

    PER_SUBHEADING = "per_subheading"
    AD_VALOREM = "ad_valorem"
    OF_THE_WHOLE = "of_the_whole"  # of goods, carriage and duty together
    TARIFF = "tariff"
    NONE = "none"


class Part(StrEnum):
    """What a line of the cost is for."""

    GOODS = "goods"
    SHIPPING = "shipping"
    DUTY = "duty"
    IMPORT_VAT = "import_vat"


class Unknown(StrEnum):
    """Why a line has no amount."""

    NO_RULE = "no_rule"  # nobody wrote one for this destination and day
    NO_FIGURE = "no_figure"  # it is due, and how much was not verified
    NO_CODE = "no_code"  # a thing has no customs code
    NO_RATE = "no_rate"  # the rule is in a currency without a rate of exchange
    NO_DUTY = "no_duty"  # it is reckoned of the duty too, which is not known


@dataclass(frozen=True, slots=True)
class Exchange:
    """`mad_minor` centimes cost as much as `foreign_minor` minor units, on the parcel's day."""

    mad_minor: int
    foreign_minor: int

    def __post_init__(self) -> None:
        if any(type(one) is not int or one <= 0 for one in (self.mad_minor, self.foreign_minor)):
            raise ValueError("a rate of exchange is two whole numbers above zero")

    def is_worth_less(self, mad_minor: int, *, than: int) -> bool:
        """Whether `mad_minor` is worth less than `than` foreign minor units: no rounding."""
        return mad_minor * self.foreign_minor < than * self.mad_minor

    def in_mad(self, foreign_minor: int) -> int:
        """Centimes, rounded half up."""
        return (foreign_minor * self.mad_minor * 2 + self.foreign_minor) // (2 * self.foreign_minor)


@dataclass(frozen=True, slots=True)
class Item:
    """Pieces of one kind: `value_minor` centimes for all of them; `code` may be empty."""

    code: str
    origin: str
    value_minor: int
    weight_g: int | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent, where to, on which day, and what the carriage costs in centimes."""

    items: tuple[Item, ...]
    destination: str
    on: date
    shipping_minor: int
    sent_from: str = HOME


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of duties: to whom, since when, and how it is reckoned."""

    id: str
    to: str
    part: Part
    kind: Kind
    starts_on: date | None
    ends_on: date | None
    currency: str
    below: int | None
    amount: int | None
    rates_bps: Mapping[str, int]
    verified: bool
    basis: hs.Said


@dataclass(frozen=True, slots=True)
class Cost:
    """One line: `minor` units of `currency`, or None and why. `basis`: by which rule."""

    part: Part
    minor: int | None
    currency: str = CURRENCY
    subheading: str = ""
    unknown: Unknown | None = None
    basis: hs.Said | None = None


@dataclass(frozen=True, slots=True)
class Landed:
    """All lines. `total_minor` is in centimes, None while a single line is not known."""

    costs: tuple[Cost, ...]
    total_minor: int | None

    @property
    def is_known(self) -> bool:
        return self.total_minor is not None


def parse(rows: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules of a file's rows, in its order, or `BrokenFile`."""
    try:
        found = tuple(_rule(row) for row in rows)
    except (KeyError, TypeError, ValueError) as trouble:
        raise BrokenFile(f"duties: {trouble!r}") from trouble
    for rule in found:
        figures = [
            *rule.rates_bps.values(),
            *(x for x in (rule.below, rule.amount) if x is not None),
        ]
        if any(type(one) is not int or one < 0 for one in figures):
            raise BrokenFile(f"{rule.id}: amounts and rates are whole and not negative")
        if rule.kind is Kind.PER_SUBHEADING and None in (rule.amount, rule.below):
            raise BrokenFile(f"{rule.id}: an amount, and below which value")
        # Of the whole is what comes last: its base is everything before it.
        if rule.kind is Kind.OF_THE_WHOLE and rule.part is not Part.IMPORT_VAT:
            raise BrokenFile(f"{rule.id}: only the tax on arrival is reckoned of the whole")
        if figures and not rule.verified:
            raise BrokenFile(f"{rule.id}: figures that nobody verified are not reckoned with")
    return found


def rules() -> tuple[Rule, ...]:
    """The operator's, then the committed ones. Raises `BrokenFile`, also for no file there."""
    return _rules(settings.DUTIES)


@lru_cache(maxsize=4)
def _rules(own: str) -> tuple[Rule, ...]:
    try:
        before = hs.read(own)["rows"] if own else []
        return parse([*before, *hs.table("duties")["rows"]])
    except (OSError, KeyError, TypeError, ValueError) as trouble:
        raise BrokenFile(f"{own or 'duties.toml'}: {trouble}") from trouble


def landed(
    parcel: Parcel, *, by: Sequence[Rule], exchange: Mapping[str, Exchange] | None = None
) -> Landed:
    """Goods, carriage, then what the border takes, by the rules in `by` that hold that day."""
    rates = exchange or {}
    costs = [
        Cost(Part.GOODS, sum(item.value_minor for item in parcel.items)),
        Cost(Part.SHIPPING, parcel.shipping_minor),
    ]
    # Within one country there is no border.
    if parcel.destination != parcel.sent_from:
        for part in (Part.DUTY, Part.IMPORT_VAT):
            costs += _at_the_border(parcel, part=part, by=by, rates=rates, before=costs)
    return Landed(tuple(costs), total_minor=_total(costs, rates=rates))


def _at_the_border(
    parcel: Parcel,
    *,
    part: Part,
    by: Sequence[Rule],
    rates: Mapping[str, Exchange],
    before: Sequence[Cost],
) -> list[Cost]:
    """The lines of one part by the first rule that holds and does not stop short of the value."""
    goods = sum(item.value_minor for item in parcel.items)
    for rule in by:
        if rule.part is not part or not is_in(parcel.destination, rule.to):
            continue
        if not within(parcel.on, starts_on=rule.starts_on, ends_on=rule.ends_on):
            continue
        if rule.below is not None:
            if rule.currency not in rates:
                return [Cost(part, None, unknown=Unknown.NO_RATE, basis=rule.basis)]
            if not rates[rule.currency].is_worth_less(goods, than=rule.below):
                continue
        if rule.kind is Kind.OF_THE_WHOLE:
            return [_of_the_whole(rule, to=parcel.destination, base=_total(before, rates=rates))]
        return _reckoned(rule, parcel.items)
    return [Cost(part, None, unknown=Unknown.NO_RULE)]


def _of_the_whole(rule: Rule, *, to: str, base: int | None) -> Cost:
    if to not in rule.rates_bps:
        return Cost(rule.part, None, unknown=Unknown.NO_FIGURE, basis=rule.basis)
    if base is None:
        return Cost(rule.part, None, unknown=Unknown.NO_DUTY, basis=rule.basis)
    return Cost(rule.part, share(base, bps=rule.rates_bps[to]), basis=rule.basis)


def _reckoned(rule: Rule, items: Sequence[Item]) -> list[Cost]:
    def missing(why: Unknown, subheading: str = "") -> Cost:
        return Cost(rule.part, None, subheading=subheading, unknown=why, basis=rule.basis)

    if rule.kind is Kind.TARIFF:
        return [missing(Unknown.NO_FIGURE)]
    if rule.kind is Kind.NONE:
        return [Cost(rule.part, 0, basis=rule.basis)]
    if not all(item.code for item in items):
        return [missing(Unknown.NO_CODE)]
    # Sub-headings in the order in which the parcel names them.
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.code[:6], []).append(item)
    costs = []
    for subheading, group in groups.items():
        if rule.kind is Kind.PER_SUBHEADING:
            amount, currency = rule.amount, rule.currency
        elif all(item.origin in rule.rates_bps for item in group):
            amount = sum(share(item.value_minor, bps=rule.rates_bps[item.origin]) for item in group)
            currency = CURRENCY
        else:
            costs.append(missing(Unknown.NO_FIGURE, subheading))
            continue
        costs.append(Cost(rule.part, amount, currency, subheading, basis=rule.basis))
    return costs


def _total(costs: Iterable[Cost], *, rates: Mapping[str, Exchange]) -> int | None:
    total = 0
    for cost in costs:
        if cost.minor is None:
            return None
        if cost.currency == CURRENCY:
            total += cost.minor
        elif cost.currency in rates:
            total += rates[cost.currency].in_mad(cost.minor)
        else:
            return None
    return total


def _rule(row: Mapping[str, Any]) -> Rule:
    currency = row.get("currency", CURRENCY)
    if currency not in EXPONENTS:
        raise ValueError(currency)
    return Rule(
        id=row["id"],
        to=row["to"],
        part=Part(row["charge"]),
        kind=Kind(row["kind"]),
        starts_on=row.get("from"),
        ends_on=row.get("until"),
        currency=currency,
        below=row.get("below"),
        amount=row.get("amount"),
        rates_bps=dict(row.get("rates_bps", {})),
        verified=row["verified"],
        basis={language: row[language] for language in LANGUAGES},
    )
