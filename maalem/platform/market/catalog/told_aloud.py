"""A piece's story told aloud, as pages show it. It is never transcribed, nor played unasked."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.sounds.media import KINDS
from maalem.platform.market.catalog.states import Tongue

_SAID: dict[Tongue, Promise] = {
    Tongue.DARIJA: _("Told by the maker, in Darija"),
    Tongue.TAMAZIGHT: _("Told by the maker, in Tamazight"),
    Tongue.ARABIC: _("Told by the maker, in Arabic"),
    Tongue.FRENCH: _("Told by the maker, in French"),
}


@dataclass(frozen=True)
class ToldAloud:
    """Where the recording is, what it is, by whom and how long; the length may be unknown."""

    url: str
    kind: str
    words: str
    length: str


def told_aloud(path: str, seconds: int | None, tongue: str) -> ToldAloud:
    """As a player needs it, in the language of the page."""
    return ToldAloud(
        url=f"{settings.MEDIA_URL}{path}",
        kind=KINDS[PurePosixPath(path).suffix],
        words=str(_SAID[Tongue(tongue)]),
        length="" if seconds is None else f"{seconds // 60}:{seconds % 60:02}",
    )
