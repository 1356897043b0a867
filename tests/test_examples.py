"""The walk-throughs in examples/ are run, and print what stands beside them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maalem.payments.tests import service as driver

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
# These put the clock forward: each has a database of its own, and no worker beside it.
ALONE = ("payout_to_bank.py", "receipt_story.py")
WALKS = sorted(path.name for path in EXAMPLES.iterdir() if path.suffix in (".py", ".sh"))


@pytest.fixture(scope="module")
def worker(institution: driver.Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with driver.working(institution, log=tmp_path_factory.mktemp("jobs") / "log"):
        yield


def printed(name: str, running: driver.Service) -> str:
    """What the walk `name` prints against a service."""
    command = ["bash"] if name.endswith(".sh") else [sys.executable]
    done = subprocess.run(
        [*command, str(EXAMPLES / name)],
        env={
            **os.environ,
            **running.environment,
            "MAALEM_PAYMENTS_URL": running.url,
            "MAALEM_STRIPE_API_KEY": running.key,
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def written(name: str) -> str:
    return (EXAMPLES / name).with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in WALKS if name not in ALONE])
def test_a_walk_prints_what_is_written(name: str, institution: driver.Service, worker: Any):
    if name.endswith(".sh"):
        assert shutil.which("curl"), "the walk by hand needs curl: install Debian's package curl"
    assert printed(name, institution) == written(name)


@pytest.mark.parametrize("name", ALONE)
def test_a_walk_over_days_prints_what_is_written(
    name: str, fresh_payments_dsn: Any, tmp_path: Path
):
    with driver.serving(fresh_payments_dsn, log=tmp_path / "log") as running:
        assert printed(name, running) == written(name)
