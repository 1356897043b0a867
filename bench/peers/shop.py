"""What a shop that is measured beside us must be able to do."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bench.load import Request
from maalem.cli.children import die_with_parent

HERE = Path(__file__).resolve().parent
_READY_WITHIN_S = 180
# What people type; every shop of a run is asked the same.
TERMS = ("carpet", "tagine", "leather bag", "zellige", "blue vase", "silver", "basket", "wool")


@dataclass(frozen=True)
class Item:
    """One product as every shop of the run gets it. Prices in centimes."""

    slug: str
    sku: str
    title: str
    description: str
    price_minor: int
    craft: str
    seller: str


@dataclass(frozen=True)
class Database:
    """Where a peer finds its own database on the run's PostgreSQL."""

    host: str
    username: str
    password: str
    database: str

    def as_environment(self) -> str:
        """The JSON that the peers' settings read."""
        return json.dumps({**self.__dict__, "port": 5432})


class Shop(Protocol):
    """A running shop: its address and the requests that ask the same of each."""

    name: str
    url: str

    def install(self) -> None: ...
    def populate(self) -> None: ...
    def start(self) -> None: ...
    def list_requests(self) -> Sequence[Request]: ...
    def product_requests(self) -> Sequence[Request]: ...
    def search_requests(self) -> Sequence[Request]: ...
    def checkout(self, pair: tuple[Item, Item]) -> None: ...
    def stop(self) -> None: ...


@dataclass
class Processes:
    """The processes of one shop, stopped by their ids."""

    folder: Path
    environment: dict[str, str]
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self, *words: str, log: str) -> None:
        """Start one in the background; its output goes to `log` in the folder."""
        with (self.folder / log).open("ab") as out:
            self.running.append(
                subprocess.Popen(
                    words,
                    cwd=self.folder,
                    env={**os.environ, **self.environment},
                    stdout=out,
                    stderr=out,
                    preexec_fn=die_with_parent(signal.SIGTERM),
                )
            )

    def once(self, *words: str, log: str) -> None:
        """Run one to its end; a failure ends the run with its last words."""
        with (self.folder / log).open("ab") as out:
            done = subprocess.run(
                words,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdout=out,
                stderr=out,
                preexec_fn=die_with_parent(signal.SIGTERM),
                check=False,
            )
        if done.returncode:
            tail = (self.folder / log).read_text(errors="replace")[-1500:]
            sys.exit(f"{' '.join(words[:3])} failed in {self.folder.name}:\n{tail}")

    def stop(self) -> None:
        """End what was started, last first."""
        for process in reversed(self.running):
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()


def wait_for(url: str, *, data: bytes | None = None) -> None:
    """Return when `url` answers with 200."""
    deadline = time.monotonic() + _READY_WITHIN_S
    headers = {"Content-Type": "application/json"} if data else {}
    while True:
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, data=data, headers=headers), timeout=10
            ) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                sys.exit(f"{url} does not answer")
            time.sleep(0.5)
