"""django-hordak: double entry for Django, balances proved by triggers in the database."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.load import Result
from bench.peers.shop import HERE, Database, Processes

# More processes than processors wait for the disk in turn.
_PROCESSES = 4


class Hordak:
    """Installed by pip into its own environment; its own database on the run's PostgreSQL."""

    name = "django-hordak 2.0"

    def __init__(self, folder: Path, *, database: Database) -> None:
        self.folder = folder / "hordak"
        self.python = str(self.folder / "environment" / "bin" / "python")
        self.environment = {"PEER_DATABASE": database.as_environment()}
        self.processes = Processes(self.folder, self.environment)

    def install(self) -> None:
        """An environment of its own, once; its tables and ten accounts."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in (HERE / "hordak").glob("*.py"):
            shutil.copy(path, self.folder / path.name)
        if not Path(self.python).exists():
            self.processes.once(sys.executable, "-m", "venv", "environment", log="install.log")
            packages = ("django-hordak==2.0.0", "Django>=5.2,<5.3", "psycopg[binary]>=3.2,<4")
            self.processes.once(
                *(self.python, "-m", "pip", "install", "--quiet", *packages), log="install.log"
            )
        self.processes.once(self.python, "measure.py", "prepare", log="prepare.log")

    def transfers(self, seconds: float) -> Result:
        """Transfers between its ten accounts, each in a transaction."""
        done = subprocess.run(
            [self.python, "measure.py", str(seconds), str(_PROCESSES)],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return Result(0, seconds, errors=1, first_error=done.stderr[-300:])
        return Result(int(done.stdout), seconds, errors=0, p50_ms=0.0, p99_ms=0.0)
