"""What the market's tests share: the cast's shop, and a payment institution in memory."""

from collections.abc import Iterator

import pytest

from maalem.platform.ground.gateway.fake import Fake, standing_in


@pytest.fixture
def bank() -> Iterator[Fake]:
    """A payment institution in place of the SDK."""
    with standing_in() as fake:
        yield fake


@pytest.fixture
def world(db: None, bank: Fake):
    """The cast's shop in this test's own transaction."""
    from maalem.platform.market.orders.tests.world import build

    return build(bank)
