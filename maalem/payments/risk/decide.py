"""Rules held against a payment's facts. Pure; the facts, comparators and counters are closed sets.

Velocity and lists are looked up first, all in one question, and only for rules whose other
conditions are met: `wanted` says what to ask, `weigh` decides on the answer.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from maalem.payments.risk.records import (
    ALLOW,
    BLOCK,
    CHALLENGE,
    REVIEW,
    Count,
    Facts,
    Rule,
    Seen,
    Term,
    Verdict,
)

VELOCITY = "velocity"
NUMBERS = frozenset({"amount", "risk_score"})
TEXTS = frozenset(
    {
        *("card", "card_brand", "card_country", "card_funding", "currency", "customer"),
        *("cvc_check", "email", "email_domain", "phone", "rail", "risk_level"),
    }
)
PER = frozenset({"account", "card", "customer", "email", "phone"})
COUNTED = frozenset({"amount", "attempts", "declines"})
WINDOW_MAX_H = 24 * 30
_NUMBER: dict[str, Callable[[int, int], bool]] = {
    "at_least": lambda has, value: has >= value,
    "more_than": lambda has, value: has > value,
    "at_most": lambda has, value: has <= value,
    "less_than": lambda has, value: has < value,
    "equals": lambda has, value: has == value,
}
_TEXT: dict[str, Callable[[str, Any], bool]] = {
    "is": lambda has, value: has == value,
    "is_not": lambda has, value: has != value,
    "one_of": lambda has, value: has in value,
    "none_of": lambda has, value: has not in value,
}
_LIST = frozenset({"in_list", "not_in_list"})
_REACHED = frozenset({"at_least", "more_than"})


class WrongTerm(ValueError):
    """A condition that can't be used; `field` is the part of it that is wrong."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field, self.why = field, why


class Wanted(NamedTuple):
    """What has to be looked up: counters with their windows, values with their lists."""

    counts: tuple[tuple[str, int], ...]
    members: tuple[tuple[str, str], ...]


class Limit(NamedTuple):
    """What a counter may be at most after this payment, else it is blocked."""

    key: str
    window_h: int
    counted: str
    most: int


def checked(term: Term) -> Term:
    """`term`, if it can be used. Raises `WrongTerm`."""
    if term.fact == VELOCITY:
        return _checked_velocity(term)
    for name in ("per", "count", "window_h"):
        if getattr(term, name) is not None:
            raise WrongTerm(name, "is of velocity alone")
    if term.fact in NUMBERS:
        _one_of(term.is_, _NUMBER.keys(), "is")
        return msgspec.structs.replace(term, value=_whole(term.value))
    _one_of(term.fact, NUMBERS | TEXTS | {VELOCITY}, "fact")
    _one_of(term.is_, _TEXT.keys() | _LIST, "is")
    if term.is_ in ("one_of", "none_of"):
        given = term.value
        if not isinstance(given, list) or not given or not all(isinstance(v, str) for v in given):
            raise WrongTerm("value", "must be a list of texts")
    elif not isinstance(term.value, str) or not term.value:
        raise WrongTerm("value", "must be a text")
    return term


def counters(rules: Iterable[Rule], facts: Facts) -> set[str]:
    """The counters that rules in force keep of this payment."""
    keys = (
        _key(rule, term, facts) for rule in rules for term in rule.terms if term.fact == VELOCITY
    )
    return {key for key in keys if key is not None}


def wanted(rules: Sequence[Rule], facts: Facts) -> Wanted:
    """What `weigh` has to know besides the facts."""
    counts: dict[tuple[str, int], None] = {}
    members: dict[tuple[str, str], None] = {}
    for rule in rules:
        terms = rule.terms
        if not all(_met(term, facts) for term in terms if not _looked_up(term)):
            continue
        for term in terms:
            if term.fact == VELOCITY:
                key = _key(rule, term, facts)
                if key is not None:
                    counts[key, term.window_h or 1] = None
            elif _looked_up(term) and (has := _text(facts, term.fact)) is not None:
                members[str(term.value), has] = None
    return Wanted(tuple(counts), tuple(members))


def weigh(rules: Sequence[Rule], facts: Facts, *, seen: Seen) -> Verdict:
    """What is done with the payment.

    Challenges are asked for whatever else is decided. A rule that allows beats those that block
    or send to review; blocking beats review. Of several, the first written decides.
    """
    hits: dict[str, Rule] = {}
    for rule in rules:
        if all(_holds(rule, term, facts=facts, seen=seen) for term in rule.terms):
            hits.setdefault(rule.action, rule)
    action = next((name for name in (ALLOW, BLOCK, REVIEW) if name in hits), None)
    decisive = hits.get(action or CHALLENGE)
    return Verdict(action, decisive, challenge=CHALLENGE in hits, level=facts.risk_level)


def limits(rules: Sequence[Rule], facts: Facts) -> list[Limit]:
    """What must hold of the counters when this payment is written, for those that would block.

    Only rules whose single looked-up condition is a velocity: the others are not exact to one.
    """
    found = []
    for rule in rules:
        terms = rule.terms
        looked = [term for term in terms if _looked_up(term)]
        if rule.action != BLOCK or len(looked) != 1 or looked[0].fact != VELOCITY:
            continue
        term = looked[0]
        key = _key(rule, term, facts)
        if key is None or not all(_met(other, facts) for other in terms if other is not term):
            continue
        most = term.value - (term.is_ == "at_least")
        found.append(Limit(key, term.window_h or 1, term.count or "attempts", most))
    return found


def in_force(rule: Rule, *, now: datetime) -> bool:
    """Whether the rule counts at `now`."""
    return rule.valid_from <= now and (rule.valid_until is None or now < rule.valid_until)


def _holds(rule: Rule, term: Term, /, *, facts: Facts, seen: Seen) -> bool:
    if term.fact == VELOCITY:
        key = _key(rule, term, facts)
        if key is None:
            return False
        before = seen.counts.get((key, term.window_h or 1), Count())
        # This payment is one more attempt of so much; whether it is declined is not known yet.
        one = {"attempts": 1, "amount": facts.amount, "declines": 0}[term.count or "attempts"]
        return _NUMBER[term.is_](getattr(before, term.count or "attempts") + one, term.value)
    if _looked_up(term):
        has = _text(facts, term.fact)
        if has is None:
            return False
        return ((str(term.value), has) in seen.members) == (term.is_ == "in_list")
    return _met(term, facts)


def _met(term: Term, facts: Facts) -> bool:
    if term.fact in NUMBERS:
        return _NUMBER[term.is_](getattr(facts, term.fact), term.value)
    has = _text(facts, term.fact)
    return has is not None and _TEXT[term.is_](has, term.value)


def _text(facts: Facts, fact: str) -> str | None:
    has = getattr(facts, fact)
    assert has is None or isinstance(has, str)
    return has.lower() if has is not None and fact.startswith("email") else has


def _looked_up(term: Term) -> bool:
    return term.fact == VELOCITY or term.is_ in _LIST


def _key(rule: Rule, term: Term, facts: Facts) -> str | None:
    """The counter's name. Amounts of different currencies don't add up, so they don't meet."""
    has = _text(facts, term.per or "")
    if has is None:
        return None
    key = f"{rule.scope}|{term.per}|{has}"
    return f"{key}|{facts.currency}" if term.count == "amount" else key


def _checked_velocity(term: Term) -> Term:
    _one_of(term.per, PER, "per")
    _one_of(term.count, COUNTED, "count")
    _one_of(term.is_, _REACHED, "is")
    window_h = _whole(term.window_h, "window_h")
    if not 1 <= window_h <= WINDOW_MAX_H:
        raise WrongTerm("window_h", f"must be 1 to {WINDOW_MAX_H} hours")
    return msgspec.structs.replace(term, value=_whole(term.value), window_h=window_h)


def _whole(given: Any, field: str = "value") -> int:
    text = str(given)
    if not text.isascii() or not text.isdecimal() or len(text) > 12:
        raise WrongTerm(field, "must be a whole number")
    return int(text)


def _one_of(given: Any, known: Iterable[str], field: str) -> None:
    if given not in known:
        raise WrongTerm(field, f"must be one of {', '.join(sorted(known))}")
