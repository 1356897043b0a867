from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maalem.payments.tests import service as driver


@pytest.fixture(scope="session")
def service(payments_dsn: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One payments service for all these pages, on this worker's database."""
    with driver.serving(payments_dsn, log=tmp_path_factory.mktemp("payments") / "log") as running:
        yield running


@pytest.fixture(scope="session")
def jobs(service: driver.Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The worker process beside the service; the path of its log."""
    log = tmp_path_factory.mktemp("jobs") / "log"
    with driver.working(service, log=log):
        yield log


@pytest.fixture
def payer(service: driver.Service) -> Iterator[driver.Payer]:
    """Somebody with a browser and no JavaScript."""
    someone = driver.Payer(service)
    yield someone
    someone.http.close()


@pytest.fixture
def conduct(service: driver.Service) -> Iterator[Any]:
    """Tell the simulated network how to behave: `conduct(slow_ms=…, lose_replies=…, down=…)`."""

    def behave(*, slow_ms: int = 0, lose_replies: int = 0, down: bool = False) -> None:
        service.rows(
            "UPDATE simulator.conduct SET slow_ms = %s, lose_replies = %s, down = %s",
            slow_ms,
            lose_replies,
            down,
        )

    yield behave
    behave()
