"""What every verb of the payments service is handed first."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from maalem.kit.clock import Clock
from maalem.payments.config import Config
from maalem.payments.db import Pool
from maalem.payments.units import Writer

if TYPE_CHECKING:
    from maalem.payments.rails.ports import Rails
    from maalem.payments.vault.cards import Vault


@dataclass(frozen=True, slots=True)
class Payments:
    """The surroundings of a verb: database, time, ways out, card safe, settings, writer."""

    pool: Pool
    clock: Clock
    rails: "Rails"
    vault: "Vault"
    config: Config
    writer: Writer
