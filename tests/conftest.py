"""What the tests across both services share."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from maalem.payments import bootstrap, db
from maalem.payments.tests import service as driver


@pytest.fixture(scope="module")
def institution(
    payments_dsn: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[driver.Service]:
    """The payment institution on a real socket, with the platform as its customer."""
    asyncio.run(_platform(payments_dsn.app))
    process, running = driver.start(
        dsn=payments_dsn.app,
        admin=payments_dsn.admin,
        superuser_dsn=payments_dsn.superuser,
        log=str(tmp_path_factory.mktemp("institution") / "log"),
    )
    yield running
    process.terminate()
    process.wait(timeout=20)


async def _platform(dsn: str) -> None:
    pool = await db.connect(dsn, size=1)
    await bootstrap.ensure_platform(
        pool,
        secret_key=driver.SECRET_KEY,
        webhook_url=driver.SHOP + "/webhooks/payments",
        webhook_secret="whsec_institution",
    )
    await pool.close()
