"""What the person at the terminal is told when something is wrong."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from maalem.cli import installation, postgres, secrets_file
from maalem.cli.children import RESTARTS_A_MINUTE, Child, ChildTrouble
from maalem.cli.installation import CannotStart, Installation
from maalem.cli.texts import PACKAGE, compile_texts

ROOT = Path(__file__).resolve().parent.parent


def maalem(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MAALEM_")}
    return subprocess.run(
        [sys.executable, "-m", "maalem", *words],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_busy_port_is_a_sentence_and_no_traceback(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = maalem(
            "up", MAALEM_HOME=str(tmp_path), MAALEM_PLATFORM_URL=f"http://localhost:{port}"
        )
    assert done.returncode == 1
    assert f"port {port}, where the shop would answer, is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_not_ours_is_a_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    done = maalem("up", MAALEM_HOME=str(tmp_path / "file" / "home"))
    assert done.returncode == 1
    assert "set MAALEM_HOME to a folder that is yours" in done.stderr
    assert "Traceback" not in done.stderr


def test_half_named_databases_are_refused_by_name(tmp_path: Path):
    done = maalem(
        "up",
        MAALEM_HOME=str(tmp_path),
        MAALEM_PLATFORM_DATABASE_URL="postgresql:///x",
        MAALEM_PLATFORM_URL="http://localhost:0",
        MAALEM_PAYMENTS_URL="http://localhost:0",
    )
    assert done.returncode == 1
    assert "MAALEM_PAYMENTS_DATABASE_URL, MAALEM_PAYMENTS_ADMIN_DATABASE_URL" in done.stderr


def test_a_full_disk_is_said_as_such():
    words = 'initdb: error: could not write to file "base/1": No space left on device'
    assert "is full; free some space" in postgres._sentence_of(words, Path("/data"))


def test_whatever_fails_on_a_full_disk_is_told_as_the_full_disk(tmp_path: Path, monkeypatch):
    place = Installation(tmp_path / "home", "http://localhost:0", "http://localhost:0")
    assert place.full_disk() is None
    full = shutil._ntuple_diskusage(10**9, 10**9, 0)  # type: ignore[attr-defined]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    assert place.full_disk() == f"the disk that holds {place.home} is full; free some space"


def test_a_file_of_somebody_else_is_named_and_a_mistake_of_ours_is_not_hidden(tmp_path: Path):
    place = Installation(tmp_path, "http://localhost:0", "http://localhost:0")
    theirs = PermissionError(13, "Permission denied", str(tmp_path / "log" / "shop.log"))
    assert f"can't write to {theirs.filename} (Permission denied)" in str(place.refusal(theirs))
    assert place.refusal(FileNotFoundError(2, "No such file", "/usr/lib/nowhere")) is None


def test_a_wrong_word_shows_the_verbs():
    done = maalem("upp")
    assert done.returncode == 2
    assert "invalid choice" in done.stderr


def test_a_process_that_keeps_stopping_is_given_up_with_its_last_words(tmp_path: Path):
    child = Child(
        "weaver",
        [sys.executable, "-c", "print('the yarn is out', flush=True)"],
        dict(os.environ),
        tmp_path / "weaver.log",
    )
    for _ in range(RESTARTS_A_MINUTE):
        child.start()
        assert child.process is not None
        child.process.wait()
    with pytest.raises(ChildTrouble, match=r"weaver keeps stopping(.|\n)*the yarn is out"):
        child.start()


def test_what_a_process_left_behind_stops_with_it(tmp_path: Path):
    program = (
        "import os, sys, time\n"
        "child = os.fork()\n"
        "if child: print(child, flush=True)\n"
        "time.sleep(600 if not child else 0.2)\n"
    )
    child = Child("weaver", [sys.executable, "-c", program], dict(os.environ), tmp_path / "log")
    child.start()
    while not (tmp_path / "log").read_text().strip():
        time.sleep(0.02)
    left = int((tmp_path / "log").read_text())
    child.stop()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{left}").exists() and _state(left) != "Z":
        assert time.monotonic() < deadline, "it outlived its parent"
        time.sleep(0.02)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path, monkeypatch):
    for name in ("MAALEM_SECRET_KEY", "MAALEM_STRIPE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    first = secrets_file.load(tmp_path)
    assert secrets_file.load(tmp_path) == first
    assert (tmp_path / secrets_file.FILE).stat().st_mode & 0o077 == 0
    monkeypatch.setenv("MAALEM_SECRET_KEY", "the operator's own")
    assert secrets_file.load(tmp_path)["MAALEM_SECRET_KEY"] == "the operator's own"


def test_a_free_port_is_not_refused():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    installation.refuse_busy_port(f"http://localhost:{port}", what="the shop")


def test_it_never_says_busy_without_saying_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        url = f"http://localhost:{taken.getsockname()[1]}"
        with pytest.raises(CannotStart, match="MAALEM_PAYMENTS_URL=http"):
            installation.refuse_busy_port(url, what="the payment institution")


def test_every_translation_compiles():
    compile_texts()
    for po in PACKAGE.rglob("locale/*/LC_MESSAGES/*.po"):
        assert po.with_suffix(".mo").exists(), po
