"""What the market's tests share: the cast's shop, and a payment institution in memory."""

import os
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connections

from maalem.platform.ground.gateway.fake import Fake, standing_in


@pytest.fixture
def bank() -> Iterator[Fake]:
    """A payment institution in place of the SDK."""
    with standing_in() as fake:
        yield fake


@pytest.fixture
def world(db: None, bank: Fake):
    """The cast's shop, in this test's own transaction."""
    from maalem.platform.market.tests.world import build

    return build(bank)


@pytest.fixture
def building(db: None):
    """What makes the cast's shop, for tests that make more than one."""
    from maalem.platform.market.tests.world import build

    return build


@pytest.fixture
def own_database(django_db_blocker) -> Iterator[str]:
    """A migrated database of this test's own, for threads, commits and killed connections."""
    template = urlsplit(os.environ["MAALEM_TEST_PLATFORM"]).path.lstrip("/")
    name = f"{template}_{secrets.token_hex(5)}"
    settings = connections.settings["default"]
    before = settings["NAME"]
    with psycopg.connect(os.environ["MAALEM_TEST_SERVER"], autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        admin.execute(f'ALTER DATABASE "{name}" OWNER TO "{settings["USER"]}"')
        with django_db_blocker.unblock():
            _point(name)
            try:
                yield name
            finally:
                _point(before)
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def live(own_database: str, bank: Fake):
    """The cast's shop, committed: other threads and connections see it."""
    from maalem.platform.market.tests.world import build

    return build(bank)


def _point(name: str) -> None:
    connections["default"].close()
    del connections["default"]
    connections.settings["default"]["NAME"] = name
