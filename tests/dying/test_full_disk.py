"""The disk is full, or no file may grow: nothing is promised, nothing is lost."""

import subprocess
import time
from pathlib import Path

from maalem.payments.tests import service as driver
from tests.dying.house import house, under_load
from tests.dying.room import ballast, mounted, no_growth

SMALL = {"max_wal_size": "64MB", "min_wal_size": "32MB", "shared_buffers": "16MB"}


def test_a_full_disk_refuses_and_recovers_by_itself(home: Path, tmp_path: Path):
    """P35: 503 and "try again" while there is no room, nothing acknowledged is lost, and once
    there is room it goes on without anybody's hand."""
    small = mounted(home, mb=420)
    try:
        with house(home, logs=tmp_path, **SMALL) as place:
            full = ballast(home) if small else no_growth(place.server)
            with under_load(place) as load:
                time.sleep(0.5)
                with full:
                    driver.eventually(lambda: load.refused > 5, within_s=60)
                    made = len(load.kept)
                    time.sleep(1.5)
                    assert not place.lives()
                place.await_life()
                driver.eventually(lambda: len(load.kept) > made, within_s=60)
    finally:
        if small:
            subprocess.run(["umount", "--lazy", str(home)], check=True)


def test_a_limit_on_files_refuses_and_recovers_too(home: Path, tmp_path: Path):
    """P35: where no file may grow (EFBIG), as where a quota is used up."""
    with house(home, logs=tmp_path, **SMALL) as place, under_load(place) as load:
        time.sleep(0.5)
        with no_growth(place.server):
            driver.eventually(lambda: load.refused > 5, within_s=60)
            assert not place.lives()
        place.await_life()
