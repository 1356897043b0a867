"""Refunds as two people and a network would keep them on paper: no code of the product is in here.

Amounts are centimes, times are seconds of any clock. What each verb does is written in
docs/money.md: who has what part of a sale, where a refund takes it from, what is taken back in
proportion, what a chargeback takes and what is owed when it was not there.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

SETTLED_AFTER = 2 * 86_400


@dataclass
class Line:
    """Money that came (or went, below zero), and the day on which it counts as hers."""

    amount: int
    due: int
    available: bool = False


@dataclass
class Person:
    """Two purses, of which what is promised away is out already, and a slate."""

    lines: list[Line] = field(default_factory=list)
    promised: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    owes: int = 0

    def purse(self, *, available: bool) -> int:
        """What is in one of the purses."""
        has = sum(line.amount for line in self.lines if line.available == available)
        return has - self.promised[available]

    def note(self, amount: int, due: int, *, available: bool) -> Line:
        """Something came, or went."""
        line = Line(amount, due, available)
        self.lines.append(line)
        return line

    def where(self, line: Line, amount: int) -> bool:
        """The purse in which `line` is, or the other one where only that has enough."""
        short = self.purse(available=False) < amount <= self.purse(available=True)
        return line.available or short

    def settle(self, now: int) -> None:
        """What is due moves together, or line by line where that can't be; then debts are paid."""
        due = [line for line in self.lines if not line.available and line.due <= now]
        if not self._moved(due):
            for line in sorted(sorted(due, key=lambda line: line.due), key=lambda x: -x.amount):
                self._moved([line])
        self._pay(min(self.owes, self.purse(available=True)), now)

    def take(self, amount: int, now: int) -> None:
        """A chargeback: from what is available, then from what is not yet, the rest is owed."""
        here = min(amount, self.purse(available=True))
        there = min(amount - here, self.purse(available=False))
        last = max((line.due for line in self.lines if not line.available), default=now)
        self.note(-here, now, available=True)
        self.note(-there, last, available=False)
        self.owes += amount - here - there

    def regain(self, amount: int, now: int) -> None:
        """A chargeback was won: the money comes, and what is owed is paid first."""
        self.note(amount, now, available=True)
        self._pay(min(self.owes, amount), now)

    def _pay(self, amount: int, now: int) -> None:
        self.owes -= amount
        self.note(-amount, now, available=True)

    def _moved(self, lines: list[Line]) -> bool:
        for line in lines:
            line.available = True
        if min(self.purse(available=True), self.purse(available=False)) >= 0:
            return True
        for line in lines:
            line.available = False
        return False


@dataclass
class Back:
    """A refund, with what of it comes from the other one and what of the fee goes back.

    `said` is what the network has said of it, None where it never heard of it. `held` is whose
    money, of which purse, is put aside for it.
    """

    amount: int
    reverse: bool
    with_fee: bool
    transfer_part: int = 0
    fee_part: int = 0
    status: str = "pending"
    said: bool | None = None
    held: tuple[tuple[Person, bool, int], ...] = ()
    asked: int = 0
    id: str = ""

    @property
    def counts(self) -> bool:
        return self.status != "failed"


@dataclass
class Case:
    """A chargeback that will come of a sale, as the network has it (`stage`) and as we do."""

    place: int
    parts: int
    stage: str = "planned"
    told: str = "planned"
    amount: int = 0
    due: float = 0.0
    verdict: str = ""

    @property
    def open(self) -> bool:
        return self.told == "open"

    @property
    def gone(self) -> int:
        """What the network has taken back by it."""
        return self.amount if self.stage in ("open", "lost") else 0

    @property
    def taken(self) -> int:
        """What we have booked of it."""
        return self.amount if self.told in ("open", "lost") else 0


@dataclass
class Sale:
    """One payment: `passed` of it went to `other`, who paid `fee` of that; or, where `direct`, it
    is its owner's and `other` earned the fee."""

    amount: int
    owner: Person
    other: Person
    direct: bool = False
    passed: int = 0
    fee: int = 0
    due: int = 0
    brought: Line | None = None
    theirs: Line | None = None
    earned: Line | None = None
    backs: list[Back] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    reversed_by_hand: int = 0
    fee_by_hand: int = 0

    @property
    def refunded(self) -> int:
        return sum(back.amount for back in self.backs if back.counts)

    @property
    def taken(self) -> int:
        return sum(case.taken for case in self.cases)

    @property
    def left(self) -> int:
        return self.amount - self.refunded - self.taken

    @property
    def room(self) -> int:
        """What the network would still give back."""
        given = sum(back.amount for back in self.backs if back.said)
        return self.amount - given - sum(case.gone for case in self.cases)

    def parts(self, *, settled: bool) -> tuple[int, int]:
        """What came back of what was passed on and of the fee, or is about to."""
        fitting = "succeeded" if settled else "pending"
        some = [back for back in self.backs if back.status == fitting]
        transfer, fee = sum(b.transfer_part for b in some), sum(b.fee_part for b in some)
        if settled:
            return transfer + self.reversed_by_hand, fee + self.fee_by_hand
        return transfer, fee

    @property
    def transfer_left(self) -> int:
        return self.passed - sum(self.parts(settled=settled)[0] for settled in (True, False))

    @property
    def fee_left(self) -> int:
        return self.fee - sum(self.parts(settled=settled)[1] for settled in (True, False))

    def sell(self, now: int, *, cost: int, at_once: bool) -> None:
        """It is paid: everybody gets hers; what its own costs leave uncovered is owed."""
        self.due = now if at_once else now + SETTLED_AFTER
        net = self.amount - cost - (self.fee if self.direct else 0)
        self.brought = self.owner.note(net, self.due, available=at_once)
        rest = net
        if self.passed:
            self.owner.note(-self.passed, self.due, available=at_once)
            self.theirs = self.other.note(self.passed - self.fee, self.due, available=at_once)
            rest += self.fee - self.passed
        if self.fee:
            earner = self.other if self.direct else self.owner
            self.earned = earner.note(self.fee, self.due, available=at_once)
        if rest < 0:
            self.owner.note(-rest, self.due, available=at_once)
            self.owner.owes -= rest

    def may_refund(self, wanted: Back) -> bool:
        """Whether its rules allow it; whether the purses do is seen by `reserve`."""
        contested = any(case.open for case in self.cases)
        if (wanted.reverse and not self.passed) or (wanted.with_fee and not self.fee):
            return False
        return not contested and 0 < wanted.amount <= self.left

    def reserve(self, back: Back) -> bool:
        """Put aside what the refund takes from whom; False where somebody hasn't got it."""
        if back.reverse:
            back.transfer_part = self._share("transfer_part", back, whole=self.passed)
        if back.with_fee:
            back.fee_part = self._share("fee_part", back, whole=self.fee)
        held = [(self.owner, self.brought, max(0, self._own(back)))]
        if back.transfer_part or back.fee_part:
            line = self.earned if self.direct else self.theirs
            held.append((self.other, line, max(0, self._others(back))))
        found = tuple((who, who.where(line, amount), amount) for who, line, amount in held)
        if any(who.purse(available=purse) < amount for who, purse, amount in found):
            return False
        back.held = found
        for who, purse, amount in found:
            who.promised[purse] += amount
        self.backs.append(back)
        return True

    def ask(self, back: Back, *, refuses: bool = False) -> None:
        """The network hears of it; what it has said once it says again."""
        if back.said is None:
            back.said = not refuses and back.amount <= self.room

    def hear(self, back: Back, now: int) -> None:
        """What the network said of it arrives: it happens, or everybody has hers again."""
        for who, purse, amount in back.held:
            who.promised[purse] -= amount
        if not back.said:
            back.status = "failed"
            return
        back.status = "succeeded"
        (_, here, _), *others = back.held
        self._note(self.owner, -back.amount, now, available=here)
        there = others[0][1] if others else here
        payer, earner = (self.owner, self.other) if self.direct else (self.other, self.owner)
        purses = {id(self.owner): here, id(self.other): there}
        for who, amount in (
            (self.owner, back.transfer_part),
            (self.other, -back.transfer_part),
            (earner, -back.fee_part),
            (payer, back.fee_part),
        ):
            if amount:
                self._note(who, amount, now, available=purses[id(who)])

    def take_back(self, amount: int, now: int) -> bool:
        """The owner takes back a part of what was passed on; False where that can't be."""
        assert self.theirs is not None
        purse = self.other.where(self.theirs, amount)
        if not 0 < amount <= self.transfer_left or self.other.purse(available=purse) < amount:
            return False
        self.reversed_by_hand += amount
        self._note(self.other, -amount, now, available=purse)
        self._note(self.owner, amount, now, available=purse)
        return True

    def hand_fee_back(self, amount: int, now: int) -> bool:
        """Who earned the fee gives a part of it back; False where that can't be."""
        assert self.earned is not None
        payer, earner = (self.owner, self.other) if self.direct else (self.other, self.owner)
        purse = earner.where(self.earned, amount)
        if not 0 < amount <= self.fee_left or earner.purse(available=purse) < amount:
            return False
        self.fee_by_hand += amount
        self._note(earner, -amount, now, available=purse)
        self._note(payer, amount, now, available=purse)
        return True

    def open_cases(self, due: float) -> None:
        """The payer's bank complains: of what is left by the network's book."""
        for case in self.cases:
            if case.stage != "planned":
                continue
            case.amount = self.room if case.place == case.parts else self.room // case.parts
            case.stage, case.due = ("open", due) if case.amount else ("dropped", 0.0)

    def close_cases(self, now: float) -> None:
        """The network decides what was answered, and what was not in time."""
        for case in self.cases:
            if case.stage == "open":
                late = not case.verdict and case.due <= now
                case.stage = case.verdict or ("lost" if late else "open")

    def hear_complaints(self, now: int) -> None:
        """What the network opened is booked, once no refund under way stands against it."""
        for case in self.cases:
            opened = case.told == "planned" and case.stage in ("open", "lost")
            if opened and case.amount <= self.left:
                case.told = "open"
                self.owner.take(case.amount, now)

    def hear_verdicts(self, now: int) -> None:
        """What became of them is told after all that was opened."""
        for case in self.cases:
            if case.open and case.stage in ("won", "lost"):
                case.told = case.stage
                if case.told == "won":
                    self.owner.regain(case.amount, now)

    def _share(self, part: str, back: Back, *, whole: int) -> int:
        """In proportion, rounded on the sum of all such refunds; never more than is left."""
        flag = "reverse" if part == "transfer_part" else "with_fee"
        standing = [one for one in self.backs if one.counts]
        such = back.amount + sum(one.amount for one in standing if getattr(one, flag))
        gone = sum(getattr(one, part) for one in standing)
        due = floor(Fraction(whole * such, self.amount) + Fraction(1, 2)) - gone
        return min(max(due, 0), self.transfer_left if flag == "reverse" else self.fee_left)

    def _own(self, back: Back) -> int:
        if self.direct:
            return back.amount - back.fee_part
        return back.amount - back.transfer_part + back.fee_part

    def _others(self, back: Back) -> int:
        return back.fee_part if self.direct else back.transfer_part - back.fee_part

    def _note(self, who: Person, amount: int, now: int, *, available: bool) -> None:
        who.note(amount, now if available else self.due, available=available)
