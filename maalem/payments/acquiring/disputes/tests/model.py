"""What should become of disputes, worked out by hand rules that share nothing with the code.

Amounts are centimes; a day is counted from the story's beginning, in seconds.
"""

from dataclasses import dataclass, field

TWO_WEEKS = 14


@dataclass
class Case:
    """A complaint at the network. `due` is the last second (epoch) for an answer."""

    begins: str
    place: int = 1
    parts: int = 1
    status: str = "planned"
    amount: int = 0
    due: float = 0.0
    said: str | None = None
    submissions: int = 0
    taken: int = 0

    @property
    def waits(self) -> bool:
        return self.status in ("needs_response", "warning_needs_response")

    @property
    def contested(self) -> bool:
        return self.status in ("needs_response", "under_review")


@dataclass
class Sale:
    """A payment: what was captured, given back, and is held or kept by the network."""

    captured: int
    refunded: int = 0
    cases: list[Case] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return sum(case.taken for case in self.cases)

    @property
    def left(self) -> int:
        return self.captured - self.refunded - self.taken


@dataclass
class Model:
    """All sales, and what the merchant has: nothing else moves money in these stories."""

    sales: list[Sale] = field(default_factory=list)

    @property
    def worth(self) -> int:
        """Pending and available, less what is owed."""
        return sum(sale.left for sale in self.sales)

    def may_refund(self, sale: Sale, amount: int) -> bool:
        if any(case.contested for case in sale.cases):
            return False
        return 0 < amount <= sale.left

    def news(self, *, now: float, due: float) -> None:
        """The network opens, decides and runs out; and by our own clock days pass."""
        for sale in self.sales:
            for case in sale.cases:
                if case.status == "planned":
                    self._open(sale, case, due=due)
            for case in sale.cases:
                self._decide(sale, case, due=due)
                if case.waits and case.said is None and case.due <= now:
                    case.status = "lost" if case.taken else "warning_closed"

    def _open(self, sale: Sale, case: Case, *, due: float) -> None:
        amount = sale.left if case.place == case.parts else sale.left // case.parts
        if amount == 0:
            case.status = "dropped"
            return
        case.amount, case.due = amount, due
        case.status = "warning_needs_response" if case.begins == "inquiry" else "needs_response"
        case.taken = 0 if case.begins == "inquiry" else amount

    def _decide(self, sale: Sale, case: Case, *, due: float) -> None:
        said, case.said = case.said, None
        inquiry = case.status.startswith("warning")
        if case.status in ("won", "lost", "warning_closed") or said is None:
            return
        if inquiry and said == "escalate_inquiry_evidence" and sale.left > 0:
            case.amount = case.taken = min(case.amount, sale.left)
            case.status, case.due = "needs_response", due
        elif inquiry and said != "other":
            case.status = "warning_closed"
        elif said == "winning_evidence":
            case.status, case.taken = "won", 0
        elif said in ("losing_evidence", "accept"):
            case.status = "lost"

    def say(self, case: Case, text: str) -> None:
        """The network took the answer."""
        case.said = text
        if text == "accept":
            case.status = "warning_closed" if case.status.startswith("warning") else "lost"
            return
        case.submissions += 1
        review = {"warning_needs_response": "warning_under_review"}
        case.status = review.get(case.status, "under_review")
