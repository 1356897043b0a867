"""What has to be known of an account before it may do what: Bank Al-Maghrib's three levels.

Pure: facts go in, what the wire calls requirements comes out. The levels are data with the day
from which they hold. Their balances (200, 5,000 and 20,000 dirhams) are those of the central bank's
guide to payment accounts; whether a monthly turnover is capped too is not settled, so none is by
default, and `MAALEM_LEVEL_CAPS` may set both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

ACTIVE, PENDING, INACTIVE = "active", "pending", "inactive"
# The lowest level at which each may be used.
CAPABILITIES = {"transfers": 1, "card_payments": 2, "wallet_payments": 2}
PAYOUTS_FROM = 2
VOUCHED_LEVEL = 2


@dataclass(frozen=True, slots=True)
class Level:
    """`needs` come on top of those of the levels below; `person.` stands for whoever answers for
    the account. Caps are in centimes, None where there is none."""

    number: int
    needs: tuple[str, ...]
    balance_max: int | None
    month_max: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The levels that hold from `since` on."""

    since: date
    levels: tuple[Level, ...]

    def level(self, number: int) -> Level | None:
        """That level; None for 0, of which nothing is known."""
        return self.levels[number - 1] if number else None


DATED = (
    Rules(
        date(2018, 11, 1),
        (
            Level(1, ("person.phone", "tos_acceptance.date", "tos_acceptance.ip"), 20_000),
            Level(
                2,
                (
                    "person.first_name",
                    "person.last_name",
                    *("person.dob.day", "person.dob.month", "person.dob.year"),
                    "person.address.city",
                    "person.address.line1",
                    "person.id_number",
                ),
                500_000,
            ),
            Level(
                3,
                (
                    "person.verification.document",
                    "company.registration_number",
                    "company.tax_id",
                ),
                2_000_000,
            ),
        ),
    ),
)
# A company has a name from the level on at which a person has one.
_OF_COMPANIES = (2, "company.name")


def rules_at(day: date, *, caps: Sequence[tuple[int | None, int | None]] = ()) -> Rules:
    """The rules of that day; `caps` (balance, month) of the settings in place of ours."""
    found = max((rules for rules in DATED if rules.since <= day), key=lambda rules: rules.since)
    if not caps:
        return found
    levels = tuple(
        replace(level, balance_max=balance, month_max=month)
        for level, (balance, month) in zip(found.levels, caps, strict=True)
    )
    return replace(found, levels=levels)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known. `checks` are the verification's words (`verified`, `pending`, `failed`) on
    what it was asked about, `errors` its codes; `prefix` is what `person.` is called."""

    requested: tuple[str, ...]
    provided: frozenset[str]
    checks: Mapping[str, str]
    errors: Mapping[str, str]
    business_type: str | None = None
    prefix: str = "individual"
    rejected: str | None = None
    vouched: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows from the facts."""

    level: int
    capabilities: dict[str, str]
    requirements: dict[str, Any]

    @property
    def charges_enabled(self) -> bool:
        """Whether the account may be paid by card or wallet itself."""
        paid = (self.capabilities.get(name) for name in ("card_payments", "wallet_payments"))
        return ACTIVE in paid

    @property
    def payouts_enabled(self) -> bool:
        """Whether its money may leave for a bank account."""
        return self.capabilities.get("transfers") == ACTIVE and self.level >= PAYOUTS_FROM


def standing(facts: Facts, rules: Rules) -> Standing:
    """Which level the account has reached, what that allows and what is still missing."""
    if facts.vouched and facts.rejected is None:
        asked = facts.requested or tuple(CAPABILITIES)
        return Standing(VOUCHED_LEVEL, dict.fromkeys(asked, ACTIVE), _requirements(facts))
    missing = {level.number: _missing(facts, level) for level in rules.levels}
    reached, hoped = _reached(facts, missing)
    capabilities = {
        name: _status(CAPABILITIES[name], reached, hoped=hoped, rejected=facts.rejected)
        for name in facts.requested
    }
    wanted = max((CAPABILITIES[name] for name in facts.requested), default=0)
    due = [need for number, needs in missing.items() if number <= wanted for need in needs]
    later = [need for needs in missing.values() for need in needs]
    return Standing(
        reached,
        capabilities,
        _requirements(
            facts,
            due=due,
            later=later,
            stopped=any(status == INACTIVE for status in capabilities.values()),
            waiting=any(status == PENDING for status in capabilities.values()),
        ),
    )


def _missing(facts: Facts, level: Level) -> list[str]:
    """What the level needs and the facts lack, or hold in a form that was refused."""
    company = facts.business_type not in (None, "individual")
    needs = [*level.needs, *([_OF_COMPANIES[1]] if company and level.number == 2 else [])]
    named = (need.replace("person.", f"{facts.prefix}.", 1) for need in needs)
    return sorted(
        need for need in named if need not in facts.provided or facts.checks.get(need) == "failed"
    )


def _reached(facts: Facts, missing: Mapping[int, list[str]]) -> tuple[int, int]:
    """(the level reached, the level that it will be if what is being checked turns out well)."""
    hoped = 0
    for number, needs in missing.items():
        if needs:
            break
        hoped = number
    # Level 2 stands on the identity, level 3 on the document besides.
    reached = hoped
    for number, need in ((3, "verification.document"), (2, "id_number")):
        if reached >= number and facts.checks.get(f"{facts.prefix}.{need}") != "verified":
            reached = number - 1
    return reached, hoped


def _status(needed: int, reached: int, *, hoped: int, rejected: str | None) -> str:
    if rejected is not None:
        return INACTIVE
    if reached >= needed:
        return ACTIVE
    return PENDING if hoped >= needed else INACTIVE


def _requirements(
    facts: Facts,
    *,
    due: Sequence[str] = (),
    later: Sequence[str] = (),
    stopped: bool = False,
    waiting: bool = False,
) -> dict[str, Any]:
    """The `requirements` object. What is due stops something from the first day on."""
    reason = None
    if facts.rejected is not None:
        reason = f"rejected.{facts.rejected}"
    elif stopped:
        reason = "requirements.past_due"
    elif waiting:
        reason = "requirements.pending_verification"
    return {
        "alternatives": [],
        "currently_due": sorted(due),
        "current_deadline": None,
        "disabled_reason": reason,
        "errors": [
            {"code": code, "reason": REASONS.get(code, code), "requirement": need}
            for need, code in sorted(facts.errors.items())
        ],
        "eventually_due": sorted(later),
        "past_due": sorted(due) if stopped else [],
        "pending_verification": sorted(
            need for need, word in facts.checks.items() if word == "pending"
        ),
    }


REASONS = {
    "verification_failed_keyed_identity": (
        "The person's identity can't be confirmed: the name, the date of birth and the number of"
        " the national identity card don't go together. Correct them."
    ),
    "verification_document_not_readable": (
        "The document can't be read. Send a picture of the whole card, in light and in focus."
    ),
    "verification_document_failed_copy": (
        "The document is a copy of a copy. Send a picture of the card itself."
    ),
}
