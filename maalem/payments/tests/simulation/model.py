"""What an account must have, by adding up the objects that anybody can read through the API.

Nothing of the product's arithmetic is in here: no recipe, no ledger account, no balance line but
for the fees that it says it took.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Thing = dict[str, Any]
KINDS = (
    *("payment_intents", "charges", "refunds", "transfers", "payouts", "disputes"),
    "checkout/sessions",
)
# What only the platform has here, and what only sellers have.
OF_PLATFORM, OF_SELLERS = ("application_fees", "setup_intents"), ("reserves",)
# What a chargeback costs in every history, whoever wins.
DISPUTE_FEE = 1_500
_OPEN = ("needs_response", "under_review")


@dataclass
class Holdings:
    """One account as the API shows it: its objects by kind, its balance and its lines."""

    account: str
    things: dict[str, list[Thing]] = field(default_factory=dict)
    balance: Thing = field(default_factory=dict)
    lines: list[Thing] = field(default_factory=list)

    @property
    def has(self) -> int:
        """What the API says that it has, wherever it is; below zero what it owes."""
        sides = ("available", "pending", "connect_reserved")
        return sum(part["amount"] for side in sides for part in self.balance[side])


def expected(mine: Holdings, everybody: Sequence[Holdings]) -> int:
    """What `mine` must have, by its objects and those of the others that name it."""
    own = sum(c["amount_captured"] for c in mine.things["charges"] if not c["source_transfer"])
    own -= sum(r["amount"] for r in mine.things["refunds"] if _given_back(r))
    for d in mine.things["disputes"]:
        own -= d["amount"] if d["status"] in (*_OPEN, "lost") else 0
        own -= DISPUTE_FEE if d["status"] in (*_OPEN, "lost", "won") else 0
    own -= sum(p["amount"] for p in mine.things["payouts"] if p["status"] not in _UNDONE)
    own -= sum(t["amount"] - t["amount_reversed"] for t in mine.things["transfers"])
    for other in everybody:
        for t in other.things["transfers"]:
            if t["destination"] == mine.account:
                own += t["amount"] - t["amount_reversed"]
        for fee in other.things.get("application_fees", ()):
            if fee["account"] == mine.account:
                own += fee["amount_refunded"]
    for fee in mine.things.get("application_fees", ()):
        own += fee["amount"] - fee["amount_refunded"]
    return own - sum(x["fee"] for x in mine.lines if not x["source"].startswith("dp_"))


_UNDONE = ("failed", "canceled")


def _given_back(refund: Thing) -> bool:
    """A payer's refund; a reversal's other side is counted with its transfer."""
    return refund["status"] in ("succeeded", "pending") and refund["payment_intent"] is not None
