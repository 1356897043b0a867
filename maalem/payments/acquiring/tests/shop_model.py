"""A shop's payments as a person would keep them on paper: no code of the product is in here.

Amounts are centimes, times are seconds since the shop opened. What each card does is written in
docs/test-cards.md, what each verb does in docs/money.md.
"""

from dataclasses import dataclass, field

DAY = 86_400
SETTLED_AFTER, HELD_FOR, ASKED_FOR = 2 * DAY, 7 * DAY, 600
RISES_MAX, RISES_TO = 10, 3


@dataclass(frozen=True)
class Card:
    """What its bank does: ask first, then say yes or no; `at_once` gives the money at once."""

    name: str
    asks: bool = False
    says_yes: bool = True
    at_once: bool = False


CARDS = (
    Card("pm_card_visa"),
    Card("pm_card_mastercard"),
    Card("pm_card_bypassPending", at_once=True),
    Card("pm_card_visa_chargeDeclined", says_yes=False),
    Card("pm_card_visa_chargeDeclinedInsufficientFunds", says_yes=False),
    Card("pm_card_chargeCustomerFail", says_yes=False),
    Card("pm_card_threeDSecure2Required", asks=True),
    Card("pm_card_authenticationRequired", asks=True),
    Card(
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", asks=True, says_yes=False
    ),
    Card("pm_card_threeDSecureRequiredChargeDeclined", asks=True, says_yes=False),
)


@dataclass
class Line:
    """Money that came (or went, below zero), and the day on which it counts as hers."""

    amount: int
    due: int
    available: bool = False


@dataclass
class Sale:
    """One payment, on paper."""

    amount: int
    manual: bool
    flexible: bool
    status: str = "requires_payment_method"
    capturable: int = 0
    received: int = 0
    refunded: int = 0
    promised: int = 0
    rises: int = 0
    card: Card | None = None
    ends: int = 0
    last: Line | None = None
    waiting: str = ""
    waiting_for: tuple[int, bool] = (0, False)


@dataclass
class Shop:
    """All of them, and the shop's two purses."""

    now: int = 0
    sales: list[Sale] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    reserved: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})

    def purse(self, *, available: bool) -> int:
        """What is in one of the purses; what waits to be refunded is gone already."""
        has = sum(line.amount for line in self.lines if line.available == available)
        return has - self.reserved[available]

    def held(self) -> int:
        """What banks have promised."""
        return sum(sale.capturable for sale in self.sales)

    def confirm(self, sale: Sale, card: Card) -> None:
        """A card is tried."""
        sale.card = card
        if card.asks:
            sale.status, sale.ends = "requires_action", self.now + ASKED_FOR
        else:
            self.answered(sale)

    def answered(self, sale: Sale) -> None:
        """The bank gave its word, after its question or without one."""
        assert sale.card is not None
        if not sale.card.says_yes:
            sale.status = "requires_payment_method"
        elif sale.manual:
            sale.status, sale.capturable, sale.promised = (
                "requires_capture",
                sale.amount,
                sale.amount,
            )
            sale.ends = self.now + HELD_FOR
        else:
            sale.status, sale.received = "succeeded", sale.amount
            self._came(sale, sale.amount, at_once=sale.card.at_once)

    def may_capture(self, sale: Sale, amount: int, *, final: bool) -> bool:
        """Whether so much can be taken so."""
        if sale.status != "requires_capture" or not 0 < amount <= sale.capturable:
            return False
        return final or sale.flexible or amount == sale.capturable

    def capture(self, sale: Sale, amount: int, *, final: bool) -> None:
        """(A part of) what is held is taken; after the final part nothing is held."""
        sale.received += amount
        sale.capturable = 0 if final else sale.capturable - amount
        if sale.capturable == 0:
            sale.status = "succeeded"
        self._came(sale, amount, at_once=False)

    def may_raise(self, sale: Sale, amount: int) -> bool:
        """Whether the bank may be asked for so much in all."""
        fresh = sale.status == "requires_capture" and sale.received == 0
        return fresh and sale.flexible and amount > sale.amount and sale.rises < RISES_MAX

    def raised(self, sale: Sale, amount: int) -> bool:
        """The bank is asked; it goes to three times what it first promised."""
        sale.rises += 1
        if amount > RISES_TO * sale.promised:
            return False
        sale.amount = sale.capturable = amount
        return True

    def may_cancel(self, sale: Sale) -> bool:
        """Whether it can still be given up."""
        return sale.status not in ("succeeded", "canceled", "processing")

    def cancel(self, sale: Sale) -> None:
        """Given up; what was taken of it before stays taken."""
        sale.status = "succeeded" if sale.received else "canceled"
        sale.capturable = 0

    def may_refund(self, sale: Sale, amount: int) -> bool:
        """Whether so much is left of what was paid, and the purse holds it."""
        left = sale.received - sale.refunded
        if sale.status != "succeeded" or not 0 < amount <= left:
            return False
        return self.purse(available=self._purse_for(sale, amount)) >= amount

    def reserve(self, sale: Sale, amount: int) -> bool:
        """What is to be refunded leaves its purse at once; which one it was."""
        available = self._purse_for(sale, amount)
        self.reserved[available] += amount
        sale.refunded += amount
        return available

    def refund(self, sale: Sale, amount: int, *, available: bool) -> None:
        """The reserved money is gone for good."""
        assert sale.last is not None
        self.reserved[available] -= amount
        due = self.now if available else sale.last.due
        self.lines.append(Line(-amount, due, available))

    def pass_time(self, seconds: int) -> None:
        """Questions and promises run out; then the day of some money comes."""
        self.now += seconds
        for sale in self.sales:
            if sale.waiting or sale.ends > self.now:
                continue
            if sale.status == "requires_action":
                sale.status = "requires_payment_method"
            elif sale.status == "requires_capture":
                self.cancel(sale)

    def settle(self) -> None:
        """What is due moves together; where that can't be, line by line, the largest first."""
        due = [line for line in self.lines if not line.available and line.due <= self.now]
        if not self._moved(due):
            for line in sorted(due, key=lambda line: -line.amount):
                self._moved([line])

    def _moved(self, lines: list[Line]) -> bool:
        for line in lines:
            line.available = True
        if min(self.purse(available=True), self.purse(available=False)) >= 0:
            return True
        for line in lines:
            line.available = False
        return False

    def _came(self, sale: Sale, amount: int, *, at_once: bool) -> None:
        sale.last = Line(amount, self.now if at_once else self.now + SETTLED_AFTER, at_once)
        self.lines.append(sale.last)

    def _purse_for(self, sale: Sale, amount: int) -> bool:
        """The purse in which the sale's money is, or the other one where only that has enough."""
        assert sale.last is not None
        if sale.last.available:
            return True
        short = self.purse(available=False) < amount
        return short and self.purse(available=True) >= amount
