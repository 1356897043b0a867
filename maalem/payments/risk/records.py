"""Rules, lists of values, reviews; and what is known of a payment when it is weighed."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import msgspec

from maalem.payments.records import Record

ALLOW, BLOCK, CHALLENGE, REVIEW = "allow", "block", "challenge", "review"
NORMAL, ELEVATED, HIGHEST = "normal", "elevated", "highest"
# A level stands for a score, as on Stripe's wire: from 65 elevated, from 75 highest.
SCORES = {NORMAL: 10, ELEVATED: 70, HIGHEST: 90}


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One comparison of a rule. `per`, `count` and `window_h` are of the fact `velocity` alone:
    how many (or how much) per card, customer… in the running and the hours before, `window_h` in
    all, this payment included."""

    fact: str
    is_: str = msgspec.field(name="is")
    value: Any
    per: str | None = None
    count: str | None = None
    window_h: int | None = None


class Rule(Record, kw_only=True, frozen=True, dict=True):
    """All `conditions` met, and `action` is taken for the `reason`. No account: the house's own."""

    TABLE: ClassVar[str] = "risk_rules"

    account_id: str | None = None
    action: str
    conditions: list[dict[str, Any]]
    reason: str
    valid_from: datetime
    valid_until: datetime | None = None
    changed_by: str
    changed_at: datetime
    created_at: datetime

    @property
    def scope(self) -> str:
        """Whose counters the rule's velocity is about."""
        return self.account_id or "house"

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The conditions as they are compared."""
        return tuple(msgspec.convert(condition, Term) for condition in self.conditions)


class ValueList(Record, kw_only=True, frozen=True):
    """Values that a rule asks for by the list's id."""

    TABLE: ClassVar[str] = "value_lists"

    account_id: str
    alias: str
    name: str
    item_type: str
    created_by: str
    deleted: bool = False
    metadata: dict[str, str]
    created_at: datetime


class ValueListItem(Record, kw_only=True, frozen=True):
    """One value of a list."""

    TABLE: ClassVar[str] = "value_list_items"

    account_id: str
    list_id: str
    value: str
    created_by: str
    deleted: bool = False
    created_at: datetime


class Review(Record, kw_only=True, frozen=True):
    """A payment that went through, and that a person should look at."""

    TABLE: ClassVar[str] = "reviews"

    account_id: str
    charge_id: str
    intent_id: str
    rule_id: str
    open: bool = True
    closed_reason: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """A payment as rules see it. None: unknown, which no comparison is true of."""

    account: str
    amount: int
    currency: str
    rail: str
    card: str | None = None
    card_brand: str | None = None
    card_country: str | None = None
    card_funding: str | None = None
    cvc_check: str | None = None
    customer: str | None = None
    email: str | None = None
    phone: str | None = None
    risk_level: str = NORMAL

    @property
    def email_domain(self) -> str | None:
        """What stands behind the @."""
        return self.email.rpartition("@")[2] if self.email else None

    @property
    def risk_score(self) -> int:
        """0 to 99, by the level."""
        return SCORES[self.risk_level]


class Count(NamedTuple):
    """What was tried before, within a window."""

    attempts: int = 0
    declines: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What had to be looked up: counts by (counter's key, window), members by (list, value)."""

    counts: dict[tuple[str, int], Count] = field(default_factory=dict)
    members: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is done with a payment. `rule` is the one that decided, if one did."""

    action: str | None
    rule: Rule | None
    challenge: bool
    level: str
