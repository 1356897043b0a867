"""`maalem doctor`: what is wrong with this machine, in sentences."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from maalem.cli import installation, postgres
from maalem.cli.installation import CannotStart, Installation

_DISK_NEEDED = 1_500_000_000
_MEMORY_NEEDED = 1_500_000_000
_NODE_NEEDED = 18
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `trouble` is empty when it is well."""

    what: str
    trouble: str = ""


def doctor(*, browser: bool) -> int:
    """Print every finding; 0 when the machine can run Maalem (and its tests, with `browser`)."""
    findings = [*_machine(), *_installation(), _database()]
    if browser:
        findings += [_browser(), _node()]
    for finding in findings:
        print(f"  {'✗' if finding.trouble else '✓'} {finding.what}")
        if finding.trouble:
            print(f"      {finding.trouble}")
    return 1 if any(finding.trouble for finding in findings) else 0


def _machine() -> Iterator[Finding]:
    version = platform.python_version()
    old = sys.version_info < (3, 11)
    yield Finding(f"Python {version}", "Maalem needs Python 3.11 or newer" if old else "")
    place = Installation.of_environment().home
    there = next(step for step in [place, *place.parents] if step.exists())
    free = shutil.disk_usage(there).free
    yield Finding(
        f"disk: {free / 1e9:.1f} GB free",
        "" if free >= _DISK_NEEDED else f"free at least 1.5 GB on the disk of {there}",
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    yield Finding(
        f"memory: {memory / 1e9:.1f} GB",
        "" if memory >= _MEMORY_NEEDED else "Maalem wants 1.5 GB of memory at least",
    )


def _installation() -> Iterator[Finding]:
    place = Installation.of_environment()
    try:
        place.make_home()
        yield Finding(f"folder {place.home} can be written")
    except CannotStart as trouble:
        yield Finding("folder for the data", str(trouble))
    for url, what in (
        (place.platform_url, "the shop"),
        (place.payments_url, "the payment institution"),
    ):
        if installation.answers(url + "/health"):
            yield Finding(f"{what} is running at {url}")
            continue
        try:
            installation.refuse_busy_port(url, what=what)
            yield Finding(f"{url} is free for {what}")
        except CannotStart as trouble:
            yield Finding(f"the address of {what}", str(trouble))


def _database() -> Finding:
    try:
        if installation.own_server() is not None:
            return Finding("PostgreSQL: your own server, by its addresses in the environment")
        with tempfile.TemporaryDirectory(prefix="maalem-doctor-") as folder:
            Path(folder).chmod(0o755)
            with postgres.running(Path(folder)):
                return Finding("PostgreSQL: the embedded server starts and stops")
    except (CannotStart, postgres.PostgresTrouble) as trouble:
        return Finding("PostgreSQL", str(trouble))


def browser_path() -> str | None:
    """The Chromium the tests drive: MAALEM_CHROMIUM, or the first that the machine has."""
    named = os.environ.get("MAALEM_CHROMIUM")
    found = (shutil.which(name) for name in ([named] if named else BROWSERS))
    return next((path for path in found if path), None)


def _browser() -> Finding:
    path = browser_path()
    if path is None:
        return Finding(
            "Chromium",
            "the tests drive a real browser: install Debian's package chromium, "
            "or name yours in MAALEM_CHROMIUM",
        )
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return Finding(done.stdout.strip() or path, "" if done.returncode == 0 else done.stderr[-200:])


def node_trouble() -> str:
    """What is missing for the tests that drive the official Node SDK; empty when nothing is."""
    wanted = "the tests drive the official Node SDK: install Debian's packages nodejs and npm"
    if shutil.which("node") is None or shutil.which("npm") is None:
        return wanted
    version = _node_version()
    major = version.removeprefix("v").partition(".")[0]
    if not major.isdecimal() or int(major) < _NODE_NEEDED:
        return f"{wanted} (version {_NODE_NEEDED} or newer; this is {version or 'none'})"
    return ""


def _node() -> Finding:
    trouble = node_trouble()
    return Finding("Node" if trouble else f"Node {_node_version()}", trouble)


def _node_version() -> str:
    done = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip()
