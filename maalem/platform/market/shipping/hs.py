"""Customs codes: which digits are a code, and what chapters and sub-headings are called.

The first six digits are the same in every country (Harmonized System 2022, data/hs2022.txt); up
to ten are a country's own. A code is kept as bare digits and shown with points.
"""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from maalem.kit.typography import french

DATA = Path(__file__).parent / "data"
SHORTEST, LONGEST = 6, 10
_MARKS = re.compile(r"[\s.\-\u00a0\u202f\u200e\u200f\u2066-\u2069]")

Said = Mapping[str, str]


class Trouble(StrEnum):
    """Why digits are no customs code."""

    NOT_DIGITS = "not_digits"
    LENGTH = "length"
    CHAPTER = "chapter"
    SUBHEADING = "subheading"


class NoCode(ValueError):
    """These are not the digits of a customs code; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@lru_cache(maxsize=8)
def table(name: str) -> dict[str, Any]:
    """One of the room's data files, as `read` gives it."""
    return read(DATA / f"{name}.toml")


def read(file: Path | str) -> dict[str, Any]:
    """A file of rules (TOML), its French set as the gettext files are."""
    found: dict[str, Any] = _set(tomllib.loads(Path(file).read_text("utf-8")))
    return found


def _set(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: french(one) if key == "fr" and isinstance(one, str) else _set(one)
            for key, one in value.items()
        }
    return [_set(one) for one in value] if isinstance(value, list) else value


@lru_cache(maxsize=1)
def subheadings() -> frozenset[str]:
    """The six digits of every sub-heading."""
    lines = (DATA / "hs2022.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(
        heading + last
        for heading, *lasts in (line.split() for line in lines if not line.startswith("#"))
        for last in lasts
    )


@lru_cache(maxsize=1)
def chapters() -> frozenset[str]:
    """The two digits of every chapter that has sub-headings: 77 is kept free."""
    return frozenset(code[:2] for code in subheadings())


def parse(text: str) -> str:
    """The bare digits of `text`, which may be written with points, spaces or Arabic digits.

    Raises `NoCode`. Six to ten digits; the first six are a sub-heading of HS 2022, so that a code
    of an older edition (7419.91) is found before a customs office finds it.
    """
    bare = _MARKS.sub("", text)
    if not bare.isdecimal():
        raise NoCode(Trouble.NOT_DIGITS)
    digits = "".join(str(int(digit)) for digit in bare)
    if not SHORTEST <= len(digits) <= LONGEST:
        raise NoCode(Trouble.LENGTH)
    if digits[:2] not in chapters():
        raise NoCode(Trouble.CHAPTER)
    if digits[:6] not in subheadings():
        raise NoCode(Trouble.SUBHEADING)
    return digits


def is_code(text: str) -> bool:
    """Whether `text` can be written on a declaration as it is."""
    try:
        parse(text)
    except NoCode:
        return False
    return True


def shown(code: str) -> str:
    """`5701.10`, `5701.10.90.00`: digits as customs papers set them."""
    rest = [code[at : at + 2] for at in range(4, len(code), 2)]
    return ".".join([code[:4], *rest])


def chapter_name(code: str) -> Said:
    """What the code's chapter is called, in three languages; empty where we have no words."""
    found: Said = table("codes")["chapters"].get(code[:2], {})
    return found


def name(code: str) -> Said:
    """What the code's sub-heading is called, in three languages; empty where we have no words."""
    found: Said = table("codes")["codes"].get(code[:6], {})
    return found
