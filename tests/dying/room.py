"""Ways to let a server's disk be full for a while: a small one, or a limit that stands for it."""

import contextlib
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from maalem.cli import postgres

BLOCK = b"\0" * 65_536


def mounted(folder: Path, *, mb: int) -> bool:
    """Mount a small file system there; False where the kernel doesn't let us."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={mb}m,mode=755", "tmpfs", str(folder)]
    try:
        return subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@contextmanager
def ballast(folder: Path) -> Iterator[None]:
    """Not one block is left on the disk of `folder` for as long as the block lasts."""
    path = folder / "ballast"
    try:
        with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(BLOCK):
                pass
        yield
    finally:
        path.unlink()


@contextmanager
def no_growth(server: postgres.Server) -> Iterator[None]:
    """The server's processes may write to no file: EFBIG, which PostgreSQL treats as ENOSPC.

    Set by the server's own user, because one process may limit another only as its equal.
    """
    try:
        _limit(server, "1:")
        yield
    finally:
        _limit(server, "unlimited:")


def _limit(server: postgres.Server, size: str) -> None:
    owner: pwd.struct_passwd | None = server.owner
    who: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid} if owner else {}
    for pid in (server.process.pid, *postgres._children_of(server.process.pid)):
        subprocess.run(
            ["prlimit", "--pid", str(pid), f"--fsize={size}"], cwd="/", check=False, **who
        )
