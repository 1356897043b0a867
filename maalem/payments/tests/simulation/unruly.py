"""The ways out of the house, with a line in between that loses, doubles and delays.

What is asked of a network arrives or not, at once or later, once or twice, and its answer is heard
or not. Behind the line stand the simulated networks as they are; what they do is one step.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from maalem.payments.rails.bank.port import FromBank, NetworkSettlement, Received
from maalem.payments.rails.bank.simulator import SimulatedBank
from maalem.payments.rails.ports import (
    Answer,
    CardDetails,
    CardPayment,
    CaseNotice,
    Challenge,
    Followup,
    Found,
    NeverSeen,
    Outcome,
    Rails,
    Representment,
    Unknown,
    Verification,
    WalletPayment,
)
from maalem.payments.tests.simulation.stepped import Owner, Schedule, start

FATES = ("fine", "lost", "unheard", "late", "twice")
# How many turns something takes that is late.
SLOW = (1, 10, 80)
NETWORKS = Owner("networks", free=True)
WAY = Owner("on the way")


@dataclass
class Line:
    """The line to everybody outside. `troubled` is the share of questions that something happens
    to; none while it is 0. `weights` are those of `FATES` for the troubled ones."""

    schedule: Schedule
    chooser: random.Random = field(default_factory=lambda: random.Random(0))
    troubled: float = 0.0
    letters: set[asyncio.Task[Any]] = field(default_factory=set)

    async def ask(self, what: str, asking: Callable[[], Awaitable[Any]], *, unheard: Any) -> Any:
        """What the other side answers, or `unheard` where nothing is heard of it in time."""
        await self.schedule.turn(f"ask to {what}")
        fate = self._fate()
        if fate != "fine":
            self.schedule.note(f"  line: {what} is {fate}")
        if fate == "lost":
            return unheard
        if fate == "late":
            self._later(what, asking)
            return unheard
        answer = await outside(asking)
        self.schedule.note(f"  line: {what}: {type(answer).__name__}")
        if fate == "twice":
            self._later(what, asking)
        await self.schedule.turn(f"hear of {what}")
        return unheard if fate == "unheard" else answer

    def _fate(self) -> str:
        if self.chooser.random() >= self.troubled:
            return "fine"
        return self.chooser.choice(FATES[1:])

    def _later(self, what: str, asking: Callable[[], Awaitable[Any]]) -> None:
        slow = self.chooser.choice(SLOW)

        async def arrive() -> None:
            for _ in range(slow):
                await self.schedule.turn(f"{what} is on its way")
            await outside(asking)

        letter = start(WAY, arrive)
        self.letters.add(letter)
        letter.add_done_callback(self.letters.discard)


async def outside(doing: Callable[[], Awaitable[Any]]) -> Any:
    """Done by somebody else: whoever waits for it may die meanwhile."""

    async def do() -> Any:
        return await doing()

    task = start(NETWORKS, do)
    await asyncio.wait({task})
    return task.result()


class UnrulyCards:
    """A `CardRail` at the other end of the line."""

    def __init__(self, line: Line, cards: Any) -> None:
        self._line, self._cards = line, cards

    async def verify(
        self, card: CardDetails, *, cvc: str | None, deadline_s: float = 0
    ) -> Verification:
        """A question without an effect is answered."""
        return await outside(lambda: self._cards.verify(card, cvc=cvc))

    async def authorise(
        self, payment: CardPayment, *, card: CardDetails, deadline_s: float = 0
    ) -> Answer:
        """See the port."""
        return await self._line.ask(
            f"authorise {payment.amount}",
            lambda: self._cards.authorise(payment, card=card),
            unheard=Unknown(payment.reference, "unheard"),
        )

    async def capture(self, followup: Followup, *, deadline_s: float = 0) -> Outcome:
        """See the port."""
        return await self._follow("capture", followup)

    async def increment(self, followup: Followup, *, deadline_s: float = 0) -> Outcome:
        """See the port."""
        return await self._follow("increment", followup)

    async def release(self, followup: Followup, *, deadline_s: float = 0) -> Outcome:
        """See the port."""
        return await self._follow("release", followup)

    async def refund(self, followup: Followup, *, deadline_s: float = 0) -> Outcome:
        """See the port."""
        return await self._follow("refund", followup)

    async def lookup(self, reference: str, *, deadline_s: float = 0) -> Found:
        """See the port."""
        return await self._line.ask(
            "look up",
            lambda: self._cards.lookup(reference),
            unheard=Unknown(reference, "unheard"),
        )

    async def _follow(self, verb: str, followup: Followup) -> Outcome:
        return await self._line.ask(
            f"{verb} {followup.amount}",
            lambda: getattr(self._cards, verb)(followup),
            unheard=Unknown(followup.reference, "unheard"),
        )


class UnrulyWallets:
    """A `WalletRail` at the other end of the line."""

    def __init__(self, line: Line, wallets: Any) -> None:
        self._line, self._wallets = line, wallets

    async def request(self, payment: WalletPayment, *, deadline_s: float = 0) -> Answer:
        """See the port."""
        return await self._line.ask(
            f"request {payment.amount}",
            lambda: self._wallets.request(payment),
            unheard=Unknown(payment.reference, "unheard"),
        )

    async def refund(self, followup: Followup, *, deadline_s: float = 0) -> Outcome:
        """See the port."""
        return await self._line.ask(
            f"refund {followup.amount}",
            lambda: self._wallets.refund(followup),
            unheard=Unknown(followup.reference, "unheard"),
        )

    async def lookup(self, reference: str, *, deadline_s: float = 0) -> Found:
        """See the port."""
        return await self._line.ask(
            "look up",
            lambda: self._wallets.lookup(reference),
            unheard=Unknown(reference, "unheard"),
        )


class UnrulyDisputes:
    """A `DisputeDesk` whose feed tells things twice and in any order within a page."""

    def __init__(self, line: Line, disputes: Any) -> None:
        self._line, self._disputes = line, disputes

    async def notices(
        self, *, after: int, limit: int = 100, deadline_s: float = 0
    ) -> Sequence[CaseNotice] | Unknown:
        """See the port. A page that was heard of badly is out of order and says things twice."""
        found = await self._line.ask(
            "read the feed",
            lambda: self._disputes.notices(after=after, limit=limit),
            unheard=Unknown(str(after), "unheard"),
        )
        chooser = self._line.chooser
        if isinstance(found, Unknown) or not found or chooser.random() >= self._line.troubled:
            return found
        told = [*found, chooser.choice(found)]
        chooser.shuffle(told)
        return told

    async def submit(self, answer: Representment, *, deadline_s: float = 0) -> Outcome:
        """See the port."""
        return await self._said("submit", answer)

    async def accept(self, answer: Representment, *, deadline_s: float = 0) -> Outcome:
        """See the port."""
        return await self._said("accept", answer)

    async def _said(self, verb: str, answer: Representment) -> Outcome:
        return await self._line.ask(
            f"{verb} the case",
            lambda: getattr(self._disputes, verb)(answer),
            unheard=Unknown(answer.reference, "unheard"),
        )


class Desk:
    """A `ChallengeDesk` that is always there: the payer's own bank, in her own browser."""

    def __init__(self, desk: Any) -> None:
        self._desk = desk

    async def challenge(self, challenge: str) -> Challenge | None:
        """See the port."""
        return await outside(lambda: self._desk.challenge(challenge))

    async def respond(self, challenge: str, *, secret: str) -> Challenge | None:
        """See the port."""
        return await outside(lambda: self._desk.respond(challenge, secret=secret))

    async def refuse(self, challenge: str) -> Challenge | None:
        """See the port."""
        return await outside(lambda: self._desk.refuse(challenge))


class UnrulyBank(SimulatedBank):
    """The bank at the other end of the line. The worker lets the bank's days pass, as it does
    with every simulated one."""

    line: Line

    async def send_file(
        self, name: str, content: bytes, *, deadline_s: float = 30.0
    ) -> Received | Unknown:
        """See the port."""
        send = super().send_file
        return await self.line.ask(
            "send a file", lambda: send(name, content), unheard=Unknown(name, "unheard")
        )

    async def lookup(
        self, name: str, *, deadline_s: float = 30.0
    ) -> Received | NeverSeen | Unknown:
        """See the port."""
        look = super().lookup
        return await self.line.ask(
            "look for a file", lambda: look(name), unheard=Unknown(name, "unheard")
        )

    async def fetch_files(self, since: int) -> list[FromBank]:
        """See the port."""
        fetch = super().fetch_files
        found = await self.line.ask("fetch files", lambda: fetch(since), unheard=None)
        if found is None:
            raise ConnectionResetError("unheard")
        return found

    async def settlements(self, since: int) -> list[NetworkSettlement]:
        """See the port."""
        read = super().settlements
        found = await self.line.ask("read settlements", lambda: read(since), unheard=[])
        return list(found)

    async def pass_time(self, *, until: Any = None) -> int:
        """Days end by themselves."""
        end = super().pass_time
        return await outside(lambda: end(until=until))


def unruly(line: Line, rails: Rails, bank: UnrulyBank) -> Rails:
    """`rails` behind `line`."""
    bank.line = line
    return Rails(
        card=UnrulyCards(line, rails.card),
        wallet=UnrulyWallets(line, rails.wallet),
        desk=Desk(rails.desk),
        disputes=UnrulyDisputes(line, rails.disputes),
        bank=bank,
        networks=bank,
        identity=rails.identity,
    )
