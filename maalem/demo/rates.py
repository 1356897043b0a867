"""Exchange rates for the demo: a file that says of itself that its rates are examples."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import timezone

from maalem.platform.ground.rates import queries
from maalem.platform.ground.rates.actions import take_in
from maalem.platform.ground.rates.sources import Sheet, read

FILE = Path(__file__).parent / "data" / "rates.csv"
PUBLISHER = "Maalem, demo"


@dataclass(frozen=True)
class Examples:
    """The demo's file under the day `on`, else its rates would be too old next week."""

    on: date

    def sheet(self) -> Sheet:
        content = FILE.read_text(encoding="utf-8").replace("\nTODAY;", f"\n{self.on};")
        return read(content.encode(), name=FILE.name)


def load_rates(progress: Callable[[str, int, int], None]) -> None:
    """Take the examples in, unless rates are in use already: nobody's real ones are covered."""
    if queries.rate_of("EUR") is None and queries.rate_of("USD") is None:
        take_in(Examples(timezone.localdate()), publisher=PUBLISHER, by="demo", examples=True)
    progress("rates", 1, 1)
