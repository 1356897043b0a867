"""What a run was asked to do."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Plan:
    """`sizes` in products, with peers, and `alone`, ours only.

    `seconds` is one round of one measure of one side; `port` and the few tens above it are the
    run's own.
    """

    home: Path
    sizes: tuple[int, ...]
    alone: tuple[int, ...]
    rounds: int
    seconds: float
    port: int = 18000
    only: str = ""
    fill_only: bool = False
    save: bool = True

    def measures(self, part: str) -> bool:
        """Whether `part` belongs to this run."""
        return not self.only or self.only == part
