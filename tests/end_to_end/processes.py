"""The processes of a running installation, as the machine sees them: found, killed, come back."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from maalem.cli import databases, installation
from tests.cast import Member
from tests.end_to_end.installation import ROOT, Running

# A word of each process's command line by which it is known.
WORDS = {
    "payments": "maalem.payments.serve",
    "payments-jobs": "maalem.payments.jobs",
    "shop": "maalem.platform.wsgi:application",
    "shop-jobs": "maalem.platform.ground.jobs",
    "postgres": "/bin/postgres",
}
PATIENCE_S = 60


def until(holds: Callable[[], Any], *, seconds: float = PATIENCE_S, what: str = "") -> None:
    """Ask again and again until `holds()`; fails with `what` when it never does."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"it did not come to be: {what}"
        time.sleep(0.1)


def pid_of(maalem: Running, name: str) -> int:
    """The process that `maalem up` started under this name."""
    for pid in children(maalem.process.pid):
        if WORDS[name] in _words(pid):
            return pid
    raise AssertionError(f"{name} does not run")


def children(pid: int) -> list[int]:
    """The processes that `pid` has started and that still are."""
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (thread / "children").read_text().split()]
    return found


@contextmanager
def unwatched(maalem: Running) -> Iterator[None]:
    """The supervisor is held still: what dies within the block stays dead until its end.

    Then it goes on, finds what is gone, and starts it again.
    """
    os.kill(maalem.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(maalem.process.pid, signal.SIGCONT)
    until(lambda: is_whole(maalem), what="everything runs again")


def strike(maalem: Running, name: str, *, alone: bool = False) -> int:
    """SIGKILL to a process and to all that it started; return its pid.

    `alone` spares its children: what it leaves behind is then the supervisor's to clear.
    """
    pid = pid_of(maalem, name)
    for one in [pid, *([] if alone else children(pid))]:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    return pid


def is_whole(maalem: Running) -> bool:
    """Whether every process runs and both services say that they are well."""
    try:
        for name in WORDS:
            pid_of(maalem, name)
    except AssertionError:
        return False
    return all(_is_well(f"{url}/health") for url in (maalem.shop, maalem.payments))


def rows(maalem: Running, database: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What the database holds; tests look at it to count, never to change anything."""
    dsn = installation.admin_dsn(maalem.home).replace("/postgres?", f"/{database}?")
    with psycopg.connect(dsn) as connection:
        return connection.execute(query, values).fetchall()  # type: ignore[call-overload]


def charged(maalem: Running, number: str) -> int:
    """How many charges of the order group `number` succeeded."""
    query = "SELECT count(*) FROM charges WHERE transfer_group = %s AND status = 'succeeded'"
    return int(rows(maalem, databases.PAYMENTS, query, number)[0][0])


def status(maalem: Running, number: str) -> str:
    """What the shop says of the order group `number`."""
    query = "SELECT status FROM orders_ordergroup WHERE number = %s"
    found = rows(maalem, databases.PLATFORM, query, number)
    return str(found[0][0]) if found else ""


def must_be_paid_once(maalem: Running, number: str) -> None:
    """One charge, and the shop knows."""
    until(lambda: status(maalem, number) == "paid", what=f"{number} is paid")
    assert charged(maalem, number) == 1


def shell(maalem: Running, program: str) -> str:
    """Run `program` in the shop's own shell, with the shop's own settings."""
    raw = Path(f"/proc/{pid_of(maalem, 'shop')}/environ").read_bytes().decode()
    settings = dict(line.split("=", 1) for line in raw.split("\0") if "=" in line)
    done = subprocess.run(
        [sys.executable, "-m", "maalem.platform.manage", "shell", "-v", "0", "-c", program],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


_APPOINT = """
from django.contrib.auth.models import Permission
from maalem.platform.ground.people.models import Person
one, _ = Person.objects.get_or_create(
    phone={phone!r}, defaults=dict(name={name!r}, phone_verified=True))
one.is_staff = True
one.save()
one.user_permissions.add(*Permission.objects.filter(codename__in={rights!r}))
"""


def appoint(maalem: Running, who: Member, rights: Sequence[str]) -> None:
    """Make her staff, with these rights by name."""
    shell(maalem, _APPOINT.format(phone=who.phone, name=who.name, rights=list(rights)))


def is_there(pid: int) -> bool:
    """Whether this process still does something: a zombie does not."""
    return bool(_words(pid))


def _words(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def _is_well(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
