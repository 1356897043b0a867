"""Recordings that people send: read with care, and kept without what they say beside the voice.

What a file is, its content says, never its name. Nothing is made anew: there is no decoder here.
The readers take a container apart (`container`) and what they don't know is blanked in it.
"""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from django.conf import settings

from maalem.platform.ground import files
from maalem.platform.ground.sounds import mp4, ogg, webm
from maalem.platform.ground.sounds.container import Broken, Heard

MOST_BYTES = 1024 * 1024
LONGEST_S = 60
# A recorder that is stopped after a minute has heard a little more.
_GRACE_MS = 3_000
FOLDER = "voices"

Reader = Callable[[bytes], Heard]


class Fault(StrEnum):
    """Why a file was not taken."""

    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    NO_SOUND = "no_sound"
    TOO_LONG = "too_long"


class Unusable(ValueError):
    """The file can't be used; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault

    @property
    def code(self) -> str:
        """`fault` as rooms name their refusals: a key of words.REFUSALS."""
        return f"voice_{self.fault}"


@dataclass(frozen=True)
class Sound:
    """What is stored: `path` below the media root, and how long it lasts where the file says so."""

    path: str
    seconds: int | None


def take(sent: IO[bytes]) -> Sound:
    """Store a sent recording, durably. Raises `Unusable`.

    The path is a digest of what is heard: it can't be guessed, and what is sent twice is stored
    once.
    """
    content = sent.read(MOST_BYTES + 1)
    if not content:
        raise Unusable(Fault.EMPTY)
    if len(content) > MOST_BYTES:
        raise Unusable(Fault.TOO_HEAVY)
    ending, read = _reader(content)
    try:
        heard = read(content)
    except (Broken, struct.error, IndexError) as broken:
        raise Unusable(Fault.NO_SOUND) from broken
    if heard.length_ms is not None and heard.length_ms > LONGEST_S * 1_000 + _GRACE_MS:
        raise Unusable(Fault.TOO_LONG)
    digest = hashlib.blake2b(heard.content, digest_size=16).hexdigest()
    path = f"{FOLDER}/{digest[:2]}/{digest}{ending}"
    files.put(Path(settings.MEDIA_ROOT) / path, lambda file: file.write(heard.content))
    return Sound(path, None if heard.length_ms is None else max(1, round(heard.length_ms / 1_000)))


def _reader(content: bytes) -> tuple[str, Reader]:
    """By what a file is read, and its ending."""
    if content.startswith(webm.START):
        return ".webm", webm.read
    if content.startswith(ogg.START):
        return ".ogg", ogg.read
    if content[4:8] == mp4.START:
        return ".m4a", mp4.read
    raise Unusable(Fault.NO_SOUND)
