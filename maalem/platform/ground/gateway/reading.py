"""Reading payments over the wire: lists, searches, one payment with all around it, money."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from .plain import (
    Plain,
    charge_of,
    charges_of,
    dispute_of,
    moment_or_none,
    movement_of,
    reserve_of,
    returned_of,
    share_of,
    sum_of,
    told_of,
    whose,
)
from .records import Charge, Charges, Holdings, Movement, Reserve, Share, Story, Told

_WINDOW = timedelta(seconds=90)
_WINDOWS_MAX = 6
_OF_DISPUTES = [f"charge.dispute.{what}" for what in ("updated", "closed", "funds_reinstated")]


class Reading:
    """The part of the live gateway that only looks. `account` is empty for the platform's own."""

    reading: Any
    guard: Callable[[], AbstractContextManager[None]]

    def charges(
        self, account: str, *, after: str, limit: int, group: str, since: int, until: int
    ) -> Charges:
        wanted: dict[str, Any] = {"limit": limit, "expand": ["data.balance_transaction"]}
        if after:
            wanted["starting_after"] = after
        if group:
            wanted["transfer_group"] = group
        made = {"gte": since or None, "lt": until or None}
        if any(made.values()):
            wanted["created"] = {name: at for name, at in made.items() if at}
        with self.guard():
            found = self.reading.v1.charges.list(wanted, whose(account)).to_dict()
            return charges_of(found, next_after=found["data"][-1]["id"] if found["data"] else "")

    def search_charges(self, account: str, *, query: str, page: str, limit: int) -> Charges:
        wanted: dict[str, Any] = {
            "query": query,
            "limit": limit,
            "expand": ["data.balance_transaction"],
        }
        if page:
            wanted["page"] = page
        with self.guard():
            found = self.reading.v1.charges.search(wanted, whose(account)).to_dict()
            return charges_of(found, next_after=found["next_page"] or "")

    def story(self, charge: str, *, account: str, told: bool) -> Story:
        v1, mine = self.reading.v1, whose(account)
        with self.guard():
            wanted = {"expand": ["balance_transaction"]}
            found = charge_of(v1.charges.retrieve(charge, wanted, mine).to_dict())
            lines = ["data.balance_transaction", "data.failure_balance_transaction"]
            expand = {"expand": lines, "limit": 100}
            refunds = v1.refunds.list({"charge": charge, **expand}, mine).to_dict()
            intent: Plain = {}
            tries: tuple[Charge, ...] = ()
            if found.intent:
                intent = v1.payment_intents.retrieve(found.intent, {}, mine).to_dict()
                asked = {"payment_intent": found.intent, "limit": 100}
                tries = charges_of(v1.charges.list(asked, mine).to_dict()).charges
            shares: tuple[Share, ...] = ()
            if found.group and not account:
                listed = v1.transfers.list({"transfer_group": found.group, "limit": 100}).to_dict()
                shares = tuple(share_of(one) for one in listed["data"])
            dispute = (
                dispute_of(v1.disputes.retrieve(found.dispute, {}, mine).to_dict())
                if found.dispute
                else None
            )
            story = Story(
                charge=found,
                begun_at=moment_or_none(intent.get("created")),
                cancelled_at=moment_or_none(intent.get("canceled_at")),
                tries=tuple(one for one in tries if one.id != found.id),
                refunds=tuple(returned_of(one) for one in refunds["data"]),
                shares=shares,
                dispute=dispute,
            )
            return replace(story, told=self._told(story, account=account)) if told else story

    def _told(self, story: Story, *, account: str) -> tuple[Told, ...]:
        """Events about the payment: the list can't be asked by object, so by the moments."""
        mine = {story.charge.id, story.charge.intent, *(one.id for one in story.refunds)}
        mine |= {one.id for one in story.shares} | {one.id for one in story.tries}
        mine |= {story.dispute.id} if story.dispute else set()
        found: dict[str, Told] = {}
        asked: list[dict[str, Any]] = [
            {"created": {"gte": since, "lte": until}} for since, until in _windows(_moments(story))
        ]
        if story.dispute:
            since = int(story.dispute.created_at.timestamp())
            asked.append({"created": {"gte": since}, "types": _OF_DISPUTES})
        for what in asked:
            wanted = {"limit": 100, **what}
            listed = self.reading.v1.events.list(wanted, whose(account)).to_dict()
            for one in listed["data"]:
                thing = one["data"]["object"].get("id", "")
                if thing in mine:
                    found[one["id"]] = told_of(one, thing=thing)
        return tuple(sorted(found.values(), key=lambda one: one.id))

    def holdings(self, account: str) -> Holdings:
        with self.guard():
            has = self.reading.v1.balance.retrieve({}, whose(account)).to_dict()
            owner = self._raw("/v1/account", account)
            banks = ((owner.get("external_accounts") or {}).get("data")) or [{}]
            usual = next((one for one in banks if one.get("default_for_currency")), banks[0])
            payouts = (owner.get("settings") or {}).get("payouts") or {}
            schedule = payouts.get("schedule") or {}
            return Holdings(
                available_minor=sum_of(has["available"]),
                pending_minor=sum_of(has["pending"]),
                kept_minor=sum_of(has.get("connect_reserved") or ()),
                interval=schedule.get("interval") or "",
                anchor=str(schedule.get("weekly_anchor") or schedule.get("monthly_anchor") or ""),
                bank=usual.get("bank_name") or "",
                bank_last4=usual.get("last4") or "",
            )

    def reserves(self, account: str) -> tuple[Reserve, ...]:
        with self.guard():
            found = self._raw("/v1/reserves", account, limit=100)
            return tuple(reserve_of(one) for one in found["data"])

    def movements(
        self, account: str, *, since: int, after: str, limit: int
    ) -> tuple[tuple[Movement, ...], str]:
        wanted: dict[str, Any] = {"limit": limit, "created": {"gte": since}}
        if after:
            wanted["starting_after"] = after
        with self.guard():
            found = self.reading.v1.balance_transactions.list(wanted, whose(account)).to_dict()
            lines = tuple(movement_of(one) for one in found["data"])
            return lines, lines[-1].id if found["has_more"] and lines else ""

    def _raw(self, path: str, account: str, **params: Any) -> Any:
        """What the SDK has no method for, through its own client."""
        said = self.reading.raw_request("get", path, **params, **whose(account))
        return self.reading.deserialize(said, api_mode="V1").to_dict()


def _moments(story: Story) -> list[datetime]:
    things: Iterable[Any] = (*story.tries, *story.refunds, *story.shares, story.dispute)
    known = [story.begun_at, story.cancelled_at, story.charge.created_at]
    known += [thing.created_at for thing in things if thing]
    return sorted(at for at in known if at)


def _windows(moments: list[datetime]) -> list[tuple[int, int]]:
    """The stretches of time around the moments, in seconds; the newest where there are many."""
    found: list[tuple[int, int]] = []
    for at in moments:
        since, until = int((at - _WINDOW).timestamp()), int((at + _WINDOW).timestamp())
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], until)
        else:
            found.append((since, until))
    return found[-_WINDOWS_MAX:]
