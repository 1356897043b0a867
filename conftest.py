"""One real PostgreSQL for the whole run, one template of each database, a copy for each worker.

The controlling process starts the embedded server (fsync off: these tests don't cut the power;
those that do start their own) and migrates the templates once; workers only copy them.
`MAALEM_TEST_SERVER` (a superuser's URL) uses your own server instead.
"""

import contextlib
import functools
import gettext
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import certifi
import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.utils import translation
from django.utils.translation import trans_real

from maalem.cli import databases, postgres
from maalem.cli.texts import compile_texts
from maalem.platform.settings import database

ROOT = Path(__file__).resolve().parent
_HOMES, _PLENTY = "maalem-test-", 6_000_000_000
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class PaymentsDsn:
    """URLs of one migrated payments database: the service's role, its owner, the superuser."""

    app: str
    admin: str
    superuser: str


# A slow machine is no failure, so no example has a deadline; `make nightly` tries many more.
hypothesis.settings.register_profile("change", deadline=None)
hypothesis.settings.register_profile("nightly", deadline=None, max_examples=1000)
hypothesis.settings.load_profile("nightly" if "MAALEM_NIGHTLY" in os.environ else "change")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever drives Chromium runs in a process of its own kind (see the Makefile).

    Playwright keeps an event loop running in its thread for as long as the browser lives, and
    neither asyncio.run nor Django's database works beside one.

    What `make nightly` tries more of is marked as well: every test on examples, and the tests of a
    file that asks for MAALEM_NIGHTLY. The others have nothing to add to what `make test` saw.
    """
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        examples = hypothesis.is_hypothesis_test(getattr(item, "obj", None))
        if examples or _asks_for_nightly(item.path):
            item.add_marker(pytest.mark.grows)


@functools.cache
def _asks_for_nightly(file: Path) -> bool:
    return "MAALEM_NIGHTLY" in file.read_text(encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        os.environ.update(worker["maalem_environment"])
    elif "MAALEM_TEST_SERVER" not in os.environ:
        _start_server(config)
    _point_the_platform_at_its_database()


def _start_server(config: pytest.Config) -> None:
    home = Path(tempfile.mkdtemp(prefix=f"{_HOMES}{os.getpid()}-", dir=_memory()))
    home.chmod(0o755)
    server = postgres.start(home, settings={**FAST, "max_connections": "300"})
    config.stash[_SERVER] = (server, home)
    os.environ["MAALEM_TEST_SERVER"] = server.dsn("postgres")
    os.environ["MAALEM_HOME"] = str(home)
    _trust_one(home)
    if compile_texts():
        # Django may have read the catalogues before they were there, and keeps what it read.
        trans_real._translations.clear()
        gettext._translations.clear()  # type: ignore[attr-defined]
    _make_templates()


def _memory() -> Path | None:
    """Memory in place of the disk, where there is plenty of it: a database is copied there in a
    tenth of the time. What a killed run has left there is taken away first."""
    place = Path("/dev/shm")
    with contextlib.suppress(OSError):
        for left in place.glob(f"{_HOMES}*"):
            if not Path("/proc", left.name.removeprefix(_HOMES).partition("-")[0]).exists():
                shutil.rmtree(left, ignore_errors=True)
        known = os.statvfs(place)
        plenty = known.f_bavail * known.f_frsize > _PLENTY and _available() > _PLENTY
        if plenty and not known.f_flag & os.ST_NOEXEC and os.access(place, os.W_OK):
            return place
    return None


def _available() -> int:
    """Bytes of memory that nobody needs."""
    told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return int(told["MemAvailable"].split()[0]) * 1024


def _trust_one(home: Path) -> None:
    """Nothing here is TLS, but each new httpx client reads the certificates that it trusts: one is
    read forty times as fast as all the world's."""
    end = "-----END CERTIFICATE-----\n"
    every = Path(certifi.where()).read_text(encoding="utf-8")
    one = home / "one-certificate.pem"
    one.write_text(every[every.index("-----BEGIN") : every.index(end) + len(end)])
    os.environ["SSL_CERT_FILE"] = str(one)


_SERVER = pytest.StashKey[tuple[postgres.Server, Path]]()


def pytest_configure_node(node: object) -> None:
    node.workerinput["maalem_environment"] = {  # type: ignore[attr-defined]
        name: value for name, value in os.environ.items() if name.startswith("MAALEM_")
    }


def pytest_unconfigure(config: pytest.Config) -> None:
    if _SERVER in config.stash:
        server, home = config.stash[_SERVER]
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _make_templates() -> None:
    dsns = databases.prepare(os.environ["MAALEM_TEST_SERVER"])
    os.environ["MAALEM_TEST_PAYMENTS"] = dsns.payments
    os.environ["MAALEM_TEST_PAYMENTS_ADMIN"] = dsns.payments_admin
    os.environ["MAALEM_TEST_PLATFORM"] = dsns.platform
    ours = _begin("-m", "maalem", "migrate", "--dsn", dsns.payments_admin)
    words = ("-m", "maalem.platform.manage", "migrate", "-v0")
    theirs = _begin(*words, MAALEM_PLATFORM_DATABASE_URL=dsns.platform)
    for process in (ours, theirs):
        said, _ = process.communicate()
        if process.returncode != 0:
            raise pytest.UsageError(f"{process.args} failed:\n{said}")


def _begin(*words: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _point_the_platform_at_its_database() -> None:
    """Make this worker's copy, and tell Django, whose settings pytest-django has read already."""
    home = Path(os.environ.get("MAALEM_HOME", settings.HOME))
    settings.HOME, settings.STATIC_ROOT = home, home / "static"
    settings.MEDIA_ROOT = home / "media"
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    # The names with hashes are made when a service starts; a page under test needs none.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    template = os.environ.get("MAALEM_TEST_PLATFORM")
    if template:
        url = _copy(template, "maalem_platform")
        os.environ["MAALEM_PLATFORM_DATABASE_URL"] = url
        settings.DATABASES["default"].update(database(url))


def _copy(dsn: str, template: str) -> str:
    name = f"{template}_{secrets.token_hex(5)}"
    with psycopg.connect(os.environ["MAALEM_TEST_SERVER"], autocommit=True) as admin:
        owner = admin.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [template]
        ).fetchone()
        assert owner is not None
        admin.execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy OWNER "{owner[0]}"'
        )
    return dsn.replace(f"/{template}?", f"/{name}?")


def _copy_payments() -> PaymentsDsn:
    app = _copy(os.environ["MAALEM_TEST_PAYMENTS"], "maalem_payments")
    name = app.rpartition("/")[2] if "?" not in app else app.split("?")[0].rpartition("/")[2]
    swap = os.environ["MAALEM_TEST_PAYMENTS_ADMIN"].replace("/maalem_payments?", f"/{name}?")
    superuser = os.environ["MAALEM_TEST_SERVER"].replace("/postgres?", f"/{name}?")
    return PaymentsDsn(app=app, admin=swap, superuser=superuser)


def _drop(url: str) -> None:
    name = url.split("?")[0].rpartition("/")[2]
    with psycopg.connect(os.environ["MAALEM_TEST_SERVER"], autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(autouse=True)
def nobodys_language() -> None:
    """A page that was asked for in Arabic leaves Arabic behind in its thread; begin without."""
    translation.deactivate()


@pytest.fixture(scope="session")
def payments_dsn() -> Iterator[PaymentsDsn]:
    """A migrated payments database for this worker; tests keep apart by their own accounts."""
    dsn = _copy_payments()
    yield dsn
    _drop(dsn.app)


@pytest.fixture(scope="module")
def both_books() -> Iterator[tuple[PaymentsDsn, PaymentsDsn]]:
    """Two migrated payments databases, for the test and the live mode of one service."""
    books = _copy_payments(), _copy_payments()
    yield books
    for dsn in books:
        _drop(dsn.app)


@pytest.fixture
def fresh_payments_dsn() -> Iterator[PaymentsDsn]:
    """A migrated payments database of this test's own."""
    dsn = _copy_payments()
    yield dsn
    _drop(dsn.app)


@pytest.fixture
def committed_db(django_db_blocker: object) -> Iterator[str]:
    """A platform database of this test's own, where commits are real and threads see them.

    In place of `django_db(transaction=True)`, which would empty the map after the test. Yields
    the database's URL.
    """
    there = settings.DATABASES["default"]
    before = dict(there)
    url = _copy(os.environ["MAALEM_TEST_PLATFORM"], "maalem_platform")
    connections.close_all()
    there.update(database(url))
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield url
        connections.close_all()
    there.update(before)
    _drop(url)


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The worker's copy is migrated already; pytest-django has nothing to create."""
