"""One installation: its folder, its addresses, its databases and the environment it runs with."""

import errno
import os
import shutil
import socket
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from maalem.cli import databases, postgres, secrets_file

PLATFORM_URL, PAYMENTS_URL = "http://localhost:8000", "http://localhost:8010"
# Bytes: PostgreSQL writes its log in segments of this size.
_DISK_FULL = 16 * 2**20


class CannotStart(RuntimeError):
    """The installation can't start; the text says why and what to do."""


@dataclass(frozen=True)
class Installation:
    """Where it lives and where it answers."""

    home: Path
    platform_url: str
    payments_url: str

    @classmethod
    def of_environment(cls) -> "Installation":
        """As MAALEM_HOME, MAALEM_PLATFORM_URL and MAALEM_PAYMENTS_URL say."""
        return cls(
            home=Path(os.environ.get("MAALEM_HOME", "var")).resolve(),
            platform_url=os.environ.get("MAALEM_PLATFORM_URL", PLATFORM_URL).rstrip("/"),
            payments_url=os.environ.get("MAALEM_PAYMENTS_URL", PAYMENTS_URL).rstrip("/"),
        )

    def make_home(self) -> None:
        """Make the folder and the ones in it; a refusal of the disk becomes a sentence."""
        own = (self.home, self.home / "log", self.home / "media")
        try:
            for folder in own:
                folder.mkdir(parents=True, exist_ok=True)
            for path in (*own, self.home / secrets_file.FILE, *(self.home / "log").iterdir()):
                if path.exists() and not os.access(path, os.R_OK | os.W_OK):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        except OSError as trouble:
            raise CannotStart(self.refusal(trouble)) from trouble

    def full_disk(self) -> str | None:
        """A sentence when the disk has no room for as much as a segment of the database's log."""
        there = next(step for step in (self.home, *self.home.parents) if step.exists())
        if shutil.disk_usage(there).free >= _DISK_FULL:
            return None
        return f"the disk that holds {self.home} is full; free some space"

    def refusal(self, trouble: Exception) -> str | None:
        """What to tell the person at the terminal; None for what is a mistake of the program."""
        if not isinstance(trouble, OSError):
            return str(trouble)
        named = Path(os.fsdecode(trouble.filename or "/"))
        if not named.is_relative_to(self.home) and not self.home.is_relative_to(named):
            return None
        return (
            f"can't write to {named} ({trouble.strerror}); "
            "set MAALEM_HOME to a folder that is yours"
        )

    def environment(self, dsns: databases.Dsns, *, demo: bool) -> dict[str, str]:
        """What every process of the installation is started with."""
        ours = {
            "MAALEM_HOME": str(self.home),
            "MAALEM_PLATFORM_URL": self.platform_url,
            "MAALEM_PAYMENTS_URL": self.payments_url,
            "MAALEM_PAYMENTS_DATABASE_URL": dsns.payments,
            "MAALEM_PAYMENTS_ADMIN_DATABASE_URL": dsns.payments_admin,
            "MAALEM_PLATFORM_DATABASE_URL": dsns.platform,
            "PYTHONUNBUFFERED": "1",
        }
        if dsns.live:
            ours |= {
                "MAALEM_PAYMENTS_LIVE_DATABASE_URL": dsns.live,
                "MAALEM_PAYMENTS_LIVE_ADMIN_DATABASE_URL": dsns.live_admin,
            }
        if demo:
            # In the demo the bank settles at once, so that a newcomer sees the whole road.
            ours |= {
                "MAALEM_DEMO": "1",
                "MAALEM_PICTURE_MAKER": "maalem.demo.pictures.maker",
                "MAALEM_SETTLEMENT_DELAY_S": os.environ.get("MAALEM_SETTLEMENT_DELAY_S", "0"),
            }
        return {**os.environ, **secrets_file.load(self.home), **ours}


# In the order of `databases.Dsns`.
_OWN = (
    "MAALEM_PAYMENTS_DATABASE_URL",
    "MAALEM_PAYMENTS_ADMIN_DATABASE_URL",
    "MAALEM_PLATFORM_DATABASE_URL",
)


def own_server() -> databases.Dsns | None:
    """The operator's own PostgreSQL, when the environment names it; else None.

    Raises CannotStart where it is named in part or does not let us in.
    """
    given = [os.environ.get(name, "") for name in _OWN]
    if not any(given):
        return None
    if not all(given):
        missing = [name for name, value in zip(_OWN, given, strict=True) if not value]
        raise CannotStart(f"to use your own PostgreSQL, set these too: {', '.join(missing)}")
    for name, url in zip(_OWN, given, strict=True):
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.Error as trouble:
            why = str(trouble).strip().splitlines()[-1]
            raise CannotStart(f"the database of {name} does not let us in: {why}") from trouble
    live = os.environ.get("MAALEM_PAYMENTS_LIVE_DATABASE_URL", "")
    live_admin = os.environ.get("MAALEM_PAYMENTS_LIVE_ADMIN_DATABASE_URL", "") or live
    return replace(databases.Dsns(*given), live=live, live_admin=live_admin)


def live_book() -> str | None:
    """The embedded server's database for the live mode, where somebody asked for that mode."""
    return databases.LIVE if os.environ.get("MAALEM_LIVE_RAILS") else None


def admin_dsn(home: Path) -> str:
    """The superuser's URL of the embedded server that runs for `home` just now."""
    place = postgres.place_of(home)
    word = (place / "password").read_text().strip()
    return f"postgresql://{postgres.ADMIN}:{word}@/postgres?host={postgres.sockets_of(place)}"


def refuse_busy_port(url: str, *, what: str) -> None:
    """Raise CannotStart when something else already listens where we would."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as trouble:
            name = "MAALEM_PLATFORM_URL" if what == "the shop" else "MAALEM_PAYMENTS_URL"
            raise CannotStart(
                f"port {port}, where {what} would answer, is taken ({trouble.strerror}); stop "
                f"what uses it, or set {name}=http://localhost:<another port>"
            ) from trouble


def answers(url: str) -> bool:
    """Whether something healthy answers at `url` within two seconds."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
