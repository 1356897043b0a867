"""Rules and lists of the institution in memory."""

from dataclasses import dataclass, field, replace
from typing import Any

from maalem.kit.ids import new_id

from .errors import Refused
from .fake_lists import named, part
from .risk_records import Listed, ListedPart, RiskRule, ValueList


@dataclass
class FakeRisk:
    """The part of the stand-in that has rules; `laws` has the oldest first."""

    laws: dict[str, list[RiskRule]] = field(default_factory=dict)
    told_versions: dict[str, list[RiskRule]] = field(default_factory=dict)
    lists: dict[str, list[ValueList]] = field(default_factory=dict)
    on_list: dict[str, list[Listed]] = field(default_factory=dict)

    def rules(self, account: str) -> tuple[RiskRule, ...]:
        self._read("rules")
        return tuple(self.laws.get(account, [])[::-1])

    def rule(self, rule: str, *, account: str) -> RiskRule:
        self._read("rule")
        return named(self.laws.get(account, []), rule)

    def versions(self, rule: str, *, account: str) -> tuple[RiskRule, ...]:
        self._read("versions")
        named(self.laws.get(account, []), rule)
        return tuple(self.told_versions[rule][::-1])

    def make_rule(self, account: str, *, key: str, **said: Any) -> RiskRule:
        def do() -> RiskRule:
            one = RiskRule(
                new_id("rule"), begins_at=self.now(), changed_at=self.now(), changed_by="k", **said
            )
            self.laws.setdefault(account, []).append(one)
            self.told_versions[one.id] = [one]
            return one

        words = (account, tuple(said.items()))
        return self._write("make_rule", key, words=words, do=do)  # type: ignore[no-any-return]

    def change_rule(
        self, rule: str, *, account: str, key: str, ends_at: Any, **said: Any
    ) -> RiskRule:
        def do() -> RiskRule:
            end = {"ends_at": ends_at} if ends_at else {}
            return self._next(rule, account, **said, **end)

        words = (rule, account, ends_at, tuple(said.items()))
        return self._write("change_rule", key, words=words, do=do)  # type: ignore[no-any-return]

    def end_rule(self, rule: str, *, account: str, key: str) -> RiskRule:
        def do() -> RiskRule:
            return self._next(rule, account, ends_at=self.now())

        return self._write("end_rule", key, words=(rule, account), do=do)  # type: ignore[no-any-return]

    def value_lists(self, account: str) -> tuple[ValueList, ...]:
        self._read("value_lists")
        return tuple(self.lists.get(account, [])[::-1])

    def make_list(self, account: str, *, name: str, alias: str, kind: str, key: str) -> ValueList:
        def do() -> ValueList:
            one = ValueList(new_id("rsl"), name=name, kind=kind, created_at=self.now())
            self.lists.setdefault(account, []).append(one)
            return one

        words = (account, name, alias, kind)
        return self._write("make_list", key, words=words, do=do)  # type: ignore[no-any-return]

    def drop_list(self, values: str, *, account: str, key: str) -> None:
        def do() -> None:
            if any(one.asks(values) and not one.has_ended for one in self.laws.get(account, [])):
                raise Refused("a rule looks into it", code="refused")
            self.lists[account].remove(named(self.lists.get(account, []), values))

        self._write("drop_list", key, words=(values, account), do=do)

    def listed(self, values: str, *, account: str, after: str, limit: int) -> ListedPart:
        self._read("listed")
        named(self.lists.get(account, []), values)
        return ListedPart(*part(self.on_list.get(values, [])[::-1], after=after, limit=limit))

    def put_on(self, values: str, *, account: str, value: str, key: str) -> Listed:
        def do() -> Listed:
            kind = named(self.lists.get(account, []), values).kind
            if kind == "email" and "@" not in value:
                raise Refused("no such value", code="refused")
            one = Listed(new_id("rsli"), value=value, created_at=self.now())
            self.on_list.setdefault(values, []).append(one)
            return one

        words = (values, account, value)
        return self._write("put_on", key, words=words, do=do)  # type: ignore[no-any-return]

    def take_off(self, item: str, *, account: str, key: str) -> None:
        def do() -> None:
            for rows in self.on_list.values():
                rows[:] = [one for one in rows if one.id != item]

        self._write("take_off", key, words=(item, account), do=do)

    def _next(self, rule: str, account: str, **what: Any) -> RiskRule:
        rows = self.laws[account]
        old = named(rows, rule)
        if old.has_ended:
            raise Refused("it has ended", code="refused")
        new = replace(old, version=old.version + 1, changed_at=self.now(), **what)
        rows[rows.index(old)] = new
        self.told_versions[rule].append(new)
        return new
