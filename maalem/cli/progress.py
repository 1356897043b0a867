"""A bar for the person who waits, and plain lines where nobody looks."""

import sys
import time


class Progress:
    """Call it with a stage, how much is done and how much there is."""

    def __init__(self, *, width: int = 28) -> None:
        self.width = width
        self.stage = ""
        self.began = time.monotonic()
        self.live = sys.stdout.isatty()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Redraw; a new stage starts a new line."""
        if stage != self.stage:
            self.close()
            self.stage, self.began = stage, time.monotonic()
            if not self.live:
                print(f"  {stage} …", flush=True)
        if self.live:
            share = done / total if total else 1.0
            full = round(share * self.width)
            bar = "█" * full + "░" * (self.width - full)
            print(f"\r  {stage:<24} {bar} {done:>6} / {total}", end="", flush=True)

    def close(self) -> None:
        """End the line that is being drawn."""
        if self.stage and self.live:
            print(f"  {time.monotonic() - self.began:5.1f} s")
        self.stage = ""
