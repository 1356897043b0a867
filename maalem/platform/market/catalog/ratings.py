"""Stars as pages show them: how many, their average, how they are spread, and the newest words.

The figures stand in rows that the room of reviews keeps (`Rating`, `Standing`); nothing is counted
here but what those rows hold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import number_format

from maalem.platform.craft.artisans.models import Artisan


@dataclass(frozen=True)
class Stars:
    """`given[0]` people gave one star, `given[4]` five. Empty is nobody."""

    given: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        return sum(self.given)

    @property
    def average_tenths(self) -> int:
        """46 is 4.6: the mean, a half rounded up. 0 where nobody gave any."""
        if not self.count:
            return 0
        total = sum(stars * n for stars, n in enumerate(self.given, start=1))
        return (20 * total + self.count) // (2 * self.count)

    @property
    def average_plain(self) -> str:
        """For machines: `4.6`."""
        return f"{self.average_tenths // 10}.{self.average_tenths % 10}"

    @property
    def average(self) -> str:
        """For people, in the language of the page."""
        return number_format(self.average_plain, 1)

    @property
    def spread(self) -> list[tuple[int, int]]:
        """(stars, how many gave them), the best first."""
        return [(stars, self.given[stars - 1]) for stars in (5, 4, 3, 2, 1) if self.given]


@dataclass(frozen=True)
class Shot:
    """A photo of a review."""

    path: str
    width: int
    height: int
    tone: str

    @property
    def full(self) -> str:
        """Where it is in its whole size."""
        return f"{settings.MEDIA_URL}{self.path}.webp"


@dataclass(frozen=True)
class Told:
    """One review as everybody sees it."""

    pk: int
    stars: int
    words: str
    language: str
    name: str
    bought_on: date
    written_on: date
    photos: tuple[Shot, ...]
    answer: str
    answer_language: str

    @property
    def painted(self) -> str:
        """Its stars, for eyes."""
        return "★" * self.stars + "☆" * (5 - self.stars)


def told(rows: Iterable[Mapping[str, Any]]) -> list[Told]:
    """Reviews out of the JSON that the trigger keeps."""
    return [
        Told(
            pk=row["id"],
            stars=row["stars"],
            words=row["words"],
            language=row["language"],
            name=row["name"],
            bought_on=date.fromisoformat(row["bought_on"]),
            written_on=date.fromisoformat(row["written_on"]),
            photos=tuple(Shot(*photo) for photo in row["photos"]),
            answer=row["answer"],
            answer_language=row["answer_language"],
        )
        for row in rows
    ]


def standing_of(artisan: Artisan) -> tuple[Stars, Stars]:
    """What buyers gave a workshop's pieces, and its service."""
    row = getattr(artisan, "standing", None)
    return (Stars(tuple(row.stars)), Stars(tuple(row.service))) if row else (Stars(), Stars())
