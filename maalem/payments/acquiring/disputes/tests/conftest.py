import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from maalem.payments.ledger.verify import verify
from maalem.payments.tests.world import World, world


@pytest.fixture
def tell(fresh_payments_dsn: Any) -> Callable[..., None]:
    """Run a story in a world of its own; afterwards the books must be right."""

    def run(story: Callable[[World], Awaitable[None]], **settings: Any) -> None:
        async def whole() -> None:
            async with world(fresh_payments_dsn.app, **settings) as w:
                await story(w)
            report = await verify(fresh_payments_dsn.admin)
            assert report.clean, report.findings

        asyncio.run(whole())

    return run
