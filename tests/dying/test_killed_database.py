"""PostgreSQL is killed again and again under load."""

import os
import random
import time
from pathlib import Path

from tests.dying.house import house, under_load

CYCLES = 50 if "MAALEM_NIGHTLY" in os.environ else 5


def test_what_was_acknowledged_outlives_the_database(home: Path, tmp_path: Path):
    """P34: each acknowledged payment is there once, each other one is absent or complete."""
    chance = random.Random(20260302)
    with house(home, logs=tmp_path) as place, under_load(place) as load:
        for _ in range(CYCLES):
            made = len(load.kept)
            place.await_life()
            time.sleep(chance.uniform(0.1, 0.8))
            assert len(load.kept) > made
            place.server.kill()
    assert load.refused > 0
