"""What is asked of the bank, and every answer there is. Everything of substance is in files.

A file has one name, made by us, and one content. The bank takes the same file twice without doing
anything twice. A call that finds no answer gives `Unknown`: `lookup` asks later, nothing is sent
anew before the bank has said that it has not seen the file.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from maalem.payments.rails.ports import NeverSeen, Unknown

DEADLINE_S = 30.0


@dataclass(frozen=True, slots=True)
class Received:
    """The bank has the file; what it thinks of it comes in a file of its own."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FromBank:
    """A file that lies ready for us. `position` counts up; ask for what is after it."""

    position: int
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SettledPayment:
    """A payment (positive) or refund (negative) as the network settled it, in minor units.

    `reference` is ours: the attempt's, the capture's or the refund's. `scheme` is what the network
    keeps for its own work on it.
    """

    reference: str
    amount: int
    scheme: int = 0


@dataclass(frozen=True, slots=True)
class NetworkSettlement:
    """What a network pays us for one day: `net` reaches the bank under `reference`.

    `interchange` is what was kept back (negative where refunds gave more of it back than payments
    cost); `scheme` is the network's own fee. `position` counts up, as with files.
    """

    position: int
    reference: str
    network: str
    day: date
    currency: str
    gross: int
    interchange: int
    payments: tuple[SettledPayment, ...]
    scheme: int = 0

    @property
    def net(self) -> int:
        """What reaches the bank; negative where refunds were more."""
        return self.gross - self.interchange - self.scheme


class Bank(Protocol):
    """The bank's channel for files."""

    async def send_file(
        self, name: str, content: bytes, *, deadline_s: float = DEADLINE_S
    ) -> Received | Unknown: ...

    async def lookup(
        self, name: str, *, deadline_s: float = DEADLINE_S
    ) -> Received | NeverSeen | Unknown: ...

    async def fetch_files(self, since: int) -> list[FromBank]:
        """What lies ready after position `since`. Raises OSError where the bank can't be had."""
        ...


class Clearing(Protocol):
    """Where networks say what they settled: the card scheme's and the mobile switch's reports."""

    async def settlements(self, since: int) -> list[NetworkSettlement]: ...
