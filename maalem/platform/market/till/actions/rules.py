"""Rules and lists: made, changed, ended. Each is written down with who did it."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from maalem.platform.ground.gateway import risk
from maalem.platform.ground.gateway.risk_records import Condition, RiskRule, ValueList
from maalem.platform.ground.people.models import Person
from maalem.platform.market.till import deeds
from maalem.platform.market.till.access import Till


def make(
    till: Till,
    *,
    action: str,
    conditions: Sequence[Condition],
    reason: str,
    ends_at: datetime | None,
    token: str,
    by: Person,
) -> RiskRule:
    """A rule, in force at once. Raises Refused or Unknown."""
    made = risk.make_rule(
        till.account,
        action=action,
        conditions=conditions,
        reason=reason,
        ends_at=ends_at,
        key=f"till-rule-{token}",
    )
    deeds.note(till, "rule_made", about=made.id, by=by, words=f"{action}: {reason}")
    return made


def change(
    till: Till,
    rule: str,
    *,
    action: str,
    conditions: Sequence[Condition],
    reason: str,
    ends_at: datetime | None,
    token: str,
    by: Person,
) -> RiskRule:
    """Its next version, in force at once. Raises Refused or Unknown."""
    made = risk.change_rule(
        rule,
        account=till.account,
        action=action,
        conditions=conditions,
        reason=reason,
        ends_at=ends_at,
        key=f"till-rule-{rule}-{token}",
    )
    deeds.note(till, "rule_changed", about=rule, by=by, words=f"{action}: {reason}")
    return made


def end(till: Till, rule: str, *, token: str, by: Person) -> None:
    """It counts no more. Raises Refused or Unknown."""
    risk.end_rule(rule, account=till.account, key=f"till-end-{rule}-{token}")
    deeds.note(till, "rule_ended", about=rule, by=by)


def make_list(till: Till, *, name: str, kind: str, token: str, by: Person) -> ValueList:
    """An empty list. Raises Refused or Unknown."""
    # Programs know a list by a name in small letters; the same press asks for the same.
    alias = f"till_{sha256(token.encode()).hexdigest()[:12]}"
    made = risk.make_list(till.account, name=name, alias=alias, kind=kind, key=f"till-list-{token}")
    deeds.note(till, "list_made", about=made.id, by=by, words=name)
    return made


def put_on(till: Till, values: str, *, value: str, token: str, by: Person) -> None:
    """A value on a list. Raises Refused or Unknown."""
    risk.put_on(values, account=till.account, value=value, key=f"till-put-{values}-{token}")
    deeds.note(till, "list_added", about=values, by=by, words=value)


def take_off(till: Till, values: str, *, item: str, token: str, by: Person) -> None:
    """A value off its list. Raises Refused or Unknown."""
    risk.take_off(item, account=till.account, key=f"till-take-{item}-{token}")
    deeds.note(till, "list_removed", about=values, by=by, words=item)


def drop_list(till: Till, values: str, *, token: str, by: Person) -> None:
    """Forget a list that no rule looks into. Raises Refused or Unknown."""
    risk.drop_list(values, account=till.account, key=f"till-drop-list-{values}-{token}")
    deeds.note(till, "list_dropped", about=values, by=by)
