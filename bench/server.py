"""The run's one PostgreSQL, shared by every shop, and its own yardstick: pgbench."""

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from bench.peers.shop import Database
from maalem.cli import postgres

_TPS = re.compile(r"tps = ([0-9.]+)")
SCALE = 10


@contextlib.contextmanager
def running(home: Path) -> Iterator[postgres.Server]:
    """The embedded server under `home`, as an installation starts it: fsync on, checksums on."""
    with postgres.running(home) as server:
        yield server


def database(server: postgres.Server, name: str, *, anew: bool = False) -> Database:
    """A database of a peer's own, made where it is missing; `anew` drops a half-filled one."""
    if anew:
        forget(server, name)
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return Database(str(server.sockets), postgres.ADMIN, server.password, name)


def forget(server: postgres.Server, name: str) -> None:
    """Drop a database, where it is there."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def analyse(server: postgres.Server, name: str) -> None:
    """What autovacuum does within the hour, done now for a run that can't wait for it."""
    with psycopg.connect(server.dsn(name), autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE")


def prepare_pgbench(server: postgres.Server) -> None:
    """TPC-B's tables, once."""
    database(server, "pgbench")
    with psycopg.connect(server.dsn("pgbench")) as connection:
        if connection.execute("SELECT to_regclass('pgbench_accounts')").fetchone() == (None,):
            _pgbench(server, "-i", "-q", "-s", str(SCALE))


def pgbench(server: postgres.Server, *, seconds: float) -> float:
    """TPC-B transactions a second: prepared statements, 8 clients, one thread of a C client."""
    said = _pgbench(server, "-n", "-M", "prepared", "-c", "8", "-T", str(max(1, round(seconds))))
    found = _TPS.search(said)
    if found is None:
        raise RuntimeError(f"pgbench gave no figure: {said[-300:]}")
    return float(found.group(1))


def _pgbench(server: postgres.Server, *words: str) -> str:
    done = subprocess.run(
        [str(_programs(server) / "pgbench"), *words, "pgbench"],
        env={
            **os.environ,
            "PGHOST": str(server.sockets),
            "PGUSER": postgres.ADMIN,
            "PGPASSWORD": server.password,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pgbench failed: {done.stderr[-300:]}")
    return done.stdout


def _programs(server: postgres.Server) -> Path:
    return Path(server.command[0]).parent
