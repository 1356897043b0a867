"""How much of a price is tax, and by which article: data/taxes.toml, read purely.

Prices include VAT, so what is reckoned here is the part of a price that is tax. It is rounded once
per rule and paper (half up); what stands on a credit note is what is still credited of the
invoice's own figures, so a sale that goes back whole takes back its tax to the centime. Carriage is
taxed as the things that it carries, in proportion to their prices.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from maalem.kit.money import BASIS, split
from maalem.kit.typography import french
from maalem.platform.market.invoices.states import Regime
from maalem.platform.market.shipping.countries import HOME
from maalem.platform.market.shipping.measures import within

LANGUAGES = ("fr", "ar", "en")
PLACES = ("home", "abroad")
MAX_RATE_BPS = 5_000
DATA = Path(__file__).parent / "data" / "taxes.toml"
_FIELDS = {
    *("id", "regimes", "codes", "destination", "exempt", "rate_bps", "from", "until", "source"),
    *LANGUAGES,
}


class BrokenFile(ValueError):
    """A file of rules that can't be right."""


class NoRule(LookupError):
    """No row fits: nothing is guessed, and the invoice waits."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. Empty `regimes`, `codes` and `destination` fit everything."""

    id: str
    regimes: frozenset[str]
    codes: tuple[str, ...]
    destination: str
    is_exempt: bool
    rate_bps: int
    starts_on: date | None
    ends_on: date | None
    says: Mapping[str, str]

    def fits(self, code: str, *, regime: str, country: str, on: date) -> bool:
        """Whether it holds for a thing of this customs code on its way to `country`."""
        place = PLACES[country != HOME]
        return (
            within(on, starts_on=self.starts_on, ends_on=self.ends_on)
            and (not self.regimes or regime in self.regimes)
            and (not self.codes or code.startswith(self.codes))
            and (not self.destination or self.destination == place)
        )


@dataclass(frozen=True, slots=True)
class Item:
    """Pieces of one line: centimes for all of them, and their customs code (may be empty)."""

    total_minor: int
    code: str


@dataclass(frozen=True, slots=True)
class Tax:
    """What one rule takes of a paper: `total_minor` includes `vat_minor`, both centimes."""

    rule: Rule
    total_minor: int
    vat_minor: int


def included(total_minor: int, *, rate_bps: int) -> int:
    """The part of a price that is tax at this rate, rounded half up.

    >>> included(12_000, rate_bps=2_000)
    2000
    """
    whole = BASIS + rate_bps
    return (total_minor * rate_bps * 2 + whole) // (2 * whole)


def reckon(
    items: Sequence[Item],
    *,
    carriage_minor: int,
    regime: str,
    country: str,
    on: date,
    by: Sequence[Rule],
) -> tuple[tuple[Rule, ...], tuple[Tax, ...]]:
    """Each item's rule, and what each rule takes of the whole. Raises `NoRule`."""
    fitting = tuple(
        first_fit(by, item.code, regime=regime, country=country, on=on) for item in items
    )
    carried = split(carriage_minor, weights=[item.total_minor for item in items])
    totals: dict[str, int] = {}
    for rule, item, carriage in zip(fitting, items, carried, strict=True):
        totals[rule.id] = totals.get(rule.id, 0) + item.total_minor + carriage
    named = {rule.id: rule for rule in fitting}
    return fitting, tuple(
        Tax(named[rule], total, included(total, rate_bps=named[rule].rate_bps))
        for rule, total in totals.items()
    )


def first_fit(by: Sequence[Rule], code: str, *, regime: str, country: str, on: date) -> Rule:
    """The first row that fits; `NoRule` if none does."""
    for rule in by:
        if rule.fits(code, regime=regime, country=country, on=on):
            return rule
    raise NoRule(f"no rule of taxes fits {code or 'no code'}, {regime}, {country} on {on}")


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of one rule's part of an invoice, after the credit notes before."""

    rate_bps: int
    total_minor: int
    vat_minor: int
    left_minor: int
    left_vat_minor: int


def credited(
    standing: Sequence[Standing], *, amount_minor: int, weights: Sequence[int]
) -> list[tuple[int, int]]:
    """How `amount_minor` of a credit note falls on the parts of its invoice: (total, VAT) of each.

    It goes first to the parts that `weights` name (what came back), in their proportion, and
    what they can't bear to the others. Raises `ValueError` for more than is left.
    """
    lefts = [one.left_minor for one in standing]
    if not 0 < amount_minor <= sum(lefts):
        raise ValueError(f"{amount_minor} of {sum(lefts)} is no credit")
    parts = [0] * len(standing)
    for weighed in (weights, lefts):
        bears = [
            min(left - part, weight)
            for left, part, weight in zip(lefts, parts, weighed, strict=True)
        ]
        now = min(amount_minor - sum(parts), sum(bears))
        if now:
            parts = [
                part + more for part, more in zip(parts, split(now, weights=bears), strict=True)
            ]
    return [(part, _vat(one, credit_minor=part)) for one, part in zip(standing, parts, strict=True)]


def _vat(one: Standing, *, credit_minor: int) -> int:
    """The tax in a credit: what the credits so far should hold, less what they hold."""
    gone = one.total_minor - one.left_minor + credit_minor
    if gone == one.total_minor:
        return one.left_vat_minor
    before = one.vat_minor - one.left_vat_minor
    return min(max(included(gone, rate_bps=one.rate_bps) - before, 0), one.left_vat_minor)


def rules() -> tuple[Rule, ...]:
    """The operator's own rows (setting TAXES), then the committed ones. Raises `BrokenFile`."""
    return _rules(settings.TAXES)


@lru_cache(maxsize=4)
def _rules(file: str) -> tuple[Rule, ...]:
    own = parse(_rows(Path(file))) if file else ()
    return (*own, *parse(_rows(DATA)))


def _rows(file: Path) -> list[Mapping[str, Any]]:
    try:
        found: list[Mapping[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))["rows"]
    except (OSError, KeyError, ValueError) as trouble:
        raise BrokenFile(f"{file.name}: {trouble}") from trouble
    return found


def parse(rows: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules of a file's rows, in its order, or `BrokenFile`."""
    try:
        found = tuple(_rule(row) for row in rows)
    except (KeyError, TypeError, ValueError, AttributeError) as trouble:
        raise BrokenFile(f"taxes: {trouble}") from trouble
    if len({rule.id for rule in found}) != len(found):
        raise BrokenFile("taxes: two rows have one id")
    return found


def _rule(row: Mapping[str, Any]) -> Rule:
    strange = set(row) - _FIELDS
    regimes, codes = frozenset(row.get("regimes", [])), tuple(row.get("codes", []))
    rate_bps, place = row["rate_bps"], row.get("destination", "")
    days = (row.get("from"), row.get("until"))
    wrong = (
        (strange, f"{sorted(strange)} is nothing we know"),
        (regimes - set(Regime), f"{sorted(regimes)}: a regime that nobody has"),
        (place not in ("", *PLACES), f"{place!r} is neither home nor abroad"),
        (not all(type(code) is str and code.isdecimal() for code in codes), "codes are digits"),
        (type(rate_bps) is not int or not 0 <= rate_bps <= MAX_RATE_BPS, "a rate is 0 to 5000"),
        (row.get("exempt", False) and rate_bps, "what is exempt has no rate"),
        (not row.get("source"), "where is it from?"),
        (any(day is not None and type(day) is not date for day in days), "from, until are days"),
    )
    for is_wrong, why in wrong:
        if is_wrong:
            raise ValueError(f"{row['id']}: {why}")
    says = {language: row[language] for language in LANGUAGES}
    return Rule(
        id=row["id"],
        regimes=regimes,
        codes=codes,
        destination=place,
        is_exempt=bool(row.get("exempt", False)),
        rate_bps=rate_bps,
        starts_on=days[0],
        ends_on=days[1],
        says=says | {"fr": french(says["fr"])},
    )
