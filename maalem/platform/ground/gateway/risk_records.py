"""What a rule says of payments, and the lists that rules look into."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Condition:
    """One comparison. Amounts are centimes; `value` of `in_list` and `not_in_list` is a list's id.

    `per`, `count` and `window_h` are of the fact `velocity` alone.
    """

    fact: str
    comparator: str
    value: int | str | tuple[str, ...]
    per: str = ""
    count: str = ""
    window_h: int = 0


@dataclass(frozen=True)
class RiskRule:
    """All `conditions` met, and `action` allow|block|challenge|review is taken for the `reason`."""

    id: str
    action: str
    conditions: tuple[Condition, ...]
    reason: str
    begins_at: datetime
    ends_at: datetime | None = None
    version: int = 1
    changed_at: datetime | None = None
    changed_by: str = ""

    @property
    def has_ended(self) -> bool:
        return self.ends_at is not None and self.ends_at <= datetime.now(UTC)

    def asks(self, values: str) -> bool:
        """Whether it looks into that list."""
        return any(one.value == values for one in self.conditions)


@dataclass(frozen=True)
class ValueList:
    """Values that rules ask for. `kind` is what it holds, in Stripe's words (`item_type`)."""

    id: str
    name: str
    kind: str
    created_at: datetime


@dataclass(frozen=True)
class Listed:
    """One value of a list."""

    id: str
    value: str
    created_at: datetime


@dataclass(frozen=True)
class ListedPart:
    """Part of a list's values, newest first; pass `next_after` to get what comes after it."""

    values: tuple[Listed, ...]
    next_after: str = ""
