"""The disk says EIO: nothing is promised, nothing is lost, and nobody has to come and repair."""

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from maalem.cli import postgres
from maalem.payments.tests import service as driver
from tests.dying.failing_disk import made
from tests.dying.house import House, house, under_load

NIGHTLY = [pytest.param(part, marks=pytest.mark.nightly) for part in ("base", "pg_wal")]


@pytest.mark.parametrize("part", ["", *NIGHTLY])
def test_a_disk_that_fails_refuses_and_recovers_by_itself(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], part: str
):
    """P35: 503 and "try again" while `fsync` says EIO, of all files, of the tables' or of the
    log's alone; what was acknowledged is there afterwards, though nobody repaired anything."""
    disk = made(home, folder=postgres.place_of(home) / "data" / part)
    with house(home, logs=tmp_path, environment=disk.environment) as place:
        with under_load(place) as load:
            driver.eventually(lambda: len(load.kept) > 20)
            with disk.fails():
                checkpoint(place)  # when the tables' files are written
                driver.eventually(lambda: load.refused > 5, within_s=60)
                kept = len(load.kept)
                said = Said(capsys)
                driver.eventually(lambda: "It can't start yet" in said.so_far(), within_s=60)
                assert len(load.kept) == kept
                assert not place.lives()
            place.await_life()
            driver.eventually(lambda: len(load.kept) > kept, within_s=60)
        assert re.search("PANIC:  could not f(data)?sync", place.server.log.read_text())
    told = said.so_far()
    assert told.count("It can't start yet") == 1, told
    assert "Input/output error" in told
    assert "The database is there again." in told


@dataclass
class Said:
    """What our supervisor has said to the person at the terminal."""

    capsys: pytest.CaptureFixture[str]
    text: str = ""

    def so_far(self) -> str:
        self.text += self.capsys.readouterr().out
        return self.text


def checkpoint(place: House) -> None:
    with contextlib.suppress(psycopg.Error):
        place.service.rows("CHECKPOINT")
