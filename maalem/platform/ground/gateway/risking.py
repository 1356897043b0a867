"""Rules and their lists over the wire."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from .plain import Plain, moment, moment_or_none, whose
from .risk_records import Condition, Listed, ListedPart, RiskRule, ValueList

RULES = "/v1/radar/rules"
# An account has at most two hundred rules in force; more pages are of those that have ended.
PAGES_MAX, PAGE = 5, 100


class Risking:
    """The part of the live gateway for rules. `account` is empty for our own."""

    reading: Any
    writing: Any
    guard: Callable[[], AbstractContextManager[None]]
    write_guard: Callable[[], AbstractContextManager[None]]
    _raw: Callable[..., Any]
    _post: Callable[..., Any]

    def rules(self, account: str) -> tuple[RiskRule, ...]:
        rows: list[RiskRule] = []
        with self.guard():
            for _ in range(PAGES_MAX):
                after = {"starting_after": rows[-1].id} if rows else {}
                found = self._raw(RULES, account, limit=PAGE, **after)
                rows += [rule_of(one) for one in found["data"]]
                if not found["has_more"]:
                    break
        return tuple(rows)

    def rule(self, rule: str, *, account: str) -> RiskRule:
        with self.guard():
            return rule_of(self._raw(f"{RULES}/{rule}", account))

    def versions(self, rule: str, *, account: str) -> tuple[RiskRule, ...]:
        with self.guard():
            found = self._raw(f"{RULES}/{rule}/versions", account)
            return tuple(rule_of(one) for one in found["data"])

    def make_rule(
        self, account: str, *, conditions: Sequence[Condition], key: str, **said: Any
    ) -> RiskRule:
        with self.write_guard():
            return rule_of(self._post(RULES, account, key=key, **_wanted(conditions, **said)))

    def change_rule(
        self, rule: str, *, account: str, conditions: Sequence[Condition], key: str, **said: Any
    ) -> RiskRule:
        with self.write_guard():
            wanted = _wanted(conditions, **said)
            return rule_of(self._post(f"{RULES}/{rule}", account, key=key, **wanted))

    def end_rule(self, rule: str, *, account: str, key: str) -> RiskRule:
        with self.write_guard():
            return rule_of(self._post(f"{RULES}/{rule}/end", account, key=key))

    def value_lists(self, account: str) -> tuple[ValueList, ...]:
        with self.guard():
            found = self.reading.v1.radar.value_lists.list({"limit": PAGE}, whose(account))
            return tuple(list_of(one) for one in found.to_dict()["data"])

    def make_list(self, account: str, *, name: str, alias: str, kind: str, key: str) -> ValueList:
        with self.write_guard():
            found = self.writing.v1.radar.value_lists.create(
                {"name": name, "alias": alias, "item_type": kind},
                {"idempotency_key": key, **whose(account)},
            )
            return list_of(found.to_dict())

    def drop_list(self, values: str, *, account: str, key: str) -> None:
        with self.write_guard():
            self.writing.v1.radar.value_lists.delete(
                values, {}, {"idempotency_key": key, **whose(account)}
            )

    def listed(self, values: str, *, account: str, after: str, limit: int) -> ListedPart:
        said: dict[str, Any] = {"value_list": values, "limit": limit}
        said |= {"starting_after": after} if after else {}
        with self.guard():
            found = self.reading.v1.radar.value_list_items.list(said, whose(account)).to_dict()
            items = tuple(listed_of(one) for one in found["data"])
            return ListedPart(items, next_after=items[-1].id if found["has_more"] else "")

    def put_on(self, values: str, *, account: str, value: str, key: str) -> Listed:
        with self.write_guard():
            found = self.writing.v1.radar.value_list_items.create(
                {"value_list": values, "value": value}, {"idempotency_key": key, **whose(account)}
            )
            return listed_of(found.to_dict())

    def take_off(self, item: str, *, account: str, key: str) -> None:
        with self.write_guard():
            self.writing.v1.radar.value_list_items.delete(
                item, {}, {"idempotency_key": key, **whose(account)}
            )


def rule_of(found: Plain) -> RiskRule:
    return RiskRule(
        id=found["id"],
        action=found["action"],
        conditions=tuple(_condition_of(one) for one in found["conditions"]),
        reason=found["reason"],
        begins_at=moment(found["valid_from"]),
        ends_at=moment_or_none(found.get("valid_until")),
        version=found["version"],
        changed_at=moment(found["changed"]),
        changed_by=found["changed_by"],
    )


def list_of(found: Plain) -> ValueList:
    return ValueList(
        id=found["id"],
        name=found["name"],
        kind=found["item_type"],
        created_at=moment(found["created"]),
    )


def listed_of(found: Plain) -> Listed:
    return Listed(id=found["id"], value=found["value"], created_at=moment(found["created"]))


def _condition_of(found: Plain) -> Condition:
    value = found["value"]
    return Condition(
        fact=found["fact"],
        comparator=found["is"],
        value=tuple(value) if isinstance(value, list) else value,
        per=found.get("per") or "",
        count=found.get("count") or "",
        window_h=found.get("window_h") or 0,
    )


def _wanted(
    conditions: Sequence[Condition], *, ends_at: datetime | None = None, **said: Any
) -> dict[str, Any]:
    terms = []
    for one in conditions:
        value = list(one.value) if isinstance(one.value, tuple) else one.value
        term: dict[str, Any] = {"fact": one.fact, "is": one.comparator, "value": value}
        more = {"per": one.per, "count": one.count, "window_h": one.window_h}
        terms.append(term | {name: what for name, what in more.items() if what})
    end = {"valid_until": int(ends_at.timestamp())} if ends_at else {}
    return {**said, "conditions": terms, **end}
