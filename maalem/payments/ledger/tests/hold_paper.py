"""Holds as they ought to be, on paper: purses, what was promised of them, what became of it.

It reads transfers, and has its own mind about them: counters are added up anew from all that was
ever written down, and a refusal names everything that is wrong, in whatever order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from maalem.payments.ledger.records import LedgerTransfer

Links = Sequence[LedgerTransfer]
STANDS, THERE = "created", "exists"
# How a hold ends, and what is said to whoever comes after.
ENDS = {
    "post": "pending_transfer_already_posted",
    "void": "pending_transfer_already_voided",
    "expire": "pending_transfer_expired",
}
_FIELDS = {
    "kind": "kind",
    "pending_id": "pending_id",
    "debit_account": "debit_account",
    "credit_account": "credit_account",
    "amount": "amount",
    "currency": "currency",
    "timeout": "timeout_s",
    "code": "code",
    "source": "source",
}


@dataclass(frozen=True)
class Purse:
    """`no_debt`: spends only what came in. `no_claim`: takes in no more than went out."""

    currency: str = "mad"
    no_debt: bool = False
    no_claim: bool = False


@dataclass
class Paper:
    """`now` is in seconds. `lines` is all that ever stood, `written` when each was."""

    purses: dict[UUID, Purse]
    now: int = 0
    lines: dict[UUID, LedgerTransfer] = field(default_factory=dict)
    written: dict[UUID, int] = field(default_factory=dict)

    def take(self, links: Links) -> set[str]:
        """Write a chain down if it may stand. `created` or `exists`, or all that is against it."""
        before, was = dict(self.lines), dict(self.written)
        wrong: set[str] = set()
        fresh = False
        for one in links:
            known = before.get(one.id)
            if known is not None:
                wrong |= _differences(known, one)
                continue
            if one.id in self.lines:
                wrong.add("transfers_pkey")
            wrong |= self._faults(one) | self._against(one, before)
            self.lines[one.id], self.written[one.id] = one, self.now
            fresh = True
        if not wrong:
            wrong = self._beyond_their_means()
        if wrong:
            self.lines, self.written = before, was
            return wrong
        return {STANDS if fresh else THERE}

    def counters(self, purse: UUID) -> tuple[int, int, int, int]:
        """Debits posted, credits posted, debits pending, credits pending."""
        out = [one for one in self.lines.values() if one.debit_account == purse]
        into = [one for one in self.lines.values() if one.credit_account == purse]
        return _moved(out), _moved(into), self._promised(out), self._promised(into)

    def open_holds(self) -> list[LedgerTransfer]:
        """Those that nothing has ended yet, whether their time is over or not."""
        over = {one.pending_id for one in self.lines.values()}
        return [one for one in self.holds() if one.id not in over]

    def holds(self) -> list[LedgerTransfer]:
        """All that were ever made."""
        return [one for one in self.lines.values() if one.kind == "pending"]

    def is_late(self, hold: LedgerTransfer) -> bool:
        """Whether its time is over."""
        return bool(hold.timeout_s) and self.written[hold.id] + hold.timeout_s <= self.now

    def _promised(self, lines: list[LedgerTransfer]) -> int:
        waiting = {one.id for one in self.open_holds()}
        return sum(one.amount for one in lines if one.id in waiting)

    def _beyond_their_means(self) -> set[str]:
        found = set()
        for name, purse in self.purses.items():
            out, into, out_promised, into_promised = self.counters(name)
            if purse.no_debt and out + out_promised > into:
                found.add("exceeds_credits")
            if purse.no_claim and into + into_promised > out:
                found.add("exceeds_debits")
        return found

    def _faults(self, one: LedgerTransfer) -> set[str]:
        """What is wrong with it by itself."""
        found = set()
        sides = (self.purses.get(one.debit_account), self.purses.get(one.credit_account))
        if None in sides:
            found.add("account_not_found")
        for side, purse in zip(("debit", "credit"), sides, strict=True):
            if purse is not None and purse.currency != one.currency:
                found.add(f"{side}_account_currency")
        if one.debit_account == one.credit_account:
            found.add("accounts_differ")
        if one.amount < 0 or (one.amount == 0 and one.kind not in ("void", "expire")):
            found.add("amount_positive")
        if (one.kind in ENDS) != (one.pending_id is not None):
            found.add("resolves_something")
        if one.timeout_s < 0:
            found.add("transfers_timeout_s_check")
        return found

    def _against(self, one: LedgerTransfer, before: dict[UUID, LedgerTransfer]) -> set[str]:
        """What is wrong with it as the end of a hold that stood `before` its chain."""
        if one.pending_id is None:
            return set()
        hold = before.get(one.pending_id)
        if hold is None:
            return {"pending_transfer_not_found"}
        found = set()
        if hold.kind != "pending":
            found.add("pending_transfer_not_pending")
        sides = (hold.debit_account, hold.credit_account)
        if (one.debit_account, one.credit_account) != sides:
            found.add("pending_transfer_has_different_accounts")
        if one.currency != hold.currency:
            found.add("pending_transfer_has_different_currency")
        for other in self.lines.values():
            if other.pending_id == hold.id:
                found.add(ENDS[other.kind])
                if other.id not in before:  # alone, a constraint says it
                    found.add("resolved_once")
        if one.kind == "post" and self.is_late(hold):
            found.add("pending_transfer_expired")
        if one.amount > hold.amount:
            found.add("exceeds_pending_transfer_amount")
        return found


def _moved(lines: list[LedgerTransfer]) -> int:
    return sum(one.amount for one in lines if one.kind in ("posted", "post"))


def _differences(old: LedgerTransfer, new: LedgerTransfer) -> set[str]:
    return {
        f"exists_with_different_{said}"
        for said, name in _FIELDS.items()
        if getattr(old, name) != getattr(new, name)
    }
