"""One installation: its folder, its addresses, its databases and the environment it runs with."""

import os
import socket
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from maalem.cli import databases, postgres, secrets_file

PLATFORM_URL, PAYMENTS_URL = "http://localhost:8000", "http://localhost:8010"


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
        """Make the folder and the one for logs; a refusal of the disk becomes a sentence."""
        try:
            (self.home / "log").mkdir(parents=True, exist_ok=True)
            (self.home / "media").mkdir(exist_ok=True)
        except OSError as trouble:
            raise CannotStart(
                f"can't write to {self.home} ({trouble.strerror}); "
                "set MAALEM_HOME to a folder that is yours"
            ) from trouble

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
        if demo:
            # In the demo the bank settles at once, so that a newcomer sees the whole road.
            ours |= {
                "MAALEM_DEMO": "1",
                "MAALEM_PICTURE_MAKER": "maalem.demo.pictures.maker",
                "MAALEM_SETTLEMENT_DELAY_S": os.environ.get("MAALEM_SETTLEMENT_DELAY_S", "0"),
            }
        return {**os.environ, **secrets_file.load(self.home), **ours}


def own_server() -> databases.Dsns | None:
    """The operator's own PostgreSQL, when the environment names it; else None."""
    names = (
        "MAALEM_PAYMENTS_DATABASE_URL",
        "MAALEM_PAYMENTS_ADMIN_DATABASE_URL",
        "MAALEM_PLATFORM_DATABASE_URL",
    )
    given = [os.environ.get(name, "") for name in names]
    if not any(given):
        return None
    if not all(given):
        missing = [name for name, value in zip(names, given, strict=True) if not value]
        raise CannotStart(f"to use your own PostgreSQL, set these too: {', '.join(missing)}")
    return databases.Dsns(*given)


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
