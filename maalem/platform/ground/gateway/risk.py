"""The verbs for rules about payments and the lists that they look into.

`account` is a connected account's id, empty for the platform's own. Reads raise Refused
(`resource_missing` for what is another's) or Unavailable, writes Refused or Unknown.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from .calls import _bank
from .risk_records import Condition, Listed, ListedPart, RiskRule, ValueList


def rules(account: str = "") -> tuple[RiskRule, ...]:
    """An account's rules, newest first; those that have ended too."""
    return cast(tuple[RiskRule, ...], _bank().rules(account))


def rule(rule: str, *, account: str = "") -> RiskRule:
    """One rule as it is now."""
    return cast(RiskRule, _bank().rule(rule, account=account))


def versions(rule: str, *, account: str = "") -> tuple[RiskRule, ...]:
    """What it said, the newest first."""
    return cast(tuple[RiskRule, ...], _bank().versions(rule, account=account))


def make_rule(
    account: str = "",
    *,
    action: str,
    conditions: Sequence[Condition],
    reason: str,
    key: str,
    ends_at: datetime | None = None,
) -> RiskRule:
    """A rule that is in force from now on."""
    found = _bank().make_rule(
        account,
        action=action,
        conditions=tuple(conditions),
        reason=reason,
        ends_at=ends_at,
        key=key,
    )
    return cast(RiskRule, found)


def change_rule(
    rule: str,
    *,
    action: str,
    conditions: Sequence[Condition],
    reason: str,
    key: str,
    ends_at: datetime | None = None,
    account: str = "",
) -> RiskRule:
    """Its next version, from now on; without `ends_at` its end stays as it is."""
    found = _bank().change_rule(
        rule,
        account=account,
        action=action,
        conditions=tuple(conditions),
        reason=reason,
        ends_at=ends_at,
        key=key,
    )
    return cast(RiskRule, found)


def end_rule(rule: str, *, key: str, account: str = "") -> RiskRule:
    """It counts no more, and stays to be read."""
    return cast(RiskRule, _bank().end_rule(rule, account=account, key=key))


def value_lists(account: str = "") -> tuple[ValueList, ...]:
    """An account's lists, newest first."""
    return cast(tuple[ValueList, ...], _bank().value_lists(account))


def make_list(account: str = "", *, name: str, alias: str, kind: str, key: str) -> ValueList:
    """An empty list. `alias` is the name by which programs know it."""
    found = _bank().make_list(account, name=name, alias=alias, kind=kind, key=key)
    return cast(ValueList, found)


def drop_list(values: str, *, key: str, account: str = "") -> None:
    """Forget a list. Refused while a rule looks into it."""
    _bank().drop_list(values, account=account, key=key)


def listed(values: str, *, account: str = "", after: str = "", limit: int = 50) -> ListedPart:
    """What stands on a list, newest first."""
    found = _bank().listed(values, account=account, after=after, limit=limit)
    return cast(ListedPart, found)


def put_on(values: str, *, value: str, key: str, account: str = "") -> Listed:
    """Put a value on a list: payments are held against it from now on."""
    return cast(Listed, _bank().put_on(values, account=account, value=value, key=key))


def take_off(item: str, *, key: str, account: str = "") -> None:
    """Take a value off its list."""
    _bank().take_off(item, account=account, key=key)
