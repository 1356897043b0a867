"""`maalem rates`: the exchange rates that prices are shown by, listed and taken in from a file."""

import contextlib
import getpass
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from maalem.cli import databases, installation, postgres
from maalem.cli.installation import CannotStart, Installation


def rates(words: Any) -> int:
    """List or import; 1 where a file is refused, 2 where something was not said."""
    if words.deed == "import" and not (words.file and words.source):
        return _say("maalem rates import FILE --source WHO_PUBLISHED_THEM [--by NAME]", status=2)
    try:
        with _platform(Installation.of_environment()) as url:
            os.environ["MAALEM_PLATFORM_DATABASE_URL"] = url
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maalem.platform.settings")
            import django

            django.setup()
            return done(words)
    except (CannotStart, postgres.PostgresTrouble) as trouble:
        return _say(str(trouble))


def done(words: Any) -> int:
    """What was asked, on the database that Django is told of."""
    return _listed() if words.deed == "list" else _taken(words)


def _taken(words: Any) -> int:
    from maalem.platform.ground.rates.actions import take_in
    from maalem.platform.ground.rates.sources import CsvFile, Refused

    try:
        taken = take_in(
            CsvFile(Path(words.file)),
            publisher=words.source,
            by=words.by or getpass.getuser(),
            examples=words.examples,
        )
    except Refused as refusal:
        return _say(f"Nothing was taken in. {words.file}, {refusal}.")
    if taken.again:
        print("This very file was taken in before: nothing is new.")
    else:
        print(f"{taken.new} rates are new, {taken.known} were known.")
    return 0


def _listed() -> int:
    from maalem.platform.ground.rates import queries
    from maalem.platform.ground.rates.actions import written

    found = queries.newest()
    for one in found:
        used = queries.rate_of(one.currency)
        now = used is not None and used.valid_from == one.valid_from
        print(
            f"{one.valid_from}  1 {one.currency} = {written(one.mad_millionths)} MAD"
            f"{'  in use' if now else ''}  ({one.source}{', examples' if one.examples else ''};"
            f" {one.file}, sha256 {one.digest[:12]}…, by {one.by})"
        )
    if not found:
        print("There is no rate: prices are shown in dirhams alone.")
    return 0


@contextlib.contextmanager
def _platform(place: Installation) -> Iterator[str]:
    """The URL of the running shop's database, or of the stopped one's, started for the while."""
    theirs = installation.own_server()
    if theirs is not None:
        yield theirs.platform
        return
    try:
        with postgres.running(place.home) as server:
            yield _embedded(server.dsn("postgres"))
    except postgres.AlreadyRunning:
        yield _embedded(installation.admin_dsn(place.home))


def _embedded(admin_dsn: str) -> str:
    return admin_dsn.replace("/postgres?", f"/{databases.PLATFORM}?")


def _say(problem: str, *, status: int = 1) -> int:
    print(problem, file=sys.stderr)
    return status
