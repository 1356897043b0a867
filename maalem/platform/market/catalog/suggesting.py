"""What may be meant by the letters typed so far: crafts, workshops, pieces.

The crafts are in memory; the rest is one search, as bounded as any other, and one look-up of what
it found. A workshop is known by its pieces, so one that sells nothing is not suggested.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from maalem.kit.text import fold, words
from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.catalog import queries
from maalem.platform.market.catalog.models import Craft, Product
from maalem.platform.market.catalog.search import Wish, find, wish_words
from maalem.platform.market.catalog.words import lexeme, lexemes

FEWEST_LETTERS = 2
_LOOKED_AT = 12
_CRAFTS, _WORKSHOPS, _PIECES = 3, 2, 4


class Kind(StrEnum):
    CRAFT = "craft"
    WORKSHOP = "workshop"
    PIECE = "piece"


@dataclass(frozen=True)
class Suggestion:
    """A page that may be meant, by its name in the visitor's language."""

    kind: Kind
    name: str
    url: str


def suggestions(typed: str) -> list[Suggestion]:
    """The likeliest few, crafts first; none for a single letter."""
    folded = words(typed)
    if len(fold(typed)) < FEWEST_LETTERS:
        return []
    crafts = [one for one in queries.crafts() if _begins(one.name, folded)]
    pieces = _pieces(typed)
    makers = {one.artisan.slug: one.artisan for one in pieces}
    workshops = [one for one in makers.values() if _begins(one.name, folded)]
    titles = {str(one.title): one for one in reversed(pieces)}
    return [
        *_as(Kind.CRAFT, crafts[:_CRAFTS]),
        *_as(Kind.WORKSHOP, workshops[:_WORKSHOPS]),
        *_as(Kind.PIECE, list(reversed(titles.values()))[:_PIECES]),
    ]


def _pieces(typed: str) -> list[Product]:
    """The first pieces that a search finds, best first."""
    asked = wish_words(typed)
    if not asked:
        return []
    ids = [one for one, _ in find(Wish(words=asked, sort="relevance", size=_LOOKED_AT)).rows]
    there = Product.objects.filter(pk__in=ids).select_related("artisan")
    known = there.only("slug", "title", "artisan__slug", "artisan__name").in_bulk()
    return [known[one] for one in ids if one in known]


def _begins(name: object, typed: list[str]) -> bool:
    """Whether every word typed begins a word of the name in some language, or means one."""
    data = getattr(name, "data", name)
    text = " ".join(data.values()) if isinstance(data, dict) else str(data)
    held, meant = words(text), lexemes(text)
    return all(lexeme(word) in meant or any(one.startswith(word) for one in held) for word in typed)


def _as(kind: Kind, found: Iterable[Craft | Artisan | Product]) -> list[Suggestion]:
    names = {Kind.PIECE: "title"}
    return [
        Suggestion(kind, str(getattr(one, names.get(kind, "name"))), one.get_absolute_url())
        for one in found
    ]
