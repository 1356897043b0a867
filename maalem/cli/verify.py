"""`maalem verify`: are the books right? Read from primary rows, by code that posts nothing."""

import asyncio
import contextlib
from collections.abc import Iterator

import psycopg

from maalem.cli import databases, installation, postgres
from maalem.cli.installation import Installation


def verify(*, published: str = "") -> int:
    """Print what was checked and what was found; 0 when the books are right.

    `published` is a seal as `maalem seal` printed it, `NUMBER:HASH` or `live@NUMBER:HASH`.
    """
    from maalem.payments.ledger import verify as auditor

    mode_noted, _, seal = published.rpartition("@")
    clean = True
    with books_of(Installation.of_environment()) as books:
        for mode, dsn in books.items():
            noted = seal if mode == (mode_noted or "test") else ""
            report = asyncio.run(auditor.verify(dsn, published=noted))
            if len(books) > 1:
                print(f"{mode} mode")
            for line in report.lines():
                print(line)
            clean = clean and report.clean
    return 0 if clean else 1


def print_seal() -> int:
    """Print the newest seal of each mode's books; 1 when nothing is sealed yet."""
    import asyncpg

    from maalem.payments.ledger import sealing

    async def newest(dsn: str) -> str | None:
        connection = await asyncpg.connect(dsn)
        try:
            return await sealing.newest(connection)
        finally:
            await connection.close()

    with books_of(Installation.of_environment()) as books:
        found = {mode: asyncio.run(newest(dsn)) for mode, dsn in books.items()}
    for mode, seal in found.items():
        if seal is not None:
            print(seal if mode == "test" else f"{mode}@{seal}")
    if not any(found.values()):
        print("Nothing is sealed yet: the worker seals what is a minute old.")
    return 0 if any(found.values()) else 1


@contextlib.contextmanager
def books_of(place: Installation) -> Iterator[dict[str, str]]:
    """The running installation's books by mode, or the stopped one's, started for the while."""
    theirs = installation.own_server()
    if theirs is not None:
        live = {"live": theirs.live_admin} if theirs.live_admin else {}
        yield {"test": theirs.payments_admin, **live}
        return
    try:
        with postgres.running(place.home) as server:
            yield _embedded(server.dsn("postgres"))
    except postgres.AlreadyRunning:
        yield _embedded(installation.admin_dsn(place.home))


def _embedded(admin_dsn: str) -> dict[str, str]:
    """The live mode's books stay to be checked when that mode is switched off again."""
    with psycopg.connect(admin_dsn) as admin:
        known = admin.execute("SELECT datname FROM pg_database").fetchall()
    books = {"test": databases.PAYMENTS, "live": databases.LIVE}
    there = {name for (name,) in known}
    return {
        mode: admin_dsn.replace("/postgres?", f"/{book}?")
        for mode, book in books.items()
        if book in there or mode == "test"
    }
