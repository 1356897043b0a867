"""The examples are run, and print what stands committed beside them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from maalem.payments.tests.service import Service

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_an_example_prints_what_it_says(service: Service, example: Path):
    done = subprocess.run(
        [sys.executable, str(example)],
        env={
            **os.environ,
            "MAALEM_PAYMENTS_URL": service.url,
            "MAALEM_STRIPE_API_KEY": service.key,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == example.with_suffix(".txt").read_text(encoding="utf-8")
