"""Whose a sale's money is, inside a co-operative: the rule in force, the parts, what goes back.

Pure: it asks no clock and no database. This is the co-operative's internal book; the money itself
is on its one account. Amounts are whole minor units, and parts always add up to what was divided.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from maalem.kit.money import BASIS, split

# Whose a part is: a maker's id, or None for the common fund.
Owner = int | None
FUND: Owner = None


@dataclass(frozen=True, slots=True)
class Rule:
    """From `begins_on`: basis points to the piece's maker, to the fund, to all active makers."""

    begins_on: date
    maker_bps: int
    fund_bps: int
    equal_bps: int

    def __post_init__(self) -> None:
        parts = (self.maker_bps, self.fund_bps, self.equal_bps)
        if min(parts) < 0 or sum(parts) != BASIS:
            raise ValueError("the three parts of a rule are not negative and make 10,000 together")


@dataclass(frozen=True, slots=True)
class Sold:
    """One line of an order: whose hands made it, as frozen at the sale, and its price."""

    maker: int | None
    total_minor: int


def in_force(rules: Sequence[Rule], *, on: date) -> int | None:
    """The place of the rule of the day of the sale; `rules` in the order of their publication.

    Of two that begin on one day the later published counts: so a slip can still be put right.
    """
    begun = [(rule.begins_on, place) for place, rule in enumerate(rules) if rule.begins_on <= on]
    return max(begun)[1] if begun else None


def divide(
    amount_minor: int,
    *,
    sold: Sequence[Sold],
    active: Iterable[int],
    rule: Rule | None,
    turn: int = 0,
) -> dict[Owner, int]:
    """The parts of one release of `amount_minor`; they add up to it, none is negative.

    It is laid on the lines in proportion to their prices first. A piece without a maker goes by the
    fund's and the equal part alone. Without a rule, or with nobody to share with, it is the fund's.
    `turn` moves on with each release, so that the odd centime is not always the same maker's.
    """
    if amount_minor < 0:
        raise ValueError("what is taken back is `back`'s to divide")
    if rule is None:
        return {FUND: amount_minor}
    parts: dict[Owner, int] = {FUND: 0}
    shared = 0
    by_line = split(amount_minor, weights=[line.total_minor for line in sold])
    for line, part in zip(sold, by_line, strict=True):
        to_maker, to_fund, to_all = _of_line(part, maker=line.maker, rule=rule)
        parts[line.maker] = parts.get(line.maker, 0) + to_maker
        parts[FUND] += to_fund
        shared += to_all
    return _equally(parts, shared, active=sorted(set(active)), turn=turn)


def back(amount_minor: int, *, standing: Mapping[Owner, int]) -> dict[Owner, int]:
    """What each gives back of `amount_minor`, in proportion to what still stands of her part.

    By what stands, not by what once was: so nobody gives back more than she has, however many
    times something is taken back. Raises ValueError for more than stands.
    """
    owners = list(standing)
    if not 0 < amount_minor <= sum(standing.values()):
        raise ValueError("more is taken back than still stands of this sale")
    parts = split(amount_minor, weights=[standing[owner] for owner in owners])
    return {owner: part for owner, part in zip(owners, parts, strict=True) if part}


def _of_line(part: int, *, maker: int | None, rule: Rule) -> tuple[int, int, int]:
    weights = [rule.maker_bps if maker is not None else 0, rule.fund_bps, rule.equal_bps]
    if not any(weights):
        return 0, part, 0
    to_maker, to_fund, to_all = split(part, weights=weights)
    return to_maker, to_fund, to_all


def _equally(
    parts: dict[Owner, int], shared: int, *, active: Sequence[int], turn: int
) -> dict[Owner, int]:
    if not active:
        return {**parts, FUND: parts[FUND] + shared}
    first = turn % len(active)
    order = [*active[first:], *active[:first]]
    for owner, part in zip(order, split(shared, weights=[1] * len(order)), strict=True):
        parts[owner] = parts.get(owner, 0) + part
    return parts
