"""`maalem verify`: are the books right? Read from primary rows, by code that posts nothing."""

import asyncio
import contextlib
from collections.abc import Iterator

from maalem.cli import databases, installation, postgres
from maalem.cli.installation import Installation


def verify(*, published: str = "") -> int:
    """Print what was checked and what was found; 0 when the books are right.

    `published` is a seal as `maalem seal` printed it, `NUMBER:HASH`.
    """
    from maalem.payments.ledger import verify as auditor

    with payments_dsn(Installation.of_environment()) as dsn:
        report = asyncio.run(auditor.verify(dsn, published=published))
    for line in report.lines():
        print(line)
    return 0 if report.clean else 1


def print_seal() -> int:
    """Print the newest seal as `NUMBER:HASH`; 1 when nothing is sealed yet."""
    import asyncpg

    from maalem.payments.ledger import sealing

    async def newest(dsn: str) -> str | None:
        connection = await asyncpg.connect(dsn)
        try:
            return await sealing.newest(connection)
        finally:
            await connection.close()

    with payments_dsn(Installation.of_environment()) as dsn:
        seal = asyncio.run(newest(dsn))
    print(seal or "Nothing is sealed yet: the worker seals what is a minute old.")
    return 0 if seal else 1


@contextlib.contextmanager
def payments_dsn(place: Installation) -> Iterator[str]:
    """The running installation's books, or the stopped one's, started for the while."""
    theirs = installation.own_server()
    if theirs is not None:
        yield theirs.payments_admin
        return
    try:
        with postgres.running(place.home) as server:
            yield server.dsn(databases.PAYMENTS)
    except postgres.AlreadyRunning:
        yield installation.admin_dsn(place.home).replace("/postgres?", f"/{databases.PAYMENTS}?")
