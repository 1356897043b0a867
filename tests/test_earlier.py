"""A second start does again whatever would come out otherwise now, and nothing else."""

import shutil
from pathlib import Path

import psycopg
import pytest

from maalem.cli import earlier
from maalem.cli.earlier import Earlier


@pytest.fixture
def program(tmp_path: Path, monkeypatch) -> Path:
    """A program of its own, so that a test may change it."""
    place = tmp_path / "program"
    shutil.copytree(earlier._PACKAGE / "payments" / "sql", place)
    monkeypatch.setattr(earlier, "_PACKAGE", place)
    return place


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home"
    (place / "static").mkdir(parents=True)
    (place / "static" / "staticfiles.json").write_text("{}")
    return place


@pytest.fixture
def environment(committed_db: str, fresh_payments_dsn) -> dict[str, str]:
    return {
        "MAALEM_PLATFORM_DATABASE_URL": committed_db,
        "MAALEM_PAYMENTS_ADMIN_DATABASE_URL": fresh_payments_dsn.admin,
        "MAALEM_PLATFORM_URL": "http://localhost:8000",
    }


def test_what_succeeded_is_not_done_again(program, home, environment):
    assert not Earlier(home, environment).did("prepare")
    Earlier(home, environment).keep("prepare")
    assert Earlier(home, environment).did("prepare")
    assert not Earlier(home, environment).did("demo")


def test_a_new_migration_is_never_skipped(program, home, environment):
    Earlier(home, environment).keep("prepare")
    (program / "9999_more.sql").write_text("SELECT 1")
    assert not Earlier(home, environment).did("prepare")


def test_a_database_that_lost_a_migration_is_migrated(program, home, environment):
    Earlier(home, environment).keep("prepare")
    with psycopg.connect(environment["MAALEM_PLATFORM_DATABASE_URL"]) as shop:
        shop.execute(
            "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)"
        )
    assert not Earlier(home, environment).did("prepare")


def test_an_empty_database_is_migrated(program, home, environment):
    Earlier(home, environment).keep("prepare")
    with psycopg.connect(environment["MAALEM_PAYMENTS_ADMIN_DATABASE_URL"]) as books:
        books.execute("DROP TABLE migrations")
    assert not Earlier(home, environment).did("prepare")


def test_another_address_is_told_to_the_payment_institution(program, home, environment):
    Earlier(home, environment).keep("prepare")
    moved = {**environment, "MAALEM_PLATFORM_URL": "http://localhost:9000"}
    assert not Earlier(home, moved).did("prepare")


def test_deleted_static_files_are_collected_again(program, home, environment):
    Earlier(home, environment).keep("prepare")
    shutil.rmtree(home / "static")
    assert not Earlier(home, environment).did("prepare")


def test_a_damaged_memory_is_no_memory(program, home, environment):
    Earlier(home, environment).keep("prepare")
    (home / earlier.FILE).write_text("{")
    assert not Earlier(home, environment).did("prepare")
    (home / earlier.FILE).write_text("[]")
    assert not Earlier(home, environment).did("prepare")
    Earlier(home, environment).keep("prepare")
    assert Earlier(home, environment).did("prepare")
