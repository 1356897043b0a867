import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from maalem.cli.doctor import browser_path
from tests.end_to_end import installation
from tests.end_to_end.people import PATIENCE_MS

_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A microphone that hums, and nobody to ask whether it may be listened to.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The stories of a file go on from one another, so they run in one worker; each worker has an
    installation of its own."""
    for item in items:
        if "end_to_end" in str(item.path):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def maalem() -> Iterator[installation.Running]:
    """The platform with a small demo, started by `maalem up` and stopped by Ctrl-C."""
    home = Path(tempfile.mkdtemp(prefix="maalem-story-"))
    home.chmod(0o755)
    duties = Path(__file__).with_name("duties.toml")
    hubs = Path(__file__).with_name("hubs.toml")
    running = installation.start(home, MAALEM_DUTIES=str(duties), MAALEM_HUBS=str(hubs))
    yield running
    status = running.stop()
    shutil.rmtree(home, ignore_errors=True)
    assert status == 0, "".join(running.said[-20:])


@pytest.fixture(scope="module")
def the_books_are_right(maalem: installation.Running) -> Iterator[None]:
    """After everything in the file."""
    yield
    books = maalem.run("verify")
    assert books.returncode == 0, books.stdout + books.stderr


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium; its absence fails, it is never skipped."""
    path = browser_path()
    assert path, "install Debian's package chromium, or name yours in MAALEM_CHROMIUM"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_QUIET)
        yield browser
        browser.close()
