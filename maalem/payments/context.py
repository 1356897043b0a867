"""What every verb of the payments service is handed first."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from maalem.kit.clock import Clock
from maalem.payments.config import Config
from maalem.payments.db import Pool
from maalem.payments.units import Writer

if TYPE_CHECKING:
    from maalem.payments.fees.book import FeeBook
    from maalem.payments.rails.ports import Rails
    from maalem.payments.receipts import Receipts
    from maalem.payments.risk.book import RiskBook
    from maalem.payments.vault.cards import Vault


@dataclass(frozen=True, slots=True)
class Modes:
    """The test books and, where live mode is on, the live ones: two databases, never mixed."""

    test: "Payments"
    live: "Payments | None" = None

    def of(self, *, live: bool) -> "Payments":
        """The surroundings of a mode that is on."""
        found = self.live if live else self.test
        assert found is not None, "nobody gets here with a live key while live mode is off"
        return found

    def every(self) -> "list[Payments]":
        """Those that are on."""
        return [self.test] if self.live is None else [self.test, self.live]


@dataclass(frozen=True, slots=True)
class Payments:
    """The surroundings of a verb: database, time, ways out, card safe, settings, writer, the books
    of fees and of rules, and the numbers of receipts."""

    pool: Pool
    clock: Clock
    rails: "Rails"
    vault: "Vault"
    config: Config
    writer: Writer
    fees: "FeeBook"
    receipts: "Receipts"
    risk: "RiskBook"
