"""`maalem up` itself, as people run it who are not root or have a PostgreSQL of their own."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from maalem.cli import postgres
from maalem.cli.children import die_with_parent
from maalem.payments.tests.service import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 120


@dataclass(frozen=True)
class Someone:
    """An ordinary user with a home; whoever runs the tests, unless that is root."""

    home: Path
    account: pwd.struct_passwd | None

    def python(self, *words: str) -> list[str]:
        """A command that runs our Python as this user.

        Root's checkout and Python may be closed to others, so this one user is let through
        closed doors; it is an ordinary one to everybody who asks, PostgreSQL among them.
        """
        who = self.account
        if who is None:
            return [sys.executable, *words]
        through = ("--inh-caps", "+dac_override", "--ambient-caps", "+dac_override")
        ids = ("--reuid", str(who.pw_uid), "--regid", str(who.pw_gid), "--clear-groups")
        return ["setpriv", *ids, *through, sys.executable, *words]


@pytest.fixture
def someone() -> Iterator[Someone]:
    """Whoever runs the tests."""
    home = Path(tempfile.mkdtemp(prefix="maalem-someone-"))
    yield Someone(home, None)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def ordinary(someone: Someone) -> Someone:
    """Not root."""
    if os.geteuid() != 0:
        return someone
    account = pwd.getpwnam("nobody")
    os.chown(someone.home, account.pw_uid, account.pw_gid)
    return Someone(someone.home, account)


def settings(someone: Someone, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MAALEM_")}
    return kept | {
        "HOME": str(someone.home),
        "MAALEM_HOME": str(someone.home / "var"),
        "MAALEM_PLATFORM_URL": f"http://localhost:{free_port()}",
        "MAALEM_PAYMENTS_URL": f"http://localhost:{free_port()}",
        "MAALEM_WORKERS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


@contextlib.contextmanager
def up(someone: Someone, environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """An empty installation that answers; stopped by Ctrl-C, as whoever typed it would."""
    log = someone.home / "up.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            someone.python("-m", "maalem", "up", "--empty"),
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    try:
        deadline = time.monotonic() + PATIENCE_S
        while "Maalem is open" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0, log.read_text()


def run(someone: Someone, environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        someone.python("-m", "maalem", *words),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_an_ordinary_user_opens_it_and_opens_it_again(ordinary: Someone):
    environment = settings(ordinary)
    with up(ordinary, environment):
        assert status(environment["MAALEM_PLATFORM_URL"] + "/fr/") == 200
        assert "The books are right" in run(ordinary, environment, "verify")
    (ordinary.home / "up.log").unlink()
    with up(ordinary, environment):
        assert status(environment["MAALEM_PLATFORM_URL"] + "/ar/") == 200
    assert "migrations" not in (ordinary.home / "up.log").read_text()


@pytest.fixture
def own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A superuser's URL of a PostgreSQL that listens on a port, as an operator's does."""
    tmp_path.chmod(0o755)
    port = free_port()
    over_the_network = {"listen_addresses": "127.0.0.1", "port": str(port)}
    with monkeypatch.context() as known:
        known.setenv("PGPORT", str(port))  # the socket's name has the port in it
        server = postgres.start(tmp_path, settings=over_the_network)
    try:
        yield f"postgresql://{postgres.ADMIN}:{server.password}@127.0.0.1:{port}/postgres"
    finally:
        server.stop()


def test_it_opens_on_an_operators_own_server(someone: Someone, own_server: str):
    told = run(someone, settings(someone), "databases", own_server)
    urls = dict(line.removeprefix("export ").split("=", 1) for line in told.splitlines())
    environment = settings(someone, **urls)
    with up(someone, environment):
        assert status(environment["MAALEM_PLATFORM_URL"] + "/fr/") == 200
        assert "The books are right" in run(someone, environment, "verify")
        assert not (someone.home / "var" / "postgres").exists()


def test_a_database_that_does_not_let_us_in_is_named(someone: Someone):
    url = f"postgresql://x:y@127.0.0.1:{free_port()}/x"
    names = ("PLATFORM", "PAYMENTS", "PAYMENTS_ADMIN")
    environment = settings(someone, **{f"MAALEM_{name}_DATABASE_URL": url for name in names})
    for verb in ("up", "doctor"):
        done = subprocess.run(
            [sys.executable, "-m", "maalem", verb],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 1
        assert "the database of MAALEM_PAYMENTS_DATABASE_URL does not let us in" in said
        assert "Traceback" not in said
