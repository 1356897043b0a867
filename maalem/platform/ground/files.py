"""Files that people send, below the media root: written whole or not at all, named plainly."""

import os
import secrets
from collections.abc import Callable, Collection
from pathlib import Path, PurePosixPath
from typing import BinaryIO

# Bytes. What a file system takes, less the root's own path and the ending of a file not yet whole.
_LONGEST_NAME, _LONGEST_PATH = 200, 1_000


def put(target: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Write `target` by `fill`, durably: aside first, so that nobody ever reads half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with aside.open("wb") as file:
            fill(file)
            file.flush()
            # A row that names the file may be committed right after this.
            os.fsync(file.fileno())
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)


def is_plain(path: str, *, endings: Collection[str]) -> bool:
    """Whether a path names a file of these endings below the media root and nothing else."""
    wanted = PurePosixPath(path)
    return not (
        "\x00" in path
        or wanted.is_absolute()
        or any(part in ("..", ".") or part.startswith(".") for part in wanted.parts)
        or "\\" in path
        or any(len(part.encode()) > _LONGEST_NAME for part in wanted.parts)
        or len(path.encode()) > _LONGEST_PATH
        or wanted.suffix.lower() not in endings
    )
