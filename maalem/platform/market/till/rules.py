"""Rules about payments, and their lists, as a till shows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from maalem.platform.ground.gateway import risk
from maalem.platform.ground.gateway.risk_records import Condition, ListedPart, RiskRule, ValueList

from . import deeds
from . import rule_words as words
from .access import Till
from .models import Deed
from .words import Word


@dataclass(frozen=True)
class Term:
    """A condition in words. `minor` is an amount in `currency`; `values` the list it looks into."""

    condition: Condition
    values: ValueList | None = None
    currency: str = "MAD"

    @property
    def fact(self) -> Word:
        return words.FACTS.get(self.condition.fact, self.condition.fact)

    @property
    def counts(self) -> Word:
        return words.COUNTS.get(self.condition.count, self.condition.count)

    @property
    def per(self) -> Word:
        return words.PERS.get(self.condition.per, self.condition.per)

    @property
    def comparator(self) -> Word:
        return words.COMPARATORS.get(self.condition.comparator, self.condition.comparator)

    @property
    def minor(self) -> int | None:
        if "amount" not in (self.condition.fact, self.condition.count):
            return None
        return int(str(self.condition.value))

    @property
    def value(self) -> str:
        said = self.condition.value
        if self.condition.fact == "currency":
            return str(said).upper() if isinstance(said, str) else ", ".join(said).upper()
        return ", ".join(said) if isinstance(said, tuple) else str(said)


@dataclass(frozen=True)
class Law:
    """A rule on its card."""

    rule: RiskRule
    terms: tuple[Term, ...]

    @property
    def does(self) -> Word:
        return words.DOES[self.rule.action]

    @property
    def action(self) -> Word:
        return words.ACTIONS[self.rule.action]

    @property
    def tone(self) -> str:
        return words.TONES[self.rule.action]

    @property
    def icon(self) -> str:
        return words.ICONS[self.rule.action]


@dataclass(frozen=True)
class Shelf:
    """A list on its row: what it holds, and how many rules in force look into it."""

    values: ValueList
    rules: int

    @property
    def kind(self) -> Word:
        return words.KINDS.get(self.values.kind, words.KIND)


@dataclass(frozen=True)
class Book:
    """All rules of a till: those in force, those that have ended, and the lists."""

    laws: tuple[Law, ...]
    ended: tuple[Law, ...]
    shelves: tuple[Shelf, ...]


@dataclass(frozen=True)
class OpenRule:
    """A rule's page: what it says, what it said before, and who did what."""

    law: Law
    before: tuple[Law, ...]
    deeds: list[Deed]


@dataclass(frozen=True)
class OpenList:
    """A list's page: a part of what stands on it, and the rules in force that look into it."""

    shelf: Shelf
    part: ListedPart
    laws: tuple[Law, ...]
    deeds: list[Deed]


def book(till: Till) -> Book:
    """Everything. Raises Unavailable."""
    lists = risk.value_lists(till.account)
    known = {one.id: one for one in lists}
    laws = [_law(one, known) for one in risk.rules(till.account)]
    standing = tuple(one for one in laws if not one.rule.has_ended)
    return Book(
        laws=standing,
        ended=tuple(one for one in laws if one.rule.has_ended),
        shelves=tuple(_shelf(one, standing) for one in lists),
    )


def opened(till: Till, rule: str) -> OpenRule:
    """One rule. Raises Refused for what is another's, or Unavailable."""
    known = {one.id: one for one in risk.value_lists(till.account)}
    versions = [_law(one, known) for one in risk.versions(rule, account=till.account)]
    return OpenRule(versions[0], tuple(versions[1:]), deeds.about(rule))


def opened_list(till: Till, values: str, *, after: str = "") -> OpenList | None:
    """One list; None for what is not this till's. Raises Unavailable."""
    found = book(till)
    shelf = next((one for one in found.shelves if one.values.id == values), None)
    if shelf is None:
        return None
    part = risk.listed(values, account=till.account, after=after)
    laws = tuple(one for one in found.laws if one.rule.asks(values))
    return OpenList(shelf, part, laws, deeds.about(values))


def _law(rule: RiskRule, known: Mapping[str, ValueList]) -> Law:
    stated = (one for one in rule.conditions if (one.fact, one.comparator) == ("currency", "is"))
    currency = next((str(one.value).upper() for one in stated), "MAD")
    terms = (Term(one, known.get(str(one.value)), currency) for one in rule.conditions)
    return Law(rule, tuple(terms))


def _shelf(values: ValueList, laws: tuple[Law, ...]) -> Shelf:
    return Shelf(values, sum(one.rule.asks(values.id) for one in laws))
