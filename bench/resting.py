"""What an installation costs when nobody visits, and how long a second start takes.

`maalem up` itself, with its own embedded PostgreSQL and the demo of 1,600 products.
"""

import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench import memory
from bench.ours import ROOT
from bench.plan import Plan
from bench.report import Row, row
from maalem.cli.children import die_with_parent

_STARTS = 2
_QUIET_S = 8.0
_WITHIN_S = 300


def rest(plan: Plan) -> list[Row]:
    """Rows for the second start, and for memory once it is quiet."""
    home = plan.home / "up"
    fresh = not (home / "secrets.json").exists()
    first = _Up(home, port=plan.port + 50)
    try:
        began_first = first.seconds
    finally:
        first.stop()
    starts, sizes = [], []
    for _ in range(min(_STARTS, plan.rounds)):
        again = _Up(home, port=plan.port + 50)
        try:
            starts.append(again.seconds)
            time.sleep(_QUIET_S)
            sizes.append(memory.held(again.process.pid))
        finally:
            again.stop()
    rss, pss = (statistics.median(each) for each in zip(*sizes, strict=True))
    print(f"  second start {statistics.median(starts):.1f} s, {rss:.0f} MB resident", flush=True)
    rows = [
        row(
            "second start to first page",
            unit="s",
            ours=statistics.median(starts),
            note="maalem up, demo loaded before, from the command to the front page",
        ),
        row(
            "memory at rest, resident",
            unit="MB",
            ours=rss,
            note="all processes with PostgreSQL; shared pages counted in every process",
        ),
        row("memory at rest, shared pages once", unit="MB", ours=pss, note="PSS of the same"),
    ]
    if fresh:
        note = "maalem up with migrations and 1,600 products, packages installed before"
        rows.append(row("first start to first page", unit="s", ours=began_first, note=note))
    return rows


class _Up:
    """One `maalem up`, started and waited for."""

    def __init__(self, home: Path, *, port: int) -> None:
        home.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with (home / "up.log").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "maalem", "up"],
                cwd=ROOT,
                env={
                    **os.environ,
                    "MAALEM_HOME": str(home),
                    "MAALEM_PLATFORM_URL": f"http://localhost:{port}",
                    "MAALEM_PAYMENTS_URL": f"http://localhost:{port + 10}",
                    "MAALEM_DEMO_PICTURES": "0",
                },
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        try:
            self._await(f"http://127.0.0.1:{port}/fr/")
        except BaseException:
            self.stop()
            raise
        self.seconds = time.monotonic() - began

    def _await(self, url: str) -> None:
        deadline = time.monotonic() + _WITHIN_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError("`maalem up` ended by itself; see up.log in its folder")
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    answer.read()
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise RuntimeError(f"{url} does not answer")

    def stop(self) -> None:
        """Ctrl-C, as a person would."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=90)
