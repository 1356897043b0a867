"""What the tests across both services share."""

from collections.abc import Iterator
from typing import Any

import pytest

from maalem.payments.tests import service as driver


@pytest.fixture(scope="module")
def institution(
    payments_dsn: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[driver.Service]:
    """The payment institution on a real socket, with the platform as its customer."""
    log = tmp_path_factory.mktemp("institution") / "log"
    with driver.serving(payments_dsn, log=log) as running:
        yield running
