from collections.abc import Iterator
from typing import Any

import pytest

from maalem.payments.tests.simulation.world import Stage


@pytest.fixture(scope="module")
def stage(both_books: Any) -> Iterator[Stage]:
    """A world on a database that nobody else writes to."""
    opened = Stage(both_books[0])
    yield opened
    opened.close()
