"""The processes of one installation: started in order, kept alive, stopped in reverse."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# A process that dies this often within a minute is not coming back by itself.
RESTARTS_A_MINUTE = 5
_PR_SET_PDEATHSIG = 1


class ChildTrouble(RuntimeError):
    """A process of ours can't be kept running; the text is for the person at the terminal."""


@dataclass
class Child:
    """One process: its words, its environment and where its output goes."""

    name: str
    words: Sequence[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it; its output is appended to its own log file.

        What an earlier life left behind is ended first: a worker that outlived its killed parent
        would go on answering at the port, beside the new one.
        """
        self._clear_remains()
        self.starts = [at for at in self.starts if at > time.monotonic() - 60]
        self.starts.append(time.monotonic())
        if len(self.starts) > RESTARTS_A_MINUTE:
            raise ChildTrouble(
                f"{self.name} keeps stopping; its last words, from {self.log}:\n{self.tail()}"
            )
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.words,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def _clear_remains(self) -> None:
        if self.process is None or self.process.poll() is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self, *, patience_s: float = 20) -> None:
        """Ask, wait, and only then insist."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=patience_s)
        # Whoever it started and left behind goes with it: the session is its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def tail(self, *, lines: int = 12) -> str:
        """The last lines it wrote."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def die_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: have the kernel send `with_signal` when the parent is gone (Linux)."""

    def ask_kernel() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, with_signal)

    return ask_kernel
