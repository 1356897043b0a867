"""The embedded server and who may do what in it."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from maalem.cli import databases, postgres
from maalem.kit.clock import MOROCCO


def test_the_platforms_role_cannot_enter_the_payments_database(payments_dsn):
    platform = os.environ["MAALEM_TEST_PLATFORM"]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(platform.replace("/maalem_platform?", "/maalem_payments?"))


def test_the_database_has_the_same_days_as_the_program(payments_dsn):
    """Morocco has changed its hour at short notice: both tables of zones must know of it."""
    begins = datetime(2025, 1, 1, 12, tzinfo=UTC)
    times = [begins + timedelta(days=ahead) for ahead in range(4 * 365)]
    with psycopg.connect(payments_dsn.app) as connection:
        rows = connection.execute(
            "SELECT at AT TIME ZONE 'Africa/Casablanca' FROM unnest(%s::timestamptz[]) AS at",
            [times],
        ).fetchall()
    assert [row[0] for row in rows] == [at.astimezone(MOROCCO).replace(tzinfo=None) for at in times]


def test_preparing_twice_keeps_the_data(tmp_path: Path):
    tmp_path.chmod(0o755)
    with postgres.running(tmp_path) as server:
        databases.prepare(server.dsn("postgres"))
        first = databases.prepare(server.dsn("postgres"))
        with psycopg.connect(first.platform) as connection:
            connection.execute("CREATE TABLE kept (word text)")
        again = databases.prepare(server.dsn("postgres"))
        with psycopg.connect(again.platform) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_second_start_on_the_same_folder_is_refused_with_a_sentence(tmp_path: Path):
    tmp_path.chmod(0o755)
    with (
        postgres.running(tmp_path),
        pytest.raises(postgres.PostgresTrouble, match="already running"),
    ):
        postgres.start(tmp_path)


def test_what_was_committed_is_there_after_a_power_cut(tmp_path: Path):
    tmp_path.chmod(0o755)
    server = postgres.start(tmp_path)
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE promises (id int PRIMARY KEY)")
        connection.execute("INSERT INTO promises VALUES (1)")
        server.kill()
    with postgres.running(tmp_path) as server, psycopg.connect(server.dsn("postgres")) as again:
        assert again.execute("SELECT id FROM promises").fetchall() == [(1,)]


def test_a_server_killed_again_and_again_is_started_again_each_time(tmp_path: Path):
    tmp_path.chmod(0o755)
    with postgres.running(tmp_path) as server:
        for number in range(8):
            server.kill()
            server.revive()
            with psycopg.connect(server.dsn("postgres")) as connection:
                assert connection.execute("SELECT %s", [number]).fetchone() == (number,)


def test_a_server_that_can_not_come_back_is_given_up_with_a_sentence(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(postgres, "_PAUSES_S", (0.0, 0.0))
    tmp_path.chmod(0o755)
    with postgres.running(tmp_path) as server:
        server.kill()
        (server.data / "global" / "pg_control").unlink()
        with pytest.raises(postgres.PostgresTrouble, match="did not start"):
            server.revive()


def test_the_server_stops_when_its_parent_is_killed(tmp_path: Path):
    tmp_path.chmod(0o755)
    program = textwrap.dedent(f"""
        import sys, time
        from pathlib import Path
        from maalem.cli import postgres
        server = postgres.start(Path({str(tmp_path)!r}))
        print(server.process.pid, flush=True)
        time.sleep(600)
    """)
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = 30 * 20
    while Path(f"/proc/{pid}").exists() and deadline:
        deadline -= 1
        subprocess.run(["sleep", "0.05"], check=True)
    assert deadline, "the server outlived its parent"
