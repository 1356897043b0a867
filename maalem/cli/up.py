"""`maalem up`: databases, both services and their workers, until Ctrl-C.

Order matters: the database, its migrations, the payments service (the demo opens accounts with
it), the demo's data, then the shop. Stopping goes the other way round, so that nobody is cut off
by something that it stands on.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from maalem.cli import databases, installation, postgres
from maalem.cli.children import Child, ChildTrouble
from maalem.cli.earlier import Earlier
from maalem.cli.installation import CannotStart, Installation

_READY_WITHIN_S = 120
_REVIVE_EVERY_S = 3.0
_PACKAGE_ROOT = Path(__file__).resolve().parent.parent.parent


def up(*, demo: bool) -> int:
    """Run the installation in the foreground; return the exit status."""
    place = Installation.of_environment()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        place.make_home()
        installation.refuse_busy_port(place.platform_url, what="the shop")
        installation.refuse_busy_port(place.payments_url, what="the payment institution")
        with _databases(place) as (dsns, server):
            return _serve(place, dsns=dsns, server=server, demo=demo, stop=stop)
    except (CannotStart, ChildTrouble, postgres.PostgresTrouble, OSError) as trouble:
        if stop.is_set():
            return 0  # what Ctrl-C cut short is no trouble; the next start does it
        # A full disk has many faces, of which the one that shows is seldom the plainest.
        why = place.full_disk() or place.refusal(trouble)
        if why is None:
            raise
        print(f"\nMaalem can't go on: {why}", file=sys.stderr)
        return 1


@contextlib.contextmanager
def _databases(place: Installation) -> Iterator[tuple[databases.Dsns, postgres.Server | None]]:
    theirs = installation.own_server()
    if theirs is not None:
        yield theirs, None
        return
    _say("database")
    with postgres.running(place.home) as server:
        yield databases.prepare(server.dsn("postgres"), live=installation.live_book()), server


def _serve(
    place: Installation,
    *,
    dsns: databases.Dsns,
    server: postgres.Server | None,
    demo: bool,
    stop: threading.Event,
) -> int:
    environment = place.environment(dsns, demo=demo)
    earlier = Earlier(place.home, environment)
    if not earlier.did("prepare"):
        _say("migrations and translations")
        _once("prepare", environment=environment, place=place)
        earlier.keep("prepare")
    payments, payments_jobs, shop, shop_jobs = children_of(place, environment=environment)
    started: list[Child] = []
    painter: Child | None = None

    def start(*children: Child) -> None:
        for child in children:
            started.append(child)
            child.start()

    try:
        _say("services")
        start(payments)
        if demo and not earlier.did("demo"):
            _await(place.payments_url + "/health", child=payments, stop=stop)
            if not stop.is_set():
                _once("demo", environment=environment, place=place, quiet=False)
                earlier.keep("demo")
        start(shop)
        _await(place.payments_url + "/health", child=payments, stop=stop)
        _await(place.platform_url + "/health", child=shop, stop=stop)
        painter = _painter(place, environment=environment) if demo else None
        if not stop.is_set():
            _greet(place, demo=demo)
            # Nobody waits for these: until here the processors were for the services.
            start(payments_jobs, shop_jobs)
            if painter is not None:
                painter.start()
        _watch(place, started, server=server, stop=stop)
        return 0
    finally:
        if painter is not None:
            painter.stop()
        print("\nStopping …", flush=True)
        for child in reversed(started):
            child.stop()


def children_of(place: Installation, *, environment: dict[str, str]) -> list[Child]:
    """The four processes in the order of their start: what they serve stands on the ones before."""
    python = sys.executable
    log = place.home / "log"

    def child(name: str, *words: str) -> Child:
        return Child(name, [python, *words], environment, log / f"{name}.log")

    return [
        child(
            "payments",
            *("-m", "maalem.payments.serve", *_address(place.payments_url)),
            *("--workers", _payments_workers()),
        ),
        child("payments-jobs", "-m", "maalem.payments.jobs"),
        child(
            "shop",
            *("-m", "granian", "--interface", "wsgi", *_address(place.platform_url)),
            *("--no-ws", "--log-level", "warning"),
            *("--workers", str(_shop_workers()), "--blocking-threads", "2"),
            "maalem.platform.wsgi:application",
        ),
        child("shop-jobs", "-m", "maalem.platform.ground.jobs"),
    ]


def _painter(place: Installation, *, environment: dict[str, str]) -> Child | None:
    """Draws the demo's pictures that nobody has looked at yet, and is done."""
    if os.environ.get("MAALEM_DEMO_PICTURES", "1") == "0":
        return None
    words = [sys.executable, "-m", "maalem.demo.pictures", "--workers", "1"]
    return Child("demo-pictures", words, environment, place.home / "log" / "demo-pictures.log")


def _address(url: str) -> list[str]:
    """Where the server of `url` listens."""
    host = os.environ.get("MAALEM_LISTEN", "127.0.0.1")
    return ["--host", host, "--port", str(urlsplit(url).port or 80)]


def _payments_workers() -> str:
    """One does for a small house; each further one costs its memory and brings half a core's work,
    as the database wants the other half."""
    return os.environ.get("MAALEM_PAYMENTS_WORKERS", "1")


def _shop_workers() -> int:
    return int(os.environ.get("MAALEM_WORKERS", min(os.cpu_count() or 1, 8)))


def _once(
    verb: str, *, environment: dict[str, str], place: Installation, quiet: bool = True
) -> None:
    """Run one of our own verbs to its end; its troubles become ours."""
    log = place.home / "log" / f"{verb}.log"
    with log.open("ab") as out:
        done = subprocess.run(
            [sys.executable, "-m", "maalem", verb],
            env=environment,
            cwd=_PACKAGE_ROOT,
            stdout=out if quiet else None,
            stderr=out,
            check=False,
        )
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-6:])
        raise CannotStart(f"`maalem {verb}` did not finish; see {log}:\n{tail}")


def _await(url: str, *, child: Child, stop: threading.Event) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while not installation.answers(url):
        if stop.wait(0.1):
            return
        if not child.alive():
            raise CannotStart(f"{child.name} stopped at once; from {child.log}:\n{child.tail()}")
        if time.monotonic() > deadline:
            raise CannotStart(f"{child.name} does not answer at {url}; see {child.log}")


def _watch(
    place: Installation,
    children: list[Child],
    *,
    server: postgres.Server | None,
    stop: threading.Event,
) -> None:
    """Keep everything running; what stops by itself is started again, and said."""
    told = None
    while not stop.wait(0.5):
        full = place.full_disk()
        if full is not None and told is None:
            print(f"\nNothing new can be kept: {full}.", flush=True)
        told = full
        if server is not None and server.process.poll() is not None:
            _revive(server, children, stop=stop)
        for child in children:
            if not child.alive():
                print(f"\n{child.name} stopped. Starting it again …", flush=True)
                child.start()


def _revive(server: postgres.Server, children: list[Child], *, stop: threading.Event) -> None:
    """Start the stopped database again, for as long as it takes: its disk may be mended meanwhile.

    Nobody else is started before: there is nothing to stand on. What stopped with the database is
    forgiven.
    """
    print("\nThe database stopped. Starting it again …", flush=True)
    told = ""
    while not stop.is_set():
        try:
            server.revive()
        except postgres.PostgresTrouble as trouble:
            if str(trouble) != told:
                told = str(trouble)
                print(f"It can't start yet: {told}. Trying on until it can …", flush=True)
            stop.wait(_REVIVE_EVERY_S)
            continue
        if told:
            print("The database is there again.", flush=True)
        for child in children:
            child.starts.clear()
        return


def _say(what: str) -> None:
    print(f"  {what} …", flush=True)


def _greet(place: Installation, *, demo: bool) -> None:
    lines = [
        "",
        "  Maalem is open.",
        f"    the shop                  {place.platform_url}",
        f"    the payment institution   {place.payments_url}",
    ]
    if demo:
        lines += [
            "",
            "  Sign in with a telephone number; the code is shown in the demo's inbox:",
            f"    {place.platform_url}/fr/demo/inbox",
            "    06 61 00 01 01   Fadma Aït Baha, weaver, Taznakht",
            "    06 61 00 01 02   Driss Serghini, potter, Safi",
            "    06 61 00 01 03   Naïma Oubella, co-operative Tifawin, Azilal",
            "",
            "  Pay with a test card (any future date, any CVC):",
            "    4000 0025 0000 3155  asks for 3-D Secure, code 123456",
            "    4242 4242 4242 4242  pays at once",
            "    4000 0000 0000 9995  is refused: insufficient funds",
        ]
    lines += ["", "  Ctrl-C stops everything; the data stays in " + str(place.home) + "."]
    print("\n".join(lines), flush=True)
