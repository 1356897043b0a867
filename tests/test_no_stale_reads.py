"""Money is decided on what the primary says at that moment: no replica, no cache."""

import ast
import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from maalem.cli import databases, postgres
from maalem.payments import db

ROOT = Path(__file__).resolve().parent.parent
# Who opens a connection at the payment institution, and what for.
CONNECTS = {
    "maalem/payments/db.py": "the pool, and migrations",
    "maalem/payments/jobs/loop.py": "listens for notifications",
    "maalem/payments/api/idempotency.py": "holds the process's advisory lock",
    "maalem/payments/ledger/verify/__init__.py": "the auditor",
    "maalem/payments/packed/train.py": "a developer's tool",
}
# Where something is remembered between two requests there, and why no money is decided by it.
REMEMBERS = {
    "maalem/payments/accounts/methods.py": "what the documented test cards are",
    "maalem/payments/api/auth.py": "whose a key is and what she may do, five seconds at most;"
    " what she has and what she may still take is asked of the database each time",
    "maalem/payments/api/expand.py": "which object is read how, a table of the program",
    "maalem/payments/api/routes.py": "the endpoints, a table of the program",
    "maalem/payments/events/deliver.py": "what is on its way to an endpoint, and its secrets",
    "maalem/payments/fees/book.py": "dated rates: one is announced before the day it begins on",
    "maalem/payments/risk/book.py": "rules and lists; looked at again each time for some seconds"
    " after somebody changed them here",
    "maalem/payments/vault/envelope.py": "unwrapped keys of the vault",
    "maalem/payments/ledger/records.py": "an id made from a name",
    "maalem/payments/hosted/render.py": "style sheets and templates",
    "maalem/payments/api/params.py": "how a parameter's name is taken apart",
    "maalem/payments/api/versions.py": "which versions of the API there are, a rule of the program",
    "maalem/payments/events/post.py": "what TLS needs",
    "maalem/payments/packed/__init__.py": "dictionaries of the compressor",
    "maalem/payments/running.py": "which version the process is",
    "maalem/payments/settlement/banks.py": "the list of banks, a file of the program",
    "maalem/payments/settlement/days.py": "the list of holidays, a file of the program",
}
# The platform's rooms that decide about money.
DECIDES = ("market/checkout", "market/orders", "market/cart", "ground/gateway", "inbox")


def sources(top: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / top).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if "/tests/" not in name and not name.endswith("conftest.py"):
            yield name, path.read_text(encoding="utf-8")


def names(text: str) -> set[str]:
    """Every identifier and imported name of the code; comments and strings don't count."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        for field in ("id", "attr", "name", "module"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                found.add(value)
    return found


def begun_empty(text: str) -> bool:
    """Whether a module or an object begins with an empty mapping, which it may fill later."""
    for node in ast.walk(ast.parse(text)):
        begins = isinstance(node, ast.Module) or getattr(node, "name", "") == "__init__"
        for line in node.body if begins else ():  # type: ignore[attr-defined]
            value = getattr(line, "value", None)
            called = isinstance(value, ast.Call) and not value.args and not value.keywords
            kind = ast.unparse(value.func) if called else ""  # type: ignore[union-attr]
            if kind.partition("[")[0] in (
                "dict",
                "defaultdict",
                "OrderedDict",
                "WeakKeyDictionary",
            ):
                return True
            if isinstance(value, ast.Dict) and not value.keys:
                return True
    return False


def test_the_payment_institution_opens_connections_in_known_places_only():
    """P33: there is one pool to one server; nobody opens a second way to the data."""
    found = {
        name
        for name, text in sources("maalem/payments")
        if re.search(r"asyncpg\.(connect|create_pool)\(", text)
    }
    assert found <= set(CONNECTS), found - set(CONNECTS)


def test_the_payment_institution_caches_nothing_that_moves_money():
    """P33: what is remembered there between requests is listed, with its reason."""
    found = {
        name
        for name, text in sources("maalem/payments")
        if names(text) & {"cache", "lru_cache", "monotonic"} or begun_empty(text)
    }
    assert found == set(REMEMBERS), found ^ set(REMEMBERS)


def test_the_platform_has_one_database_and_its_money_rooms_no_cache():
    """P33: no alias for a replica exists; rooms that decide about money don't touch a cache."""
    assert list(settings.DATABASES) == ["default"]
    assert not settings.DATABASE_ROUTERS
    for room in DECIDES:
        for name, text in sources(f"maalem/platform/{room}"):
            used = names(text)
            assert not used & {"using", "caches", "django.core.cache", "cache_page"}, name


@pytest.fixture(scope="module")
def replica() -> Iterator[Any]:
    """A server that stands still in recovery, as a replica does that lost its primary."""
    # Not pytest's own folder: other runs on the machine tidy that up.
    top = Path(tempfile.mkdtemp(prefix="maalem-replica-"))
    top.chmod(0o755)
    home = top / "primary"
    home.mkdir(mode=0o755)
    server = postgres.start(home, settings={"fsync": "off"})
    dsns = databases.prepare(server.dsn("postgres"))
    asyncio.run(db.migrate(dsns.payments_admin))
    server.stop()
    stalled = home.with_name("replica")
    shutil.copytree(home, stalled, symlinks=True)
    (next(stalled.rglob("PG_VERSION")).parent / "standby.signal").touch()
    for path in home.rglob("*"):
        stat = path.lstat()
        os.chown(stalled / path.relative_to(home), stat.st_uid, stat.st_gid, follow_symlinks=False)
    standby = postgres.start(stalled, settings={"fsync": "off", "hot_standby": "on"})
    yield standby
    standby.stop()
    shutil.rmtree(top, ignore_errors=True)


def test_a_stalled_replica_is_never_believed(replica):
    """P33: a replica would answer, with yesterday's balance; the service does not take its word."""
    dsn = replica.dsn(databases.PAYMENTS)
    with psycopg.connect(dsn) as reader:
        assert reader.execute("SELECT count(*) FROM ledger.accounts").fetchone() == (0,)

    async def open_the_service() -> None:
        pool = await db.connect(dsn, size=1)
        await pool.close()

    with pytest.raises(Exception, match="primary"):
        asyncio.run(open_the_service())
