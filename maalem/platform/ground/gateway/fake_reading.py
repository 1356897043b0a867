"""What the institution in memory shows of payments; a test puts things in with `shelf`."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from maalem.kit.ids import new_id

from .errors import Refused
from .fake_lists import named, part
from .records import Charge, Charges, Holdings, Movement, Reserve, Returned, Story
from .shapes import Refund

_CLAUSE = re.compile(
    r'([a-z0-9_.]+)(:|~|>=|<)"?((?:\\.|[^"\s\\])(?:\\.|[^"\\])*?)"?(?: (AND|OR) |$)'
)
_FEE_BPS = 250


@dataclass
class FakeReading:
    """The reading half of the stand-in, which brings `now`, `_read` and `_write`. `shelf` holds the
    charges of each account, the oldest first; everything else is what a test puts there."""

    shelf: dict[str, list[Charge]] = field(default_factory=dict)
    stories: dict[str, Story] = field(default_factory=dict)
    returned: dict[str, list[Returned]] = field(default_factory=dict)
    holds: dict[str, Holdings] = field(default_factory=dict)
    kept: dict[str, tuple[Reserve, ...]] = field(default_factory=dict)
    searched: list[str] = field(default_factory=list)

    def put(self, amount_minor: int, /, *, account: str = "", **what: Any) -> Charge:
        """One more payment of an account, with its fee; the newest."""
        made = what.pop("created_at", self.now())
        fee = 0 if account else amount_minor * _FEE_BPS // 10_000
        line = Movement(
            id=new_id("txn"),
            kind="payment" if account else "charge",
            amount_minor=amount_minor,
            fee_minor=fee,
            net_minor=amount_minor - fee,
            created_at=made,
            available_at=made + timedelta(days=2),
        )
        given = {"status": "succeeded", "captured": True, "captured_minor": amount_minor}
        given |= {"refunded_minor": 0, "currency": "MAD", "method": "card", "movement": line}
        given["id"] = what.pop("id", "") or new_id("ch")
        charge = Charge(amount_minor=amount_minor, created_at=made, **{**given, **what})
        self.shelf.setdefault(account, []).append(charge)
        return charge

    def charges(
        self, account: str, *, after: str, limit: int, group: str, since: int, until: int
    ) -> Charges:
        self._read("charges")

        def fits(one: Charge) -> bool:
            second = one.created_at.timestamp()
            return (not group or one.group == group) and (
                since <= second and (not until or second < until)
            )

        found = [one for one in reversed(self.shelf.get(account, [])) if fits(one)]
        return _page(found, after=after, limit=limit)

    def search_charges(self, account: str, *, query: str, page: str, limit: int) -> Charges:
        self._read("search_charges")
        self.searched.append(query)
        clauses = _CLAUSE.findall(query)
        how = any if " OR " in query else all
        found = [
            one
            for one in reversed(self.shelf.get(account, []))
            if how(
                _holds(one, name=name, sign=sign, value=value) for name, sign, value, _ in clauses
            )
        ]
        return _page(found, after=page, limit=limit)

    def story(self, charge: str, *, account: str, told: bool) -> Story:
        self._read("story")
        found = self._charge(charge, account=account)
        given = self.stories.get(charge, Story(found, begun_at=found.created_at))
        case = self._of(found.dispute, account) if found.dispute else given.dispute
        refunds = tuple(self.returned.get(charge, []))
        return replace(given, charge=found, refunds=refunds, dispute=case)

    def give_back(
        self, charge: str, *, account: str, amount_minor: int, reason: str, key: str
    ) -> Refund:
        def do() -> Refund:
            found = self._charge(charge, account=account)
            if not found.left_minor:
                raise Refused("already refunded", code="charge_already_refunded")
            if amount_minor > found.left_minor:
                raise Refused("more than is left", code="amount_too_large")
            place = self.shelf[account].index(found)
            sum_back = found.refunded_minor + amount_minor
            self.shelf[account][place] = replace(found, refunded_minor=sum_back)
            refund = Refund(new_id("re"), "succeeded", amount_minor=amount_minor, currency="MAD")
            if reason == "fraudulent" and any(
                one.charge == charge for one in self.queue.get(account, [])
            ):
                self._close(charge, account=account, why="refunded_as_fraud")
            self.returned.setdefault(charge, []).append(
                Returned(
                    refund.id,
                    "succeeded",
                    amount_minor,
                    "MAD",
                    self.now(),
                    reason=reason,
                    movement=self._gone(amount_minor),
                )
            )
            return refund

        words = (charge, account, amount_minor, reason)
        return self._write("give_back", key, words=words, do=do)  # type: ignore[no-any-return]

    def _gone(self, amount_minor: int) -> Movement:
        fee = -(amount_minor * _FEE_BPS // 10_000)
        return Movement(
            id=new_id("txn"),
            kind="refund",
            amount_minor=-amount_minor,
            fee_minor=fee,
            net_minor=-amount_minor - fee,
            created_at=self.now(),
            available_at=self.now(),
        )

    def holdings(self, account: str) -> Holdings:
        self._read("holdings")
        return self.holds.get(account, Holdings(0, 0, 0))

    def reserves(self, account: str) -> tuple[Reserve, ...]:
        self._read("reserves")
        return self.kept.get(account, ())

    def movements(
        self, account: str, *, since: int, after: str, limit: int
    ) -> tuple[tuple[Movement, ...], str]:
        self._read("movements")
        lines = [one.movement for one in reversed(self.shelf.get(account, [])) if one.movement]
        recent = [one for one in lines if one.created_at.timestamp() >= since]
        return part(recent, after=after, limit=limit)

    def _charge(self, charge: str, *, account: str) -> Charge:
        return named(self.shelf.get(account, []), charge)


def _page(found: list[Charge], *, after: str, limit: int) -> Charges:
    shown, next_after = part(found, after=after, limit=limit)
    return Charges(shown, next_after=next_after)


def _holds(one: Charge, *, name: str, sign: str, value: str) -> bool:
    value = re.sub(r"\\(.)", r"\1", value)
    of = {
        "amount": str(one.amount_minor),
        "status": one.status,
        "disputed": str(bool(one.dispute)).lower(),
        "receipt_number": one.receipt,
        "transfer_group": one.group,
        "payment_method_details.card.last4": one.last4,
        "billing_details.email": one.email.lower(),
        "billing_details.name": one.payer.lower(),
        "created": str(int(one.created_at.timestamp())),
    }[name]
    if name == "created":
        return int(of) >= int(value) if sign == ">=" else int(of) < int(value)
    return value.lower() in of if sign == "~" else of.lower() == value.lower()
