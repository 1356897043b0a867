"""Which code a process runs: written down as it starts, told in every story (`maalem story`)."""

import hashlib
import logging
import os
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

import asyncpg

from maalem.payments.context import Modes

_PACKAGE = Path(__file__).resolve().parents[1]
_log = logging.getLogger("maalem.payments")


@cache
def version() -> str:
    """`MAALEM_VERSION`; else `0.1.0 commit 1a2b3c4d5e6f code 9f8e7d6c5b4a`.

    The last is of the sources themselves, so that a file changed on the machine is seen too.
    """
    told = os.environ.get("MAALEM_VERSION", "").strip()
    if told:
        return told[:100]
    try:
        parts = [metadata.version("maalem")]
    except metadata.PackageNotFoundError:
        parts = ["from source"]
    commit = _commit()
    return " ".join([*parts, *(["commit", commit] if commit else []), "code", _digest()])


async def note(modes: Modes, role: str) -> None:
    """Write down, in each mode's books, that a process of this kind starts now.

    A service whose database is away starts all the same and is written down next time.
    """
    for payments in modes.every():
        try:
            await payments.pool.execute(
                "INSERT INTO runs (role, version) VALUES ($1, $2)", role, version()
            )
        except (OSError, asyncpg.PostgresError) as problem:
            _log.warning("which code runs could not be written down: %s", problem)


def _commit() -> str:
    if not (_PACKAGE.parent / ".git").exists():
        return ""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],
            cwd=_PACKAGE,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _digest() -> str:
    whole = hashlib.sha256()
    for room in ("payments", "kit"):
        for path in sorted((_PACKAGE / room).rglob("*")):
            if path.suffix in (".py", ".sql", ".toml") and "tests" not in path.parts:
                whole.update(str(path.relative_to(_PACKAGE)).encode() + b"\0")
                whole.update(path.read_bytes() + b"\0")
    return whole.hexdigest()[:12]
