"""Reading payments over the wire: lists, searches, one payment with all around it, money."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from .records import (
    Charge,
    Charges,
    Dispute,
    Fee,
    Holdings,
    Movement,
    Payout,
    Reserve,
    Returned,
    Share,
    Story,
    Told,
)

Plain = Mapping[str, Any]
_WINDOW = timedelta(seconds=90)
_WINDOWS_MAX = 6


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
            found = self.reading.v1.charges.list(wanted, _for(account)).to_dict()
            return _charges(found, next_after=found["data"][-1]["id"] if found["data"] else "")

    def search_charges(self, account: str, *, query: str, page: str, limit: int) -> Charges:
        wanted: dict[str, Any] = {
            "query": query,
            "limit": limit,
            "expand": ["data.balance_transaction"],
        }
        if page:
            wanted["page"] = page
        with self.guard():
            found = self.reading.v1.charges.search(wanted, _for(account)).to_dict()
            return _charges(found, next_after=found["next_page"] or "")

    def story(self, charge: str, *, account: str, told: bool) -> Story:
        v1, whose = self.reading.v1, _for(account)
        with self.guard():
            wanted = {"expand": ["balance_transaction"]}
            found = _charge(v1.charges.retrieve(charge, wanted, whose).to_dict())
            expand = {"expand": ["data.balance_transaction"], "limit": 100}
            refunds = v1.refunds.list({"charge": charge, **expand}, whose).to_dict()
            intent: Plain = {}
            tries: tuple[Charge, ...] = ()
            if found.intent:
                intent = v1.payment_intents.retrieve(found.intent, {}, whose).to_dict()
                asked = {"payment_intent": found.intent, "limit": 100}
                tries = _charges(v1.charges.list(asked, whose).to_dict()).charges
            shares: tuple[Share, ...] = ()
            if found.group and not account:
                listed = v1.transfers.list({"transfer_group": found.group, "limit": 100}).to_dict()
                shares = tuple(_share(one) for one in listed["data"])
            dispute = (
                _dispute(v1.disputes.retrieve(found.dispute, {}, whose).to_dict())
                if found.dispute
                else None
            )
            story = Story(
                charge=found,
                begun_at=_at(intent.get("created")),
                cancelled_at=_at(intent.get("canceled_at")),
                tries=tuple(one for one in tries if one.id != found.id),
                refunds=tuple(_returned(one) for one in refunds["data"]),
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
        for since, until in _windows(_moments(story)):
            wanted = {"limit": 100, "created": {"gte": since, "lte": until}}
            listed = self.reading.v1.events.list(wanted, _for(account)).to_dict()
            for one in listed["data"]:
                thing = one["data"]["object"].get("id", "")
                if thing in mine:
                    found[one["id"]] = _event(one, thing=thing)
        return tuple(sorted(found.values(), key=lambda one: one.id))

    def holdings(self, account: str) -> Holdings:
        with self.guard():
            has = self.reading.v1.balance.retrieve({}, _for(account)).to_dict()
            owner = self._raw("/v1/account", account)
            banks = ((owner.get("external_accounts") or {}).get("data")) or [{}]
            usual = next((one for one in banks if one.get("default_for_currency")), banks[0])
            payouts = (owner.get("settings") or {}).get("payouts") or {}
            schedule = payouts.get("schedule") or {}
            return Holdings(
                available_minor=_sum(has["available"]),
                pending_minor=_sum(has["pending"]),
                kept_minor=_sum(has.get("connect_reserved") or ()),
                interval=schedule.get("interval") or "",
                anchor=str(schedule.get("weekly_anchor") or schedule.get("monthly_anchor") or ""),
                bank=usual.get("bank_name") or "",
                bank_last4=usual.get("last4") or "",
            )

    def payouts(self, account: str, *, limit: int) -> tuple[Payout, ...]:
        with self.guard():
            found = self.reading.v1.payouts.list({"limit": limit}, _for(account)).to_dict()
            return tuple(_payout(one) for one in found["data"])

    def reserves(self, account: str) -> tuple[Reserve, ...]:
        with self.guard():
            found = self._raw("/v1/reserves", account, limit=100)
            return tuple(_reserve(one) for one in found["data"])

    def movements(
        self, account: str, *, since: int, after: str, limit: int
    ) -> tuple[tuple[Movement, ...], str]:
        wanted: dict[str, Any] = {"limit": limit, "created": {"gte": since}}
        if after:
            wanted["starting_after"] = after
        with self.guard():
            found = self.reading.v1.balance_transactions.list(wanted, _for(account)).to_dict()
            lines = tuple(_movement(one) for one in found["data"])
            return lines, lines[-1].id if found["has_more"] and lines else ""

    def _raw(self, path: str, account: str, **params: Any) -> Any:
        """What the SDK has no method for, through its own client."""
        said = self.reading.raw_request("get", path, **params, **_for(account))
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


def _charges(found: Plain, *, next_after: str = "") -> Charges:
    charges = tuple(_charge(one) for one in found["data"])
    return Charges(charges, next_after=next_after if found["has_more"] else "")


def _charge(found: Plain) -> Charge:
    details = found.get("payment_method_details") or {}
    card, payer = details.get("card") or {}, found.get("billing_details") or {}
    line = found.get("balance_transaction")
    passed_on = bool(found.get("source_transfer"))
    return Charge(
        id=found["id"],
        status=found["status"],
        amount_minor=found["amount"],
        captured_minor=found["amount_captured"],
        refunded_minor=found["amount_refunded"],
        currency=found["currency"].upper(),
        captured=found["captured"],
        created_at=_moment(found["created"]),
        intent=_id(found.get("payment_intent")),
        group=found.get("transfer_group") or "",
        receipt=found.get("receipt_number") or "",
        method="passed_on" if passed_on else details.get("type") or "",
        brand=card.get("brand") or "",
        last4=card.get("last4") or "",
        payer=payer.get("name") or "",
        email=payer.get("email") or found.get("receipt_email") or "",
        decline=(found.get("outcome") or {}).get("reason") or found.get("failure_code") or "",
        dispute=_id(found.get("dispute")),
        transfer=_id(found.get("source_transfer")),
        movement=_movement(line) if isinstance(line, Mapping) else None,
    )


def _movement(found: Plain) -> Movement:
    parts = found.get("fee_details") or ()
    return Movement(
        id=found["id"],
        kind=found["type"],
        amount_minor=found["amount"],
        fee_minor=found["fee"],
        net_minor=found["net"],
        created_at=_moment(found["created"]),
        available_at=_moment(found["available_on"]),
        fees=tuple(Fee(one["type"], one["amount"], one.get("description") or "") for one in parts),
    )


def _returned(found: Plain) -> Returned:
    line = found.get("balance_transaction")
    return Returned(
        id=found["id"],
        status=found.get("status") or "",
        amount_minor=found["amount"],
        currency=found["currency"].upper(),
        created_at=_moment(found["created"]),
        reason=found.get("reason") or "",
        movement=_movement(line) if isinstance(line, Mapping) else None,
    )


def _share(found: Plain) -> Share:
    return Share(
        id=found["id"],
        amount_minor=found["amount"],
        taken_back_minor=found["amount_reversed"],
        currency=found["currency"].upper(),
        destination=_id(found["destination"]),
        created_at=_moment(found["created"]),
        group=found.get("transfer_group") or "",
    )


def _dispute(found: Plain) -> Dispute:
    return Dispute(
        id=found["id"],
        status=found["status"],
        reason=found.get("reason") or "",
        amount_minor=found["amount"],
        currency=found["currency"].upper(),
        created_at=_moment(found["created"]),
        due_at=_at((found.get("evidence_details") or {}).get("due_by")),
    )


def _event(found: Plain, *, thing: str) -> Told:
    return Told(
        id=found["id"],
        type=found["type"],
        object=thing,
        created_at=_moment(found["created"]),
        request=(found.get("request") or {}).get("id") or "",
        waiting=found.get("pending_webhooks") or 0,
    )


def _payout(found: Plain) -> Payout:
    votes = found.get("approvals") or {}
    return Payout(
        id=found["id"],
        status=found["status"],
        amount_minor=found["amount"],
        currency=found["currency"].upper(),
        arrives_on=_moment(found["arrival_date"]).date(),
        created_at=_moment(found["created"]),
        failure=found.get("failure_code") or "",
        reference=(found.get("trace_id") or {}).get("value") or "",
        missing=max(0, votes.get("needed", 0) - votes.get("given", 0)),
    )


def _reserve(found: Plain) -> Reserve:
    return Reserve(
        id=found["id"],
        status=found["status"],
        amount_minor=found["amount"],
        currency=found["currency"].upper(),
        rule=_id(found.get("rule")),
        until=_at(found.get("until")),
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _at(seconds: int | None) -> datetime | None:
    return _moment(seconds) if seconds else None


def _id(thing: Any) -> str:
    if not thing:
        return ""
    return thing if isinstance(thing, str) else str(thing["id"])


def _for(account: str) -> Any:
    return {"stripe_account": account} if account else {}


def _sum(parts: Iterable[Plain]) -> int:
    return sum(part["amount"] for part in parts if part["currency"] == "mad")
