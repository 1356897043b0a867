"""docs/settings.md names every setting that the code reads, and no other."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"MAALEM_[A-Z0-9_]*[A-Z0-9]")
# Not settings: what one process of the tests tells another.
INNER = {"MAALEM_TEST_PAYMENTS", "MAALEM_TEST_PAYMENTS_ADMIN", "MAALEM_TEST_PLATFORM"}


def test_every_setting_is_in_the_table_and_nothing_else():
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "maalem/**/*.py", "conftest.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    read, tried = set(), set()
    for name in filter(lambda name: (ROOT / name).exists(), files):
        found = set(NAME.findall((ROOT / name).read_text(encoding="utf-8")))
        tried |= found  # some are for tests alone, such as the seed of a history
        read |= found if "/tests/" not in name else set()
    told = set(NAME.findall((ROOT / "docs/settings.md").read_text(encoding="utf-8")))
    assert sorted(read - told - INNER) == []
    assert sorted(told - tried - INNER) == []
