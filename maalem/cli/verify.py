"""`maalem verify`: are the books right? Read from primary rows, by code that posts nothing."""

import asyncio
import contextlib
from collections.abc import Iterator

from maalem.cli import databases, installation, postgres
from maalem.cli.installation import Installation


def verify() -> int:
    """Print what was checked and what was found; 0 when the books are right."""
    from maalem.payments.ledger import verify as auditor

    with _payments_dsn(Installation.of_environment()) as dsn:
        report = asyncio.run(auditor.verify(dsn))
    for line in report.lines():
        print(line)
    return 0 if report.clean else 1


@contextlib.contextmanager
def _payments_dsn(place: Installation) -> Iterator[str]:
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
