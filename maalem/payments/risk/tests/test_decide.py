"""Rules held against a payment: each fact, each comparator, each action, and their order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maalem.payments.risk.decide import (
    NUMBERS,
    TEXTS,
    VELOCITY,
    WrongTerm,
    checked,
    counters,
    in_force,
    limits,
    wanted,
    weigh,
)
from maalem.payments.risk.records import Count, Facts, Rule, Seen, Term

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
FACTS = Facts(
    account="acct_souk",
    amount=50_000,
    currency="mad",
    rail="card",
    card="fp_1",
    card_brand="visa",
    card_country="FR",
    card_funding="debit",
    cvc_check="pass",
    customer="cus_claire",
    email="Claire@Example.org",
    phone="+33612345678",
    risk_level="elevated",
)
EVERY = Term(fact=VELOCITY, is_="at_least", value=3, per="card", count="attempts", window_h=24)


def rule(action: str = "block", /, *terms: Term | dict[str, Any], id: str = "rule_1") -> Rule:
    said = [
        term if isinstance(term, dict) else {"fact": term.fact, "is": term.is_, "value": term.value}
        for term in terms
    ]
    return Rule(
        id=id,
        account_id="acct_souk",
        action=action,
        conditions=said,
        reason="Because.",
        valid_from=NOW,
        changed_by="naima",
        changed_at=NOW,
        created_at=NOW,
    )


def velocity(**fields: Any) -> dict[str, Any]:
    said = {"fact": VELOCITY, "is": "at_least", "value": 3, "per": "card", "count": "attempts"}
    return {**said, "window_h": 24, **fields}


def met(term: dict[str, Any], facts: Facts = FACTS, seen: Seen | None = None) -> bool:
    verdict = weigh([rule("block", term)], facts, seen=seen or Seen())
    return verdict.action == "block"


@pytest.mark.parametrize(
    ("fact", "comparator", "value", "expected"),
    [
        ("amount", "at_least", 50_000, True),
        ("amount", "more_than", 50_000, False),
        ("amount", "at_most", 50_000, True),
        ("amount", "less_than", 50_000, False),
        ("amount", "equals", 50_000, True),
        ("risk_score", "at_least", 65, True),
        ("risk_level", "is", "elevated", True),
        ("currency", "is", "mad", True),
        ("currency", "is_not", "mad", False),
        ("card_country", "one_of", ["FR", "ES"], True),
        ("card_country", "none_of", ["MA"], True),
        ("card_country", "none_of", ["FR"], False),
        ("card_brand", "is", "mastercard", False),
        ("card_funding", "is", "debit", True),
        ("cvc_check", "is_not", "pass", False),
        ("rail", "is", "card", True),
        ("card", "is", "fp_1", True),
        ("customer", "is", "cus_claire", True),
        ("email", "is", "claire@example.org", True),
        ("email_domain", "one_of", ["example.org"], True),
        ("phone", "is", "+33612345678", True),
    ],
)
def test_each_fact_is_compared(fact, comparator, value, expected):
    assert met({"fact": fact, "is": comparator, "value": value}) is expected


def test_every_fact_is_known_to_a_payment():
    assert all(hasattr(FACTS, fact) for fact in NUMBERS | TEXTS)


@pytest.mark.parametrize("comparator", ["is", "is_not", "one_of", "none_of"])
def test_nothing_is_true_of_what_is_unknown(comparator):
    wallet = Facts(account="acct_souk", amount=1, currency="mad", rail="wallet")
    value: Any = ["FR"] if "of" in comparator else "FR"
    assert not met({"fact": "card_country", "is": comparator, "value": value}, wallet)
    assert not met({"fact": "email", "is": "not_in_list", "value": "rsl_1"}, wallet)
    assert not met(velocity(), wallet)


@pytest.mark.parametrize(
    ("term", "before", "expected"),
    [
        (velocity(), Count(attempts=1), False),
        (velocity(), Count(attempts=2), True),  # this one is the third
        (velocity(**{"is": "more_than"}), Count(attempts=2), False),
        (velocity(count="declines"), Count(declines=2), False),
        (velocity(count="declines"), Count(declines=3), True),
        (velocity(count="amount", value=100_000), Count(amount=49_999), False),
        (velocity(count="amount", value=100_000), Count(amount=50_000), True),
    ],
)
def test_velocity_counts_this_payment_too(term, before, expected):
    asked = wanted([rule("block", term)], FACTS)
    assert len(asked.counts) == 1
    assert met(term, seen=Seen(counts={asked.counts[0]: before})) is expected


def test_amounts_of_different_currencies_are_counted_apart():
    amounts, tries = rule("block", velocity(count="amount")), rule("block", velocity())
    assert counters([amounts], FACTS) == {"acct_souk|card|fp_1|mad"}
    assert counters([tries], FACTS) == {"acct_souk|card|fp_1"}


@pytest.mark.parametrize(("is_in", "comparator"), [(True, "in_list"), (False, "not_in_list")])
def test_lists_are_looked_into(is_in, comparator):
    term = {"fact": "email", "is": comparator, "value": "rsl_1"}
    asked = wanted([rule("block", term)], FACTS)
    assert asked.members == (("rsl_1", "claire@example.org"),)
    assert met(term, seen=Seen(members=frozenset(asked.members))) is is_in
    assert met(term) is not is_in


def test_nothing_is_looked_up_for_a_rule_that_fails_already():
    cheap = {"fact": "amount", "is": "at_least", "value": 99_999}
    assert wanted([rule("block", velocity(), cheap)], FACTS) == ((), ())
    assert wanted([rule("block", cheap)], FACTS) == ((), ())
    # It is counted all the same: the next payment may be as large.
    assert counters([rule("block", velocity(), cheap)], FACTS) == {"acct_souk|card|fp_1"}


ALWAYS = {"fact": "amount", "is": "at_least", "value": 1}


@pytest.mark.parametrize(
    ("actions", "decided", "challenge"),
    [
        (["block"], "block", False),
        (["review", "block"], "block", False),
        (["block", "allow"], "allow", False),
        (["review", "allow"], "allow", False),
        (["challenge"], None, True),
        (["challenge", "review"], "review", True),
        (["challenge", "allow"], "allow", True),
        ([], None, False),
    ],
)
def test_who_is_heard_when_rules_disagree(actions, decided, challenge):
    rules = [rule(action, ALWAYS, id=f"rule_{place}") for place, action in enumerate(actions)]
    verdict = weigh(rules, FACTS, seen=Seen())
    assert (verdict.action, verdict.challenge) == (decided, challenge)
    if actions:
        assert verdict.rule is not None


def test_all_conditions_have_to_be_met():
    never = {"fact": "amount", "is": "at_least", "value": 10**9}
    assert weigh([rule("block", ALWAYS, never)], FACTS, seen=Seen()).action is None


def test_a_rule_counts_from_its_day_until_its_last():
    one = rule("block", ALWAYS)
    ended = Rule(**{**{f: getattr(one, f) for f in one.__struct_fields__}, "valid_until": NOW})
    assert in_force(one, now=NOW)
    assert not in_force(one, now=NOW - timedelta(seconds=1))
    assert not in_force(ended, now=NOW)


def test_a_limit_is_what_a_blocking_rule_leaves_room_for():
    found = limits([rule("block", velocity(), ALWAYS)], FACTS)
    assert [(limit.key, limit.counted, limit.most) for limit in found] == [
        ("acct_souk|card|fp_1", "attempts", 2)
    ]
    assert limits([rule("review", velocity())], FACTS) == []


@pytest.mark.parametrize(
    ("term", "field"),
    [
        (Term(fact="colour", is_="is", value="red"), "fact"),
        (Term(fact="amount", is_="is", value=1), "is"),
        (Term(fact="amount", is_="at_least", value="1.5"), "value"),
        (Term(fact="amount", is_="at_least", value=-1), "value"),
        (Term(fact="email", is_="one_of", value=[]), "value"),
        (Term(fact="email", is_="is", value=""), "value"),
        (Term(fact="email", is_="is", value="x", per="card"), "per"),
        (Term(fact=VELOCITY, is_="at_least", value=1, per="card", count="attempts"), "window_h"),
        (
            Term(fact=VELOCITY, is_="at_most", value=1, per="card", count="amount", window_h=1),
            "is",
        ),
        (
            Term(fact=VELOCITY, is_="at_least", value=1, per="car", count="amount", window_h=1),
            "per",
        ),
        (
            Term(fact=VELOCITY, is_="at_least", value=1, per="card", count="x", window_h=1),
            "count",
        ),
        (
            Term(fact=VELOCITY, is_="at_least", value=1, per="card", count="amount", window_h=721),
            "window_h",
        ),
    ],
)
def test_a_condition_outside_the_closed_sets_is_refused(term, field):
    with pytest.raises(WrongTerm) as refused:
        checked(term)
    assert refused.value.field == field


def test_numbers_may_come_as_the_wire_writes_them():
    assert checked(Term(fact="amount", is_="at_least", value="500")).value == 500
    assert checked(EVERY) == EVERY
