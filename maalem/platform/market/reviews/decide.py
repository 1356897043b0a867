"""What may be reviewed and until when, and which words a person must read first. Pure."""

import re
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from maalem.kit.text import fold
from maalem.kit.typed import western
from maalem.platform.market.orders.states import OrderStatus

CHANGE_WITHIN, MOST_VERSIONS = timedelta(days=14), 30

_LINK = re.compile(
    r"https?:/|\bwww\.|\b[\w-]{2,}\.(?:com|net|org|ma|fr|eu|io|co|me|shop|store|info|app)\b", re.I
)
_EMAIL = re.compile(r"[^\s@]+\s?(?:@|\(at\)|\[at\])\s?[^\s@]+\.\w{2,}", re.I)
# Nine digits are a telephone number almost anywhere; a date has eight.
_PHONE = re.compile(r"\d(?:[\s.\-()/]{0,2}\d){8,}")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
_TIFINAGH = re.compile("[\u2d30-\u2d7f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")


def may_review(*, status: str, left_minor: int) -> bool:
    """Whether a line of a parcel may be reviewed.

    She who had it in her hands and paid for it may say what she thinks: the parcel was delivered,
    and not all of its price was given back by then. Part of it given back changes nothing, nor
    does all of it after the review was written: what she saw stays seen.
    """
    return status == OrderStatus.DELIVERED and left_minor > 0


def may_change(*, since: datetime, now: datetime, version: int) -> bool:
    """Whether what was first said at `since` may still be changed.

    Every version is kept, so there is an end to their number too.
    """
    return now < since + CHANGE_WITHIN and version < MOST_VERSIONS


def language_of(words: str, *, page: str) -> str:
    """The language that `words` are written in; empty where their letters leave it open."""
    arabic, latin = len(_ARABIC.findall(words)), len(_LATIN.findall(words))
    if len(_TIFINAGH.findall(words)) > max(arabic, latin):
        return "zgh"
    if arabic > latin:
        return "ar"
    # Who reads Arabic and writes Latin letters may mean French, Spanish or darija.
    return page if page in ("fr", "en") else ""


def why_held(words: str) -> tuple[str, ...]:
    """The rules that want a person to read `words` before everybody does; mostly none."""
    latin, folded = western(words), f" {fold(words)} "
    found = {
        "link": _LINK.search(_EMAIL.sub(" ", latin)),
        "email": _EMAIL.search(latin),
        "phone": _PHONE.search(latin),
        "word": any(f" {bad} " in folded for bad in bad_words()),
    }
    return tuple(name for name, hit in found.items() if hit)


@cache
def bad_words() -> frozenset[str]:
    """The folded words and phrases of `bad_words.txt`."""
    lines = Path(__file__).with_name("bad_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(fold(line) for line in lines if line.strip() and not line.startswith("#"))
