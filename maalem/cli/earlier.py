"""What an earlier start did, so that this one need not do it again.

A step is remembered under a mark of everything that its outcome stands on: the program's files by
their content, the packages by their versions, its settings, the collected files, and what both
databases say has been applied to them, and when. Whatever differs, is missing or can't be read
gives another mark or none, and the step is done. Nothing is remembered before it succeeded.
"""

import contextlib
import hashlib
import json
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg

FILE = "earlier.json"
_PACKAGE = Path(__file__).resolve().parent.parent
# What the steps are told by the environment and keep somewhere.
_SETTINGS = (
    "MAALEM_PLATFORM_URL",
    "MAALEM_STRIPE_API_KEY",
    "MAALEM_LIVE_API_KEY",
    "MAALEM_STRIPE_WEBHOOK_SECRET",
    "MAALEM_FINGERPRINT_KEY",
    "MAALEM_DEMO_ARTISANS",
    "MAALEM_DEMO_PRODUCTS",
)
_MIGRATED = "SELECT name, sha256, applied_at FROM migrations ORDER BY name"
_APPLIED = {
    "MAALEM_PLATFORM_DATABASE_URL": "SELECT app, name, applied FROM django_migrations ORDER BY id",
    "MAALEM_PAYMENTS_ADMIN_DATABASE_URL": _MIGRATED,
}
_LIVE = "MAALEM_PAYMENTS_LIVE_ADMIN_DATABASE_URL"


class Earlier:
    """The memory of one home; `environment` is what its processes are started with."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        self._file = home / FILE
        self._static = home / "static"
        self._environment = environment
        self._now = self._mark()

    def did(self, step: str) -> bool:
        """Whether `step` has been done and would come out the same now."""
        kept = self._known().get(step)
        return kept is not None and kept == self._now

    def keep(self, step: str) -> None:
        """Remember that `step` has just been done."""
        self._now = self._mark()
        fresh = self._file.with_suffix(".new")
        # Where it can't be written, the next start does the step again.
        with contextlib.suppress(OSError):
            fresh.write_text(json.dumps({**self._known(), step: self._now}))
            fresh.replace(self._file)

    def _known(self) -> dict[str, str | None]:
        try:
            known = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def _mark(self) -> str | None:
        mark = hashlib.blake2b(_program(), digest_size=16)
        for name in _SETTINGS:
            mark.update(f"{name}={self._environment.get(name, '')}\n".encode())
        try:
            mark.update((self._static / "staticfiles.json").read_bytes())
            applied = _APPLIED | ({_LIVE: _MIGRATED} if self._environment.get(_LIVE) else {})
            for name, query in applied.items():
                with psycopg.connect(self._environment[name]) as connection:
                    mark.update(repr(connection.execute(query).fetchall()).encode())
        except (OSError, psycopg.Error):
            return None
        return mark.hexdigest()


def _program() -> bytes:
    digest = hashlib.blake2b(digest_size=32)
    for path in sorted(_files()):
        content = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
        compiled = path.suffix == ".po" and path.with_suffix(".mo").exists()
        digest.update(f"{path.relative_to(_PACKAGE)} {content} {compiled}\n".encode())
    # A package's folder of metadata is named after it and its version.
    packages = Path(sysconfig.get_paths()["purelib"]).glob("*.dist-info")
    digest.update("\n".join(sorted(path.name for path in packages)).encode())
    return digest.digest()


def _files() -> Iterator[Path]:
    for path in _PACKAGE.rglob("*"):
        if path.suffix not in (".pyc", ".mo", ".new") and path.is_file():
            yield path
