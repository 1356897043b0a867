"""Payouts as they ought to be: a model in plain numbers that shares nothing with the code."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

WAIT = timedelta(hours=48)
OFFICERS_ABOVE = 50_000
LEAST = 5_000
FEASTS = {(1, 1), (1, 11), (1, 14), (5, 1), (7, 30), (8, 14), (8, 20), (8, 21), (10, 31)} | {
    (11, 6),
    (11, 18),
}
# The bank's reasons that are used here, and whether they are the account's fault.
FAULTS = {"AC04": True, "AC06": True, "AM04": False, "ZZ99": True}


class No(Exception):
    """What is asked must be refused; the text is the word of the refusal."""


@dataclass
class Place:
    """A bank account of hers."""

    name: str
    usable_from: datetime
    dead: bool = False


@dataclass
class Out:
    """A payout."""

    name: str
    amount: int
    place: Place
    needed: int
    status: str = "pending"
    officers: set[str] = field(default_factory=set)
    batch: str | None = None
    paid: str | None = None
    returned: str | None = None
    reason: str | None = None
    day: date | None = None


@dataclass
class Ideal:
    """One owner: what she has, what she owes, where her money goes and what is on its way."""

    now: datetime
    done: date
    has: int = 0
    owes: int = 0
    bank: int = 0
    places: list[Place] = field(default_factory=list)
    default: Place | None = None
    outs: dict[str, Out] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """What she may spend, below zero where she owes more."""
        return self.has - self.owes

    @property
    def under_way(self) -> int:
        """What has left her and is not at a bank."""
        return sum(o.amount for o in self.outs.values() if o.status in ("pending", "in_transit"))

    def add_place(self, name: str) -> None:
        """Another account at a bank: it waits unless it is her first."""
        place = Place(name, self.now + (WAIT if self.places else timedelta()))
        self.places.append(place)
        if self.default is None or self.default.dead:
            self.default = place

    def choose(self, place: Place) -> None:
        """Make it the default."""
        if place is not self.default:
            if place.dead:
                raise No("bank_account_unusable")
            self.default = place

    def may_go(self, amount: int, place: Place | None) -> None:
        """Raise `No` for a payout that can't be made."""
        if place is None:
            raise No("nowhere")
        if place.dead:
            raise No("bank_account_unusable")
        if place.usable_from > self.now:
            raise No("payouts_not_allowed")
        if amount > self.free:
            raise No("balance_insufficient")

    def pay_out(self, name: str, amount: int, place: Place, *, day: date | None = None) -> None:
        """It was made: her debt is settled with it."""
        self.has -= amount + self.owes
        self.owes = 0
        needed = 2 if amount > OFFICERS_ABOVE else 0
        self.outs[name] = Out(name, amount, place, needed, day=day)

    def settle(self) -> None:
        """What she owes is taken from what she has."""
        amount = min(self.has, self.owes)
        self.has, self.owes = self.has - amount, self.owes - amount

    def cancel(self, out: Out) -> None:
        """Take it back."""
        if out.status != "pending":
            raise No("payout_unexpected_state")
        out.status = "canceled"
        self.has += out.amount

    def approve(self, out: Out, officer: str) -> None:
        """An officer's yes."""
        if out.status != "pending" or out.needed == 0:
            raise No("payout_unexpected_state")
        if officer in out.officers:
            raise No("payout_already_approved")
        out.officers.add(officer)

    def send(self, out: Out, batch: str) -> None:
        """It goes with a bank file."""
        if out.batch == batch:
            return
        if out.status != "pending":
            raise No("over")
        if out.place.dead:
            raise No("destination_unusable")
        if len(out.officers) < out.needed:
            raise No("approved_by_enough")
        out.status, out.batch = "in_transit", batch

    def pay(self, out: Out, reference: str) -> None:
        """The bank paid it."""
        if out.paid is not None:
            if out.paid != reference:
                raise No("other_reference")
            return
        if out.returned is not None:
            out.paid = reference
            return
        if out.status != "in_transit":
            raise No("unsent" if out.status == "pending" else "over")
        out.status, out.paid = "paid", reference
        self.bank -= out.amount

    def fail(self, out: Out, code: str) -> None:
        """The bank refused it."""
        if out.status == "failed" and out.reason == code:
            return
        if out.status not in ("pending", "in_transit"):
            raise No("over")
        self._back(out, code)

    def give_back(self, out: Out, code: str, reference: str) -> None:
        """The money came back."""
        if out.returned is not None:
            if out.returned != reference:
                raise No("other_reference")
            return
        if out.status not in ("in_transit", "paid"):
            raise No("unsent" if out.status == "pending" else "over")
        if out.status == "paid":
            self.bank += out.amount
        self._back(out, code)
        out.returned = reference

    def bury(self) -> None:
        """What was to go to a dead account fails."""
        for out in self.outs.values():
            if out.status == "pending" and out.place.dead:
                out.status, out.reason = "failed", "as the place's"
                self.has += out.amount

    def days_due(self) -> list[date]:
        """The days whose scheduled payouts are to be made now."""
        wall = self.now.astimezone(UTC) + timedelta(hours=1)
        today = wall.date() - timedelta(days=wall.hour < 6)
        first = max(self.done + timedelta(days=1), today - timedelta(days=6))
        self.done = max(today, self.done)
        return [first + timedelta(days=n) for n in range((today - first).days + 1)]

    def amount_due(self, day: date) -> int | None:
        """What is paid out for `day`, if anything is."""
        works = day.weekday() < 5 and (day.month, day.day) not in FEASTS
        if not works or any(out.day == day for out in self.outs.values()):
            return None
        try:
            self.may_go(max(self.free, LEAST), self.default)
        except No:
            return None
        return self.free

    def _back(self, out: Out, code: str) -> None:
        out.status, out.reason = "failed", code
        self.has += out.amount
        if FAULTS[code]:
            out.place.dead = True
