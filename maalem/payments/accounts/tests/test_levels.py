"""Levels: what is known decides, and nothing else."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maalem.payments.accounts.levels import (
    ACTIVE,
    CAPABILITIES,
    INACTIVE,
    PENDING,
    Facts,
    rules_at,
    standing,
)
from maalem.payments.accounts.limits import decided

RULES = rules_at(date(2026, 11, 22))
NEEDS = {
    level.number: [need.replace("person.", "individual.") for need in level.needs]
    for level in RULES.levels
}
EVERY = [need for needs in NEEDS.values() for need in needs]
NOBODY = Facts(
    requested=tuple(CAPABILITIES), provided=frozenset(), checks={}, errors={}, prefix="individual"
)


def known(upto: int, **changes: object) -> Facts:
    told = [need for number, needs in NEEDS.items() if number <= upto for need in needs]
    provided = frozenset(told)
    checks = {}
    if upto >= 2:
        checks["individual.id_number"] = "verified"
    if upto >= 3:
        checks["individual.verification.document"] = "verified"
    return replace(NOBODY, **{"provided": provided, "checks": checks, **changes})  # type: ignore[arg-type]


def test_the_levels_are_those_of_the_central_bank():
    assert [level.balance_max for level in RULES.levels] == [20_000, 500_000, 2_000_000]


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_each_level_stands_on_the_ones_below(level):
    found = standing(known(level), RULES)
    assert found.level == level
    for name, needed in CAPABILITIES.items():
        assert found.capabilities[name] == (ACTIVE if level >= needed else INACTIVE)
    assert found.payouts_enabled == (level >= 2)
    missing = {need for number, needs in NEEDS.items() if number > level for need in needs}
    assert set(found.requirements["eventually_due"]) == missing


def test_what_is_being_checked_holds_nobody_to_be_refused():
    facts = known(2, checks={"individual.id_number": "pending"})
    found = standing(facts, RULES)
    assert (found.level, found.capabilities["card_payments"]) == (1, PENDING)
    assert found.requirements["pending_verification"] == ["individual.id_number"]
    assert found.requirements["currently_due"] == []
    assert found.requirements["disabled_reason"] == "requirements.pending_verification"


def test_what_was_refused_is_due_again_and_says_why():
    facts = known(
        2,
        checks={"individual.id_number": "failed"},
        errors={"individual.id_number": "verification_failed_keyed_identity"},
    )
    found = standing(facts, RULES)
    assert found.requirements["currently_due"] == ["individual.id_number"]
    assert found.requirements["past_due"] == ["individual.id_number"]
    (error,) = found.requirements["errors"]
    assert error["code"] == "verification_failed_keyed_identity"
    assert error["reason"] != error["code"]


def test_a_company_has_a_name_and_somebody_who_answers_for_it():
    facts = replace(NOBODY, business_type="company", prefix="representative")
    due = standing(facts, RULES).requirements["currently_due"]
    assert "company.name" in due
    assert "representative.id_number" in due


def test_a_rejected_account_may_do_nothing_whoever_vouched_for_it():
    for vouched in (True, False):
        found = standing(known(3, rejected="fraud", vouched=vouched), RULES)
        assert set(found.capabilities.values()) == {INACTIVE}
        assert not found.charges_enabled
        assert not found.payouts_enabled
        assert found.requirements["disabled_reason"] == "rejected.fraud"


def test_an_account_that_is_vouched_for_needs_nothing():
    found = standing(replace(NOBODY, vouched=True), RULES)
    assert found.level == 2
    assert found.charges_enabled
    assert found.payouts_enabled
    assert found.requirements["currently_due"] == []


@given(st.sets(st.sampled_from(EVERY)), st.sampled_from(EVERY))
def test_to_tell_more_never_takes_anything_away(provided, more):
    checks = {"individual.id_number": "verified", "individual.verification.document": "verified"}
    facts = replace(NOBODY, provided=frozenset(provided), checks=checks)
    before = standing(facts, RULES)
    after = standing(replace(facts, provided=frozenset({*provided, more})), RULES)
    assert after.level >= before.level
    assert set(after.requirements["currently_due"]) <= set(before.requirements["currently_due"])
    for name, status in before.capabilities.items():
        assert status != ACTIVE or after.capabilities[name] == ACTIVE


@given(st.integers(0, 3_000_000), st.integers(0, 3_000_000), st.integers(1, 3_000_000))
def test_a_cap_is_never_passed(holds, month, amount):
    level = rules_at(
        date(2026, 1, 1), caps=((100, None), (None, 900), (2_000_000, 1_000_000))
    ).levels
    for one in level:
        broken = decided(one, holds=holds, month=month, amount=amount)
        fits_balance = one.balance_max is None or holds + amount <= one.balance_max
        fits_month = one.month_max is None or month + amount <= one.month_max
        assert (broken is None) == (fits_balance and fits_month)
