"""What every verb of the payments service is handed first."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maalem.kit.clock import Clock
from maalem.payments.config import Config
from maalem.payments.db import Pool
from maalem.payments.units import Writer

if TYPE_CHECKING:
    from maalem.payments.rails.ports import Rails


@dataclass(frozen=True, slots=True)
class Payments:
    """The surroundings of a verb: database, time, ways out, card safe, settings, writer."""

    pool: Pool
    clock: Clock
    rails: "Rails"
    vault: Any
    config: Config
    writer: Writer
